"""`python -m perf.leakage quality|speed|all`: prints tables; `all` writes docs/leakage-benchmark.md."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import orjson

from perf.leakage import machine, ours, quality, report, speed
from perf.leakage.data import Data, open_data
from perf.leakage.held_out import Split
from perf.leakage.peers import PEERS
from perf.leakage.quality import Quality
from perf.leakage.speed import Row

Measured = tuple[list[Quality], dict[str, str]]


def main() -> None:
    args = _arguments()
    data = open_data()
    results, absent = _quality(data, args) if args.what in ("quality", "all") else ([], {})
    rows = _speed(data, args) if args.what in ("speed", "all") else []
    described = machine.described()
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        content = report.raw(described, results, absent, rows)
        args.out.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    if args.what == "all":
        text = report.markdown(described, results, absent, rows)
        args.docs.write_text(text, encoding="utf-8")
        print(f"{args.docs} written")


def _quality(data: Data, args: argparse.Namespace) -> Measured:
    """Measures and prints one rule after the other; ours first."""
    splits: list[Split] = ["tune", "held"] if args.split == "both" else [args.split]
    bench = quality.prepare(data, splits, args.limit, args.negatives or None)
    results = [quality.measure(ours.NAME, ours.build, bench)]
    print("\n".join(quality.lines(results[0])), flush=True)
    _show(results[0], args.show_misses, args.show_flagged)
    absent = {}
    for peer in () if args.ours else PEERS:
        if missing := peer.missing():
            absent[peer.name] = ", ".join(missing)
            print(f"{peer.name}: not installed ({absent[peer.name]})")
            continue
        result = quality.measure(peer.name, quality.of_peer(peer), bench, peer.per_column)
        print("\n".join(["", *quality.lines(result)]), flush=True)
        results.append(result)
    return results, absent


def _speed(data: Data, args: argparse.Namespace) -> list[Row]:
    """Measures and prints row after row."""
    plan = speed.Plan(args.mb, args.exam_mb, args.rounds, not args.ours, args.corpus, args.work)
    rows = []
    for row in speed.measure(data, plan):
        print(
            f"{row.what:34} {row.corpus[:16]:16} {row.megabytes:8.3f} MB {row.rate:9.4f} MB/s "
            f"({row.cpu_rate:9.4f} by processor time) {row.peak_mib:6.0f} MiB "
            f"ready {row.ready_seconds:5.1f} s {row.note}",
            flush=True,
        )
        rows.append(row)
    return rows


def _show(result: Quality, misses: int, flagged: int) -> None:
    """Prints missed samples of the tuning half, and negatives that were flagged."""
    seen: Counter[str] = Counter()
    for sample in result.misses:
        key = f"{sample.column} / {sample.variant}"
        seen[key] += 1
        if seen[key] <= misses:
            print(f"\nMISSED {key}: {sample.record.id}\n{sample.text[:700]}")
    for part in (result.false, result.unclean):
        for trial, cells in part.items():
            for name, cell in cells.items():
                for line in cell.flagged_ids[:flagged]:
                    print(f"FLAGGED {trial} | {name}: {line}")


def _arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m perf.leakage", description=__doc__)
    kinds = parser.add_subparsers(required=True, dest="what")
    for what in ("quality", "speed", "all"):
        one = kinds.add_parser(what)
        one.add_argument("--ours", action="store_true", help="our detector alone")
        one.add_argument("--out", type=Path, help="a file for the raw numbers, JSON")
        if what != "speed":
            _quality_options(one)
        if what != "quality":
            _speed_options(one)
    args = parser.parse_args(words)
    if args.what == "all" and args.split != "both":
        sys.exit("all: measures both splits")
    return args


def _quality_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--split", choices=["tune", "held", "both"], default="both")
    parser.add_argument("--limit", type=int, default=200, help="samples a disguise")
    parser.add_argument("--negatives", type=int, default=800, help="a set of negatives; 0: all")
    parser.add_argument("--show-misses", type=int, default=0, help="of `tune`, a disguise")
    parser.add_argument("--show-flagged", type=int, default=0, help="negatives, a set")


def _speed_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mb", type=float, default=500, help="size of the prose corpus")
    parser.add_argument("--exam-mb", type=float, default=500, help="size of the exam-like corpus")
    parser.add_argument("--rounds", type=int, default=3, help="of what is compared by turns")
    parser.add_argument("--corpus", type=Path, help="a JSON Lines file of one's own, id and text")
    parser.add_argument("--work", type=Path, default=Path("build/perf-leakage"))
    if parser.prog.endswith("all"):
        parser.add_argument("--docs", type=Path, default=Path("docs/leakage-benchmark.md"))


if __name__ == "__main__":
    main()
