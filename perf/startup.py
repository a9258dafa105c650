"""Start-up: `curate --help` against `python -c "import typer"`, alternated in one run."""

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 15
LIMIT = 3.0


def seconds(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=os.environ
    )
    return time.perf_counter() - started


def main() -> None:
    pairs = [
        (seconds("-m", "curate", "--help"), seconds("-c", "import typer")) for _ in range(ROUNDS)
    ]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = ours / theirs
    print(
        f"curate --help {ours:.3f} s, import typer {theirs:.3f} s: {ratio:.2f} x (limit {LIMIT} x)"
    )


if __name__ == "__main__":
    main()
