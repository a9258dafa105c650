"""Checks the size limits: files of 400 lines, functions of 50, six parameters outside cli/."""

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_LINES, FUNCTION_LINES, PARAMETERS = 400, 50, 6
ROOT = Path(__file__).resolve().parent.parent / "curate"


def over_limits(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if (lines := text.count("\n")) > FILE_LINES:
        yield f"{path}: {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if (size := _lines(node)) > FUNCTION_LINES:
            yield f"{path}:{node.lineno}: {node.name}: {size} lines"
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        count = len([name for name in names if name not in ("self", "cls")])
        if count > PARAMETERS and "cli" not in path.parts:
            yield f"{path}:{node.lineno}: {node.name}: {count} parameters"


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def main() -> int:
    files = sorted(ROOT.rglob("*.py"))
    found = [line for path in files for line in over_limits(path)]
    sizes = [path.read_text(encoding="utf-8").count("\n") for path in files]
    functions = [
        _lines(node)
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    sys.stdout.write(
        f"{len(files)} files, median {statistics.median(sizes):.0f} lines; "
        f"{len(functions)} functions, median {statistics.median(functions):.0f}\n"
    )
    sys.stdout.writelines(f"{line}\n" for line in found)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
