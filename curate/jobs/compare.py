"""Compares two finished runs of one kind: what changed in verdict, coverage, power and findings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from curate.errors import InputError
from curate.jobs.outcome import Outcome
from curate.models import Audit, Ledger, Manifest, Record, Verdict
from curate.runs import read_manifest, read_record

_KEY = ["record_id", "benchmark", "item_id"]
_NAMES = list(Verdict)


class ComparedRun(Record):
    """What a comparison reads of one run."""

    path: str
    manifest: Manifest
    audit: Audit
    ledger: Ledger


def compare(one: Path, other: Path) -> Outcome:
    """Tells what differs between two finished runs of one kind; that they differ is a result, not a failure.

    Raises:
        InputError: One of them is no run, or lacks a file.
    """
    a, b = _read(one), _read(other)
    findings = _findings(one, other)
    hashes = _hashes(a, b)
    changed = {
        "verdict": _sides(a.audit.verdict.value, b.audit.verdict.value),
        "rows": {
            name: _sides(getattr(a.ledger, name), getattr(b.ledger, name))
            for name in ("rows_in", "kept", "dropped", "quarantined")
        },
        "counts": _numbers(a.audit.counts.model_dump(), b.audit.counts.model_dump()),
        "dropped": _numbers(a.audit.dropped, b.audit.dropped),
        "coverage": _coverage(a.audit, b.audit),
        "power": _power(a.audit, b.audit),
    }
    found = [findings[name] for name in ("only_a", "only_b", "changed")]
    equal = not any(found) and all(entry["equal"] for entry in hashes.values())
    return Outcome(
        title="The runs agree" if equal else "The runs differ",
        data={
            "a": str(one),
            "b": str(other),
            "kind": a.manifest.command,
            "equal": equal,
            "hashes": hashes,
            **changed,
            "findings": findings,
        },
    )


def _read(path: Path) -> ComparedRun:
    return ComparedRun(
        path=str(path),
        manifest=read_manifest(path),
        audit=read_record(path / "audit.json", Audit, f"curate verify {path}"),
        ledger=read_record(path / "ledger.json", Ledger, f"curate verify {path}"),
    )


def _sides(a: Any, b: Any) -> dict[str, Any]:
    return {"a": a, "b": b, "equal": a == b}


def _numbers(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    return {name: _sides(a.get(name, 0), b.get(name, 0)) for name in {**a, **b}}


def _hashes(a: ComparedRun, b: ComparedRun) -> dict[str, dict[str, Any]]:
    def told(run: ComparedRun) -> dict[str, Any]:
        manifest, audit = run.manifest, run.audit
        return {
            "recipe": manifest.recipe_sha256,
            "code": manifest.code_sha256,
            "inputs": sorted(
                entry.sha256 for entry in manifest.inputs if not entry.path.startswith("decisions/")
            ),
            "decisions": manifest.resolved.get("decisions_sha256") or [],
            "benchmarks": {b.name: b.sha256 for b in audit.benchmarks},
            "content": audit.content_sha256,
        }

    ours, theirs = told(a), told(b)
    return {name: _sides(ours[name], theirs[name]) for name in ours}


def _coverage(a: Audit, b: Audit) -> dict[str, dict[str, Any]]:
    names = dict.fromkeys(x.name for x in (*a.benchmarks, *b.benchmarks))

    def told(audit: Audit, name: str) -> dict[str, Any] | None:
        found = next((x for x in audit.benchmarks if x.name == name), None)
        return found.model_dump(exclude={"name"}) if found else None

    return {name: _sides(told(a, name), told(b, name)) for name in names}


def _power(a: Audit, b: Audit) -> dict[str, Any]:
    """Both powers; `overlap` tells whether the intervals do: where not, the difference is no chance."""
    ours, theirs = a.power, b.power
    told = _sides(
        ours.model_dump(mode="json") if ours else None,
        theirs.model_dump(mode="json") if theirs else None,
    )
    if ours is None or theirs is None:
        return told | {"overlap": None}
    return told | {"overlap": ours.low <= theirs.high and theirs.low <= ours.high}


def _findings(one: Path, other: Path) -> dict[str, Any]:
    """The (record, item) pairs that only one run found, and those whose verdict or decision changed."""
    pairs = _pairs(one).join(_pairs(other), on=_KEY, how="full", suffix="_b", coalesce=True)
    pairs = pairs.sort(_KEY)
    here, there = pl.col("rank").is_not_null(), pl.col("rank_b").is_not_null()
    both = pairs.filter(here & there)
    differs = pl.col("rank").ne(pl.col("rank_b")) | pl.col("decided_by").ne_missing(
        pl.col("decided_by_b")
    )
    return {
        "both": both.height,
        "only_a": [_told(row, "") for row in pairs.filter(here & ~there).iter_rows(named=True)],
        "only_b": [_told(row, "_b") for row in pairs.filter(~here & there).iter_rows(named=True)],
        "changed": [
            {name: row[name] for name in _KEY}
            | {"a": _told(row, "", keyed=False), "b": _told(row, "_b", keyed=False)}
            for row in both.filter(differs).iter_rows(named=True)
        ],
    }


def _told(row: Mapping[str, Any], side: str, *, keyed: bool = True) -> dict[str, Any]:
    keys = {name: row[name] for name in _KEY} if keyed else {}
    verdict = _NAMES[row[f"rank{side}"]].value
    return keys | {"verdict": verdict, "decided_by": row[f"decided_by{side}"]}


def _pairs(run: Path) -> pl.DataFrame:
    """Returns the (record, item) pairs of a run, each with its worst verdict as a rank."""
    path = run / "findings.parquet"
    ranks = {verdict.value: rank for rank, verdict in enumerate(_NAMES)}
    rank = pl.col("verdict").replace_strict(ranks, return_dtype=pl.Int64)
    try:
        found = pl.scan_parquet(path, glob=False)
        worst = found.group_by(_KEY).agg(rank.min().alias("rank"), pl.col("decided_by").first())
        return worst.collect()
    except (pl.exceptions.PolarsError, OSError) as exc:
        raise InputError(
            "cannot be read as a run's findings",
            where=str(path),
            hint=f"curate verify {run}",
        ) from exc
