"""Where the processor's time goes in one worker, and how far each part is from what the machine can do.

`python -m perf.profile_rows` writes Japanese documents as JSON Lines, runs `build-corpus` over them in this
process (year, length, exact duplicates, leakage against IgakuQA, the flags, render), and prints a table: of
each part the processor's time without that of the parts within it, its speed over the bytes of the corpus,
and beside it the speed of the nearest bare operation over the same bytes. All is processor time of one
Polars thread, so that a shared machine may run it. It needs $JMLE_DATA.
"""

import argparse
import hashlib
import importlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

os.environ["POLARS_MAX_THREADS"] = "1"

OTHER = "all else"
_RECIPE = """recipe: corpus/1
name: profile
sources: [{path: corpus.jsonl, layout: documents, published: unknown}]
max_year: 2017
stages:
  - {stage: year, unknown: keep}
  - {stage: length, min_chars: 10, max_chars: 20000}
  - {stage: exact_duplicates}
  - {stage: leakage, drop: [contaminated, recycled, review], power_floor: 0.95}
  - {stage: suspicious}
  - {stage: explanation}
  - {stage: render, template: question}
"""


class Part(NamedTuple):
    """A part of the run: what it is called, the functions that it is, and the bare operation beside it."""

    name: str
    functions: tuple[str, ...]
    bare: str = ""


PARTS = (
    Part("hash the input", ("curate.sources.files:_hashed",), "sha256"),
    Part("look at the first rows", ("curate.corpus.pipeline:check_file",)),
    Part("find line ends", ("curate.sources.formats.lines:line_ends",), "read"),
    Part("read lines", ("curate.sources.formats.lines:range_lines",), "read"),
    Part("parse JSON", ("curate.sources.formats.lines:_row",), "orjson"),
    Part("rows of cells", ("curate.corpus.frame:_documents",)),
    Part("rows to a frame", ("curate.corpus.frame:parts_frame",), "frame of texts"),
    Part("content hashes", ("curate.corpus.frame:row_contents",), "json_encode + sha256"),
    Part("hashes of rows as written", ("curate.corpus.pipeline:_digested",)),
    Part("write shards", ("curate.runs.work:WorkFolder.write_table",), "write_parquet, zstd 1"),
    Part("read shards again", ("curate.corpus.shards:Shard.frame", "curate.corpus.shards:Shard.where"),
         "read_parquet"),
    Part("count rows by input", ("curate.corpus.pipeline:_counted",)),
    Part("blank texts", ("curate.corpus.stages.intake:Intake.keyed",)),
    Part("keys of exact duplicates", ("curate.corpus.stages.exact_duplicates:ExactDuplicates.keyed",),
         "NFKC + sha256"),
    Part("statements", ("curate.corpus.pipeline:_run_statement",)),
    Part("year, length", ("curate.corpus.stages.year:YearFilter.apply",
                          "curate.corpus.stages.length:Length.apply")),
    Part("leakage: normalise, look up", ("curate.leakage:Detector.candidates",), "NFKC"),
    Part("leakage: confirm", ("curate.leakage:Detector.confirm",)),
    Part("leakage: the rest", ("curate.corpus.stages.leakage:Leakage.apply",)),
    Part("suspicious", ("curate.corpus.stages.suspicious:Suspicious.apply",)),
    Part("explanation", ("curate.corpus.stages.explanation:Explanation.apply",)),
    Part("render", ("curate.corpus.stages.render:Render.apply",)),
    Part("index the benchmark", ("curate.jobs.execute:protect",)),
    Part("plant and find items", ("curate.jobs.execute:measured_power",)),
    Part("settle accounts", ("curate.jobs.execute:settle",)),
    Part("write kept and dropped", ("curate.jobs.execute:_write_corpus",), "write_parquet, zstd"),
    Part("report", ("curate.jobs.execute:built_report", "curate.jobs.execute:report_page",
                    "curate.jobs.execute:report_json")),
    Part("hash the output", ("curate.runs.folder:RunFolder.seal",), "sha256"),
)  # fmt: skip


class Clock:
    """Counts the processor's time of parts, each without the parts within it."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._running = [OTHER]
        self._since = process_time()

    def enter(self, name: str) -> None:
        """Counts what follows for a part."""
        self._turn()
        self._running.append(name)

    def leave(self) -> None:
        """Counts what follows for the part around."""
        self._turn()
        self._running.pop()

    def _turn(self) -> None:
        now = process_time()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns the function with its time counted; of an iterator that it returns, every step's."""

        def call(*args: Any, **keys: Any) -> Any:
            self.enter(name)
            try:
                found = function(*args, **keys)
            finally:
                self.leave()
            return self._steps(name, found) if isinstance(found, Iterator) else found

        return call

    def _steps(self, name: str, items: Iterator[Any]) -> Iterator[Any]:
        while True:
            self.enter(name)
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                self.leave()
            yield item


