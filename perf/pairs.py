"""Prints what grading and pairing a million responses takes: time on 2 cores, and memory.

Questions and explanations are those of yakugakuqa ($JMLE_DATA), used over and over under other ids; each is
answered four times, by rule. `python perf/pairs.py 200000` takes another number.
"""

import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import polars as pl

from curate.corpus.frame import shard_frame
from curate.corpus.workers import crew
from curate.grading.policies import Hierarchy
from curate.grading.tiers import Form
from curate.jobs.pairs_audit import LEAKS
from curate.jobs.pairs_shards import Accounts, Grading, Group, Pairing, asked_rows, grouped
from curate.runs import WorkFolder
from curate.sampling import Prompt, TextTemplate, prompt_templates, read_template
from curate.sources import read_source, source_files
from curate.sources.yakugakuqa import YakugakuqaSource

MILLION = 1_000_000
SAMPLES = 4
PER_FILE = 256
WORKERS = 2
LETTERS = "abcde"

Row = dict[str, Any]


def base() -> pl.DataFrame:
    source = YakugakuqaSource(path=str(Path(os.environ["JMLE_DATA"]) / "yakugakuqa"))
    found = [
        one.model_copy(update={"explanation_verified": "the publisher"})
        for one in read_source(source, source_files(source))
        if one.kind == "question" and one.answers and len(one.choices) == 5 and one.explanation
    ]
    return shard_frame(found, range(len(found)))


def lines(row: Row, at: int) -> Iterator[Row]:
    for index in range(SAMPLES):
        letter = row["answers"][0][0] if index % 2 else LETTERS[(at + index) % 5]
        text = (
            f" {row['explanation'][:600]}（{at}-{index}）よって{letter}を選ぶ。\n Answer: {letter}"
        )
        yield {
            "question_id": row["id"], "prompt_sha256": None, "model": "m", "revision": None,
            "engine": "recorded", "sampling": {}, "seed": None, "index": index, "text": text,
            "finish_reason": "stop", "explanation": None, "answer": None, "grade": None,
            "strict": None, "pattern": None, "flags": [],
        }  # fmt: skip


def stored(
    folder: Path, rows: pl.DataFrame, questions: int
) -> Iterator[tuple[Path, list[Row], int]]:
    """Writes what the store would hold; yields its files, each with its rows."""
    some = rows.sort("id").to_dicts()
    characters = 0
    for first in range(0, questions, PER_FILE):
        last = min(first + PER_FILE, questions)
        asked = [{**some[at % len(some)], "id": f"Q{at}"} for at in range(first, last)]
        file = folder / f"responses-{first:09}.jsonl"
        with file.open("wb") as out:
            for at, row in enumerate(asked, first):
                for line in lines(row, at):
                    characters += len(line["text"])
                    out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        yield file, asked, characters


def main() -> None:
    responses = int(sys.argv[1]) if len(sys.argv) > 1 else MILLION
    template = read_template(prompt_templates()["paper"])
    with TemporaryDirectory() as folder:
        work, rows = WorkFolder(Path(folder)), base()
        groups, characters, files, asked = [], 0, [], []
        for file, some, total in stored(work.path, rows, responses // SAMPLES):
            characters = total
            files.append(file)
            asked += some
            if len(files) == 4:
                groups += group(work, rows, files, asked)
                files, asked = [], []
        if files:
            groups += group(work, rows, files, asked)
        del rows, asked
        took(work, groups, template, (responses, characters))


def group(
    work: WorkFolder, rows: pl.DataFrame, files: Sequence[Path], asked: Sequence[Row]
) -> list[Group]:
    prompts = [
        Prompt(
            question_id=row["id"], template="paper", text=f"Question: {row['text']}\n Explanation:"
        )
        for row in asked
    ]
    frame = pl.DataFrame(asked, schema=rows.schema)
    whole = asked_rows(frame, prompts, [prompt.text for prompt in prompts])
    return list(grouped(work, "perf", whole, list(files), PER_FILE))


def took(
    work: WorkFolder,
    groups: Sequence[Group],
    template: TextTemplate,
    size: tuple[int, int],
) -> None:
    responses, characters = size
    accounts, started = Accounts(), time.monotonic()
    with crew(WORKERS, Grading) as team:
        team.give(Grading(work, template))
        graded = list(team.map(Grading.grade, groups))
    between = time.monotonic()
    nothing = pl.DataFrame(schema=LEAKS)
    with crew(WORKERS, Pairing) as team:
        team.give(Pairing(work, Hierarchy(), Form.of(template), 0, None))
        for one in team.map(Pairing.pair, ((one, nothing) for one in graded)):
            accounts.add(one.accounts)
    ended = time.monotonic()
    own, child = (
        resource.getrusage(who).ru_maxrss / 2**20
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"{responses:,} responses of {characters / responses:.0f} characters, {WORKERS} workers")
    print(f"grading {between - started:.1f} s, pairing {ended - between:.1f} s")
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"processor time of the workers {cpu.ru_utime + cpu.ru_stime:.1f} s")
    print(f"together {ended - started:.1f} s (at most 120 s for a million)")
    print(f"{accounts.drawn.made.total():,} pairs; grades {dict(accounts.grades)}")
    print(
        f"memory at most {own + WORKERS * child:.2f} GiB (at most 2): main {own:.2f}, worker {child:.2f}"
    )


if __name__ == "__main__":
    main()
