"""Time and memory of the stage `near_duplicates` over a million made-up short texts, a tenth near copies.

python perf/near_duplicates.py [ROWS]
"""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import orjson
import yaml

from curate.corpus.runner import Runner
from curate.jobs.build_corpus import build_corpus
from curate.jobs.overlay import Options

ROWS = 1_000_000
COPIES = 10
WORDS = 4_000
LENGTH = (15, 40)


def write_rows(path: Path, rows: int) -> int:
    """Writes `rows` documents of made-up words and returns how many are another one with one word changed."""
    draw = random.Random(7)
    kana = "いうえおかきくけこさしすせそたちつてとなにぬねの臓器血液神経骨筋肉細胞心肺胃腸"
    words = ["".join(draw.choices(kana, k=draw.randint(2, 4))) for _ in range(WORDS)]
    recent: list[list[str]] = []
    copies = 0
    with path.open("wb") as out:
        for number in range(rows):
            if number % COPIES == COPIES - 1:
                text = list(draw.choice(recent))
                text[draw.randrange(len(text))] = draw.choice(words)
                copies += 1
            else:
                text = draw.choices(words, k=draw.randint(*LENGTH))
                recent.append(text)
                recent = recent[-50_000:]
            row = {"id": str(number), "text": "".join(text), "year": 2015}
            out.write(orjson.dumps(row) + b"\n")
    return copies


def build(folder: Path, stages: list[dict[str, str]]) -> tuple[float, dict[str, object]]:
    """Builds the corpus through `stages` with one worker; returns the processor's seconds and the result."""
    name = "-".join(stage["stage"] for stage in stages)
    recipe = folder / f"{name}.yaml"
    recipe.write_text(yaml.safe_dump({"recipe": "corpus/1", "sources": [], "stages": stages}))
    started = time.process_time()
    done = build_corpus(
        [str(folder / "rows.jsonl")],
        Options(recipe=recipe, runner=Runner(1)),
        folder / name,
        lambda *_: None,
    )
    return time.process_time() - started, done.data


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copies = write_rows(folder / "rows.jsonl", rows)
        without, _ = build(folder, [{"stage": "year"}])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        seconds, result = build(folder, [{"stage": "year"}, {"stage": "near_duplicates"}])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{rows:,} rows, {copies:,} near copies: dropped {result['dropped_by']}")
        print(f"processor: without the stage {without:.1f} s, with it {seconds:.1f} s")
        print(f"most memory: without the stage {before} MB, with it {peak} MB")


if __name__ == "__main__":
    main()
