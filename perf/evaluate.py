"""`curate evaluate` with vLLM against a bare LLM.generate: the same prompts, model and process.

What is compared is everything but the start of the engine: reading the benchmark, making prompts,
sampling, storing, grading, 10,000 draws and the report. On a machine that does other things, too, the
clock says little: what evaluate adds in processor time of its own process, over all that a bare call takes,
says more. The model is a tiny one made on the spot, or a folder (--model).
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

LIMIT = 0.03
LETTERS = "abcde"


def rows(kind: str, number: int) -> list[dict[str, Any]]:
    """Made-up questions; those of the kind 例 can be examples."""
    return [
        {
            "id": f"{kind}{at}",
            "exam": "9",
            "year": 1915,
            "section": "A",
            "text": f"{kind}の部位{at}について正しいのはどれか。",
            "choices": [f"{kind}{at}の性質{name}" for name in "甲乙丙丁戊"],
            "answers": [[LETTERS[at % 5]]],
            "explanation": f"部位{at}の性質はこの通りである。",
        }
        for at in range(number)
    ]


def written(folder: Path, name: str, some: list[dict[str, Any]]) -> Path:
    path = folder / name
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in some)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def bare(llm: Any, plan: Any, made: list[list[str]]) -> None:
    """Samples without our code."""
    vllm = import_module("vllm")
    llm.reset_prefix_cache()
    for cell, prompts in zip(plan.cells, made, strict=True):
        params = vllm.SamplingParams(
            temperature=0, max_tokens=cell.sampling.max_tokens, stop=list(cell.sampling.stop)
        )
        llm.generate(prompts, params, use_tqdm=False)


def processor() -> float:
    """Returns the processor seconds of this process and of those below it, the engine's own (Linux)."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        pid = int(file.parent.name)
        parents[pid], ticks[pid] = int(fields[1]), int(fields[11]) + int(fields[12])
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks[pid] for pid in ours) / os.sysconf("SC_CLK_TCK")


class Taken(NamedTuple):
    """Seconds: by the clock, of the processor in this process, and with the engine's processes."""

    clock: float
    own: float
    processor: float


def timed(work: Callable[[], object]) -> Taken:
    before = (time.perf_counter(), time.process_time(), processor())
    work()
    after = (time.perf_counter(), time.process_time(), processor())
    return Taken(*(one - other for one, other in zip(after, before, strict=True)))


def measured(words: argparse.Namespace, folder: Path, model: Path) -> int:
    jobs, recipes = (
        import_module("curate.jobs.evaluate"),
        import_module("curate.jobs.evaluate_recipe"),
    )
    plans, asks = (
        import_module("curate.jobs.evaluate_plan"),
        import_module("curate.jobs.evaluate_ask"),
    )
    engines, options = import_module("curate.sampling"), import_module("curate.jobs.engine_option")
    asked = recipes.EvaluateOptions(
        asked=options.Asked(engine="vllm", model=str(model)),
        benchmarks=[f"parts={written(folder, 'exam.jsonl', rows('問', words.items))}"],
        examples=written(folder, "examples.jsonl", rows("例", 3)),
        settings=[f"sampling.max_tokens={words.tokens}", f"engine.context={words.context}"],
    )
    plan = plans.evaluation_plan(asked)
    made = [[one.text for one in asks.prompts_of(plan, cell)[0]] for cell in plan.cells]
    with plan.recipe.engine.open() as sampler:

        @contextmanager
        def there(_: Any) -> Iterator[Any]:
            yield sampler

        engines.Vllm.open = there
        llm = sampler._llm  # noqa: SLF001 (the same model in the same process)

        def ours(at: int) -> None:
            sampler._llm.reset_prefix_cache()  # noqa: SLF001
            jobs.evaluate(asked, folder / f"run{at}", lambda *_: None)

        ours(0)  # what is imported late, and the engine's own warming up, count for neither
        pairs = []
        for at in range(1, words.rounds + 1):
            pairs.append((timed(lambda at=at: ours(at)), timed(lambda: bare(llm, plan, made))))
            one, other = pairs[-1]
            print(f"evaluate {one.clock:.1f} s, bare {other.clock:.1f} s", flush=True)
    clock = statistics.median(one.clock / other.clock for one, other in pairs)
    added = statistics.median((one.own - other.own) / other.processor for one, other in pairs)
    print(
        f"{sum(map(len, made)):,} prompts of up to {words.tokens} tokens, median of {words.rounds}: "
        f"evaluate takes {clock:.3f} x a bare LLM.generate by the clock, and adds {added:.2%} of its "
        f"processor time (limit {LIMIT:.0%})"
    )
    return int(min(clock - 1, added) > LIMIT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--items", type=int, default=512)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--context", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    words = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = words.model or import_module("tiny_model").make_tiny_model(folder / "tiny")
        return measured(words, folder, model)


if __name__ == "__main__":
    sys.exit(main())
