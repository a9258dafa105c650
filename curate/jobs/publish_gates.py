"""What a run must pass before it is published: nothing of it is believed that can be made again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import yaml
from pydantic import ValidationError

from curate.corpus.pipeline import Progress
from curate.corpus.recipe import CorpusRecipe
from curate.corpus.stages import Leakage
from curate.corpus.workers import cores
from curate.errors import GateError, InputError, UsageError, boundary
from curate.grading.recipe import PairsRecipe
from curate.jobs.benchmark_option import parse_benchmark
from curate.jobs.decisions import PlacedDecision, read_decisions
from curate.jobs.power import too_weak
from curate.jobs.recompute import How, audit_differences, recomputed_audit
from curate.leakage import BenchmarkRef, read_benchmark
from curate.models import Audit, AuditVerdict, Ledger, Manifest, PairLedger, Release, ReleaseKind
from curate.runs import content_sha256, file_sha256, json_sha256, read_manifest

__all__ = [
    "Given",
    "decided_then",
    "how_audited",
    "refuse_accounts",
    "refuse_no_audit",
    "refuse_other_audit",
    "refuse_recipe",
    "refuse_unaudited",
    "refuse_unlicensed",
]

AGAIN = "Run the command again into a new folder, and publish that."
AUDITED = ("build-corpus", "make-pairs")
CONTENT = {ReleaseKind.CORPUS: "kept.parquet", ReleaseKind.PAIRS: "pairs.parquet"}


def refuse_no_audit(run: Path) -> None:
    """Refuses a run of rows that has no audit.

    Raises:
        GateError: There is none.
    """
    if read_manifest(run).command in AUDITED and not (run / "audit.json").is_file():
        raise GateError(
            "there is no audit",
            where=str(run),
            hint="`curate build-corpus` and `curate make-pairs` end with one.",
        )


def refuse_unaudited(release: Release, run: Path) -> Audit:
    """Returns the audit of what is published: a pass with enough power, of exactly these rows.

    Raises:
        GateError: There is none, or it is none of these rows, or no pass, or too weak.
    """
    audit = release.audit
    if audit is None:
        raise GateError("there is no audit", where=str(run), hint=AGAIN)
    _refuse_verdict(audit, run)
    content = _content(run, release.kind)
    if audit.content_sha256 != content:
        raise GateError(
            f"the audit is of other content: {audit.content_sha256[:12]}…, "
            f"and the rows are {content[:12]}…",
            where=str(run / "audit.json"),
            hint=AGAIN,
        )
    return audit


def _refuse_verdict(audit: Audit, run: Path) -> None:
    where = str(run / "audit.json")
    if not audit.strong:
        error = too_weak(audit)
        raise GateError(error.message, where=where, hint=error.hint)
    if audit.verdict is AuditVerdict.UNDECIDED:
        raise GateError(
            f"{audit.counts.review} review findings wait for a decision",
            where=where,
            hint="Decide them in a decisions.jsonl, and build again with --decisions.",
        )
    if audit.verdict is not AuditVerdict.PASS:
        raise GateError(
            f"the audit's verdict is {audit.verdict.value}, not pass",
            where=where,
            hint="The run's report shows why.",
        )


def _content(run: Path, kind: ReleaseKind) -> str:
    path = run / CONTENT[kind]
    if kind is ReleaseKind.CORPUS:
        return content_sha256(path)
    from curate.jobs.pairs_write import pairs_content  # noqa: PLC0415  # heavy, and of pairs alone

    return pairs_content([path])


def refuse_recipe(manifest: Manifest, audit: Audit, folder: Path) -> None:
    """Refuses a recipe that is not the one of the audit.

    Raises:
        GateError: recipe.yaml, the manifest and the audit name different recipes.
        InputError: One of them is no recipe.
    """
    with boundary(InputError, "reading the recipe", hint=AGAIN):
        told = yaml.safe_load((folder / "recipe.yaml").read_text(encoding="utf-8"))
    is_pairs = manifest.command == "make-pairs"
    plain = {key: value for key, value in told.items() if key != "leakage"}
    hashes = {json_sha256(told), *([json_sha256(plain)] if is_pairs else [])}
    wanted = {manifest.recipe_sha256, *([] if is_pairs else [audit.recipe_sha256])}
    asked = _Recipe.of(manifest)
    same = asked.published() == (plain if "leakage" not in asked.published() else told)
    if is_pairs:
        same = same and asked.leakage == Leakage.model_validate(told["leakage"])
    if not (same and wanted <= hashes):
        raise GateError(
            "the recipe is not the one that the audit was made by",
            where=str(folder / "recipe.yaml"),
            hint=AGAIN,
        )


@dataclass(frozen=True)
class _Recipe:
    """The recipe of a run, and the leakage stage that it was audited with."""

    recipe: CorpusRecipe | PairsRecipe
    leakage: Leakage

    @classmethod
    def of(cls, manifest: Manifest) -> "_Recipe":
        """Returns that of a manifest; raises InputError where it has none."""
        resolved = manifest.resolved
        try:
            if manifest.command == "make-pairs":
                pairs = PairsRecipe.model_validate(resolved["recipe"])
                return cls(pairs, Leakage.model_validate(resolved["leakage"]))
            corpus = CorpusRecipe.model_validate(resolved["recipe"])
        except (ValidationError, KeyError) as exc:
            raise InputError("the manifest's recipe is none", hint=AGAIN) from exc
        return cls(corpus, corpus.leakage or Leakage())

    def published(self) -> dict[str, Any]:
        """Returns it as recipe.yaml says it."""
        return self.recipe.published()


def refuse_accounts(release: Release, run: Path) -> None:
    """Refuses a ledger that does not count the rows that are there, and a report that tells another.

    Raises:
        GateError: A number differs.
    """
    told = [*_accounts(release, run)]
    report = orjson.loads((run / "report.json").read_bytes())
    for name, record in (("audit", release.audit), ("ledger", release.ledger)):
        if record is not None and report.get(name) != record.model_dump(mode="json"):
            told.append(f"report.json tells another {name}")
    if told:
        raise GateError(f"the accounts are wrong: {told[0]}", where=str(run), hint=AGAIN)


def _accounts(release: Release, run: Path) -> list[str]:
    ledger, audit = release.ledger, release.audit
    if isinstance(ledger, PairLedger):
        rows = _rows(run / "pairs.parquet")
        return [] if ledger.pairs == rows else [f"{ledger.pairs} pairs, and there are {rows}"]
    if not isinstance(ledger, Ledger) or audit is None:
        return []
    dropped = pl.scan_parquet(run / "dropped.parquet", glob=False)
    reasons = dict(dropped.group_by("dropped_by").agg(pl.len()).collect().iter_rows())
    with (run / "quarantine.jsonl").open("rb") as lines:
        quarantined = sum(1 for _ in lines)
    told = {
        "kept": (ledger.kept, _rows(run / "kept.parquet")),
        "dropped": (ledger.dropped, sum(reasons.values())),
        "quarantined": (ledger.quarantined, quarantined),
        "reasons": (audit.dropped, reasons),
    }
    return [f"{name} {one}, and there are {two}" for name, (one, two) in told.items() if one != two]


def _rows(path: Path) -> int:
    return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())


def refuse_unlicensed(release: Release, *, withhold: bool) -> None:
    """Refuses sources that nobody states a licence for, unless their texts are to be withheld.

    Raises:
        GateError: There is one.
    """
    names = [source.name for source in release.withheld]
    if names and not withhold:
        words = " ".join(f"--accept-licence {name}" for name in names)
        raise GateError(
            f"missing licence: nobody states one for {', '.join(names)}",
            hint="State it in the recipe or in --notes, take it upon yourself with "
            f"{words}, or publish ids, hashes and numbers alone with --withhold-texts.",
        )


@dataclass(frozen=True)
class Given:
    """What the command line gives to audit again: where benchmarks lie, and decisions."""

    benchmarks: Sequence[str] = ()
    decisions: Sequence[PlacedDecision] = ()


def decided_then(manifest: Manifest, paths: Sequence[Path]) -> list[PlacedDecision]:
    """Returns what was decided when the run was made: the lines of the same files, and of no others.

    Raises:
        GateError: A file that the run was made with is not given.
    """
    wanted = list(manifest.resolved.get("decisions_sha256") or [])
    with boundary(InputError, "reading the decisions"):
        given = {file_sha256(path): path for path in paths}
    missing = [sha256 for sha256 in wanted if sha256 not in given]
    if missing:
        raise GateError(
            "the run rests on decisions that are not given, or have changed since",
            hint="Give the same files with --decisions, and put lines about personal data in another.",
        )
    return read_decisions([given[sha256] for sha256 in wanted])


def how_audited(manifest: Manifest, audit: Audit, given: Given) -> How:
    """Returns how an audit was made, with its benchmarks where they lie now.

    Raises:
        UsageError: A benchmark is not given, and not where the run found it.
        GateError: What is given is not what the run was checked against.
        InputError: The manifest's recipe is none.
    """
    asked = _Recipe.of(manifest)
    found = _placed(asked.recipe.benchmarks, audit, given.benchmarks)
    _refuse_other_benchmark(found, audit)
    return How(asked.leakage, found, given.decisions, asked.recipe.seed, cores())


def _placed(refs: Sequence[BenchmarkRef], audit: Audit, given: Sequence[str]) -> list[BenchmarkRef]:
    paths: Mapping[str, Any] = {one["name"]: one["path"] for one in map(parse_benchmark, given)}
    known = {ref.name: ref for ref in refs}
    found, missing = [], []
    for coverage in audit.benchmarks:
        ref = known.get(coverage.name) or BenchmarkRef(name=coverage.name, path="")
        path = paths.get(coverage.name, ref.path)
        if path and Path(path).is_absolute() and Path(path).exists():
            found.append(ref.model_copy(update={"path": path}))
        else:
            missing.append(coverage.name)
    if missing:
        words = " ".join(f"--benchmark {name}=PATH" for name in missing)
        raise UsageError(
            f"the audit is made again before anything is published, and {', '.join(missing)} is not there",
            hint=f"Say where it lies: {words}.",
        )
    return found


def _refuse_other_benchmark(refs: Sequence[BenchmarkRef], audit: Audit) -> None:
    wanted = {one.name: one.sha256 for one in audit.benchmarks}
    for ref in refs:
        if read_benchmark(ref).sha256 != wanted[ref.name]:
            raise GateError(
                f"{ref.name} is not the benchmark that the run was checked against",
                where=Path(ref.path).name,
                hint="Give the same files and years with --benchmark.",
            )


def refuse_other_audit(run: Path, release: Release, how: How, progress: Progress) -> Audit:
    """Returns the audit of a run's rows, made again from the rows.

    Raises:
        GateError: It is no pass, or not what audit.json says.
    """
    audit = release.audit
    assert audit is not None  # noqa: S101 (refuse_unaudited has seen it)
    with boundary(InputError, "reading the rows"):
        rows = pl.read_parquet(run / CONTENT[release.kind], glob=False)
    left_out = None
    if release.kind is ReleaseKind.CORPUS:
        dropped = pl.scan_parquet(run / "dropped.parquet", glob=False)
        by_leakage = pl.col("dropped_by").str.starts_with("leakage.")
        left_out = dropped.filter(by_leakage).collect()
    found = recomputed_audit(rows, how, progress, left_out)
    exact = release.kind is ReleaseKind.CORPUS and how.leakage.semantic is None
    differing = audit_differences(audit, found, "all" if exact else "some")
    if differing:
        raise GateError(
            f"the audit was made again and differs: {'; '.join(differing)}",
            where=str(run / "audit.json"),
            hint=AGAIN,
        )
    return found