def main() -> int:
    from perf.leakage.corpora import prose, write  # noqa: PLC0415 (Polars must first see its threads)
    from perf.leakage.data import open_data  # noqa: PLC0415

    args = _arguments()
    where, sentences = prose(open_data())
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        corpus = Path(name, "corpus.jsonl")
        size = write(corpus, sentences, args.megabytes, "profile") / 1e6
        bare = _bare(corpus, Path(name))
        clock = _profiled(corpus, Path(name))
    total = sum(clock.seconds.values())
    print(f"{size:,.0f} MB of documents made of {where}; one worker, one thread, processor time.\n")
    print("| part | s | share | MB/s | bare operation | its MB/s | times slower |")
    print("|---|---|---|---|---|---|---|")
    beside = {part.name: part.bare for part in PARTS}
    for name, seconds in clock.seconds.most_common():
        told = f"| {name} | {seconds:.2f} | {seconds / total:.1%} | {size / seconds:,.0f} |"
        against = beside.get(name, "")
        if against:
            speed = size / bare[against]
            told += f" {against} | {speed:,.0f} | {seconds / bare[against]:.1f} |"
        print(told if against else f"{told} | | |")
    print(f"| together | {total:.2f} | 100% | {size / total:,.1f} | | | |")
    return 0


def _profiled(corpus: Path, folder: Path) -> Clock:
    """Returns the times of a run over the corpus."""
    from curate.corpus.runner import Runner  # noqa: PLC0415
    from curate.jobs.build_corpus import build_corpus  # noqa: PLC0415
    from curate.jobs.overlay import Options  # noqa: PLC0415
    from curate.text import fold  # noqa: PLC0415

    fold("")  # compiled loops are loaded once
    clock = Clock()
    for part in PARTS:
        for place in part.functions:
            _patch(place, part.name, clock)
    recipe = folder / "profile.yaml"
    recipe.write_text(_RECIPE, encoding="utf-8")
    benchmark = f"igakuqa={os.environ['JMLE_DATA']}/igakuqa"
    options = Options(recipe=recipe, benchmarks=[benchmark], years=(2018, 2022), runner=Runner(1))
    build_corpus([str(corpus)], options, folder / "run", lambda *_: None)
    clock.enter("")
    return clock


def _patch(place: str, name: str, clock: Clock) -> None:
    module, _, path = place.partition(":")
    holder: Any = importlib.import_module(module)
    *owners, last = path.split(".")
    for owner in owners:
        holder = getattr(holder, owner)
    setattr(holder, last, clock.timed(name, getattr(holder, last)))


def _bare(corpus: Path, folder: Path) -> dict[str, float]:
    """Returns the seconds that bare operations take over the corpus, with nothing of ours."""
    import orjson  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    def read() -> None:
        with corpus.open("rb") as file:
            while file.read(1 << 18):
                pass

    data = corpus.read_bytes()
    lines = data.splitlines()
    texts = [orjson.loads(line)["text"] for line in lines]
    frame = pl.DataFrame({"text": texts})
    light, packed = folder / "light.parquet", folder / "packed.parquet"
    done = {
        "read": read,
        "sha256": lambda: hashlib.sha256(data).digest(),
        "orjson": lambda: [orjson.loads(line) for line in lines],
        "frame of texts": lambda: pl.DataFrame({"text": texts}),
        "NFKC": lambda: frame["text"].str.normalize("NFKC"),
        "NFKC + sha256": lambda: _hashes(frame["text"].str.normalize("NFKC")),
        "json_encode + sha256": lambda: _hashes(frame.to_struct("row").struct.json_encode()),
        "write_parquet, zstd 1": lambda: frame.write_parquet(light, compression_level=1),
        "write_parquet, zstd": lambda: frame.write_parquet(packed),
        "read_parquet": lambda: pl.read_parquet(light),
    }
    return {name: _seconds(call) for name, call in done.items()}


def _hashes(texts: Any) -> list[bytes]:
    import polars as pl  # noqa: PLC0415

    return [hashlib.sha256(text).digest() for text in texts.cast(pl.Binary)]


def _seconds(call: Callable[[], object]) -> float:
    before = process_time()
    call()
    return max(process_time() - before, 1e-6)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=150.0)
    parser.add_argument("--folder", type=Path, help="where the corpus is written")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
