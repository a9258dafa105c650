"""The measurements as Markdown and as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from scipy.stats import binomtest  # type: ignore[import-untyped]

from perf.leakage.held_out import ASKED
from perf.leakage.ours import NAME
from perf.leakage.quality import Cell, Quality, all_false, asked, total
from perf.leakage.speed import Row
from perf.leakage.timed import BASELINE

_INTRODUCTION = """# How the leakage detector compares

Written by `python -m perf.leakage all` (or `make perf-leakage`), never by hand.
{machine}.

All numbers are from one run: the same samples and the same files for every rule. Nothing of the data is in
this repository; the samples are made from `$JMLE_DATA` with fixed seeds (`perf/leakage/`).
"""
_RECALL = """## Recall on disguised items, split `{split}`

Share of the documents, in percent, that a rule flags. The items are IgakuQA's of 2018-2022, disguised by
`perf/leakage/{file}`; the splits share neither items nor disguises, and the detector is not tuned on `held`.
An item enters a column if it has enough text for it (60 letters of stem and choices; 45 of a stem alone, 120
to be halved or translated), whatever any rule thinks of it. Follow-ups of serial questions are copied as the
files print them: without their case. *Asked* is the sum of {asked}, with its
95 % Wilson interval. *Named*: `curate` names every item that a document holds.
"""
_FALSE = """## False positives

Share of real records, in percent, that share no item with the benchmark and are flagged all the same. 119 is
the physicians' exam of 2025 (three known re-uses and three doubtful pairs are left out). Pages hold three to
six questions. `curate, review` is what it shows for review beside these; its first row counts leaks alone.
"""
_SHARED = """## Questions that recur

The pharmacists' exams of 2018 and later as benchmark, those of 2012-2017 as corpus: some items are truly
re-used, so that what is flagged is to be read, not counted. Re-uses in the physicians' exam of 2025:
{reused}.
"""
_SPEED = """## Speed

One thread, start-up and compilation apart (*ready*). *Ratio* is to `{baseline}`, that is
`pl.scan_ndjson(f).select(pl.col("text").str.normalize("NFKC")).collect()` over the same file in the same run,
in processor time, which other programs on the machine do not change; *MB/s* is by the clock. `curate audit`
is the whole command less a run over its first 20 MB. The pairs (baseline and `curate`, one worker and two)
were run by turns, and shown are medians of the rounds. A slow rule is timed once, over the first part of the
file, and its rate stands for the whole (*note*). *Flagged* is the share of documents; prose holds no item;
the exam-like corpus is made of sentences of other real exams, some of which recur.
"""
_SCALING = """## More text, more items

