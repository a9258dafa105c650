"""`curate score` of 2,000 predictions, strata and 10,000 draws, against importing and reading what it needs.

Both are processes of their own, alternated. Needs $JMLE_DATA.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 7
LIMIT = 3.0
READ = """
import sys
from pathlib import Path
import polars, scipy.stats
for name in sys.argv[1:]:
    Path(name).read_bytes()
"""


def seconds(*arguments: str) -> tuple[float, float]:
    """Returns what the process took by the clock, and of the processor."""
    before, started = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=os.environ,
    )  # fmt: skip
    taken, after = time.perf_counter() - started, os.times()
    user = after.children_user - before.children_user
    return taken, user + after.children_system - before.children_system


def main() -> int:
    folder = Path(os.environ["JMLE_DATA"], "igakuqa")
    predictions = [str(path) for path in sorted(folder.glob("baseline_results/*/*_gpt4.jsonl"))]
    benchmark = [str(path) for path in sorted(folder.glob("data/*/*.jsonl"))]
    score = ("-m", "curate", "score", *predictions, "--benchmark", f"igakuqa={folder}")
    read = ("-c", READ, *predictions, *benchmark)
    seconds(*score)
    pairs = [(seconds(*score), seconds(*read)) for _ in range(ROUNDS)]
    ratios = []
    for at, clock in enumerate(("clock", "processor")):
        ours, bare = (
            statistics.median(one[at] for one in side) for side in zip(*pairs, strict=True)
        )
        ratios.append(statistics.median(one[at] / other[at] for one, other in pairs))
        print(
            f"{clock}: curate score {ours:.2f} s, import polars and scipy.stats and read {bare:.2f} s: "
            f"{ratios[-1]:.2f} x (limit {LIMIT} x)"
        )
    return int(ratios[0] > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