The detector's processor time; *x* is to the first row of each group.
"""


def markdown(
    machine: dict[str, str], results: Sequence[Quality], absent: dict[str, str], rows: Sequence[Row]
) -> str:
    """Returns the whole report."""
    described = "; ".join(f"{name} {value}" for name, value in machine.items())
    parts = [_INTRODUCTION.format(machine=described)]
    for split, file in (("held", "kept_back.py"), ("tune", "tune.py")):
        if any(split in result.recall for result in results):
            columns = list(next(r for r in results if split in r.recall).recall[split])
            intro = _RECALL.format(split=split, file=file, asked=_asked_names(columns))
            parts += [intro, _recall(results, absent, split, columns)]
    parts += [_FALSE, _false(results, absent)]
    reused = next((r.reused for r in results if r.rule == NAME), [])
    parts += [_SHARED.format(reused="; ".join(reused)), _shared(results)]
    if rows:
        parts += [_SPEED.format(baseline=BASELINE), _speed(rows), _SCALING, _scaling(rows)]
    return "\n".join(parts)


def raw(
    machine: dict[str, str], results: Sequence[Quality], absent: dict[str, str], rows: Sequence[Row]
) -> dict[str, Any]:
    """Returns the counts behind the report; of the split `held`, counts alone."""
    return {
        "machine": machine,
        "quality": [asdict(replace(result, misses=[])) for result in results],
        "not_installed": absent,
        "speed": [asdict(row) for row in rows],
    }


def _asked_names(columns: Iterable[str]) -> str:
    return ", ".join(name for name in columns if name in ASKED)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _share(cell: Cell, count: int) -> str:
    return f"{100 * cell.rate(count):.1f}" if cell.samples else ""


def _interval(cell: Cell) -> str:
    found = binomtest(cell.flagged, cell.samples).proportion_ci(method="wilson")
    return f"{_share(cell, cell.flagged)} ({100 * found.low:.1f}-{100 * found.high:.1f})"


def _named(result: Quality) -> str:
    return (
        f"{result.rule} (at most {result.per_column} a column)"
        if result.per_column
        else result.rule
    )


def _recall(
    results: Sequence[Quality], absent: dict[str, str], split: str, columns: Sequence[str]
) -> str:
    rows = []
    for result in results:
        cells = result.recall[split]
        shares = [_share(cells[name], cells[name].flagged) for name in columns]
        every = total(cells.values())
        rows.append(
            [_named(result), *shares, _interval(asked(cells)), _share(every, every.flagged)]
        )
        if result.rule == NAME:
            named = [_share(cells[name], cells[name].named) for name in columns]
            shares = [_share(asked(cells), asked(cells).named), _share(every, every.named)]
            rows.append([f"{NAME}, named", *named, *shares])
            counts = [str(cells[name].samples) for name in columns]
            rows.append(["*samples*", *counts, str(asked(cells).samples), str(every.samples)])
    width = len(columns) + 2
    rows += [[name, f"not installed: {why}", *[""] * (width - 1)] for name, why in absent.items()]
    return _table(["rule", *columns, "asked", "all"], rows)


def _false(results: Sequence[Quality], absent: dict[str, str]) -> str:
    keys = [(trial, name) for trial, cells in results[0].false.items() for name in cells]
    head = ["rule", *(f"{name} / {trial}" for trial, name in keys), "all"]
    rows = []
    for result in results:
        cells = [result.false[trial][name] for trial, name in keys]
        every = all_false(result)
        flagged = [_share(cell, cell.flagged) for cell in [*cells, every]]
        rows.append([_named(result), *flagged])
        if result.rule == NAME:
            review = [_share(cell, cell.review) for cell in [*cells, every]]
            rows.append([f"{NAME}, review", *review])
            rows.append(["*samples*", *(str(cell.samples) for cell in [*cells, every])])
    rows += [[name, f"not installed: {why}", *[""] * len(keys)] for name, why in absent.items()]
    return _table(head, rows)


def _shared(results: Sequence[Quality]) -> str:
    rows = []
    for result in results:
        for cells in result.unclean.values():
            rows += [
                [_named(result), name, str(c.samples), str(c.flagged), str(c.review)]
                for name, c in cells.items()
            ]
    return _table(["rule", "records", "samples", "flagged", "shown for review"], rows)


def _speed(rows: Sequence[Row]) -> str:
    base = {row.corpus: row.cpu_rate for row in rows if row.what == BASELINE}
    shown = []
    for row in rows:
        if row.corpus not in base:
            continue
        if not row.megabytes:
            shown.append([row.what, row.corpus, *[""] * 6, row.note])
            continue
        ratio = row.cpu_rate / base[row.corpus]
        flagged = f"{100 * row.flagged / row.documents:.2f}" if row.documents else ""
        shown.append([
            row.what, row.corpus, f"{row.megabytes:.4g}", f"{row.rate:.3g}" if row.rate else "",
            f"{ratio:.3g}", f"{row.ready_seconds:.1f}", f"{row.peak_mib:.0f}", flagged, row.note,
        ])  # fmt: skip
    head = ["rule", "corpus", "MB", "MB/s", "ratio", "ready, s", "peak MiB", "flagged, %", "note"]
    return _table(head, shown)


def _scaling(rows: Sequence[Row]) -> str:
    base = {row.corpus for row in rows if row.what == BASELINE}
    first: dict[str, float] = {}
    shown = []
    for row in (row for row in rows if row.corpus not in base):
        start = first.setdefault(row.corpus, row.cpu_seconds)
        times = f"{row.cpu_seconds / start:.2f}" if start else ""
        shown.append([
            row.corpus, f"{row.megabytes:.4g}", row.note, f"{row.cpu_seconds:.2f}", times,
            f"{row.ready_seconds:.1f}", f"{row.peak_mib:.0f}",
        ])  # fmt: skip
    return _table(["corpus", "MB", "items", "processor s", "x", "ready, s", "peak MiB"], shown)
