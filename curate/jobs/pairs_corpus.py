"""The corpus that pairs are made from: a finished run, and a passing audit of exactly its content."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from curate.corpus.recipe import CorpusRecipe
from curate.corpus.recipes import read_recipe
from curate.corpus.stages import Leakage
from curate.errors import GateError, InputError, RecipeError, UsageError, boundary
from curate.leakage import BenchmarkRef, read_benchmark
from curate.models import Audit, AuditVerdict, Manifest, Status
from curate.runs import content_sha256, read_manifest
from curate.tables import ROW_SCHEMA, refuse_damage

KEPT = "kept.parquet"
UNAUDITED = "Audit it first, or go on with --unaudited, which stands in all that is written."


@dataclass(frozen=True)
class Corpus:
    """A finished run of `build-corpus`; `gap` says why its audit is no pass of its content, if it is none."""

    path: Path
    manifest: Manifest
    content_sha256: str
    audit: Audit | None
    gap: str | None

    @property
    def kept(self) -> Path:
        """The table of its kept rows."""
        return self.path / KEPT

    @cached_property
    def recipe(self) -> CorpusRecipe | None:
        """What it was built by, as it published it; None where that cannot be read."""
        try:
            return CorpusRecipe.model_validate(read_recipe(self.path / "recipe.yaml").data)
        except (RecipeError, ValidationError):
            return None

    def questions(self) -> pl.DataFrame:
        """Returns its questions, in their order; documents are not read."""
        rows = pl.scan_parquet(self.kept, glob=False).filter(pl.col("kind") == "question")
        return rows.select(ROW_SCHEMA.names()).collect()

    def dropped_ids(self) -> frozenset[str]:
        """Returns the ids of the rows that it dropped."""
        path = self.path / "dropped.parquet"
        if not path.is_file():
            return frozenset()
        _refuse_damage(path)
        return frozenset(pl.scan_parquet(path, glob=False).select("id").collect()["id"])

    def leakage(self) -> Leakage:
        """Returns the leakage stage that it was checked with, its semantic pass left out."""
        stage = self.recipe.leakage if self.recipe else None
        return (stage or Leakage()).model_copy(update={"semantic": None})

    def refuse_unaudited(self) -> None:
        """Refuses a corpus that no passing audit speaks of.

        Raises:
            GateError: There is no such audit.
        """
        if self.gap:
            raise GateError(self.gap, where=str(self.path), hint=UNAUDITED)


def read_corpus(path: Path) -> Corpus:
    """Returns the corpus in a run folder.

    Raises:
        InputError: It is no finished run of `build-corpus`, or its rows cannot be read.
    """
    manifest = read_manifest(path)
    if manifest.status is not Status.DONE or not (path / KEPT).is_file():
        what = "it keeps no rows" if manifest.status is Status.DONE else manifest.status.value
        raise InputError(
            f"not a finished corpus: {what}",
            where=str(path),
            hint="Give the run folder of `curate build-corpus`.",
        )
    content = _checked_content(path / KEPT)
    audit = audit_of(path)
    return Corpus(path, manifest, content, audit, _gap(audit, content))


def checked_benchmarks(corpus: Corpus, given: Sequence[BenchmarkRef]) -> list[BenchmarkRef]:
    """Returns the benchmarks to check against: those of the corpus' audit, at the paths that are given.

    Years are the corpus' own, unless others are given.

    Raises:
        UsageError: A benchmark of the audit is not given again.
        GateError: What is given is not what the corpus was checked against.
    """
    if corpus.audit is None or corpus.gap:
        return [*given]
    known = {one.name: one for one in (corpus.recipe.benchmarks if corpus.recipe else ())}
    refs = {one.name: one for one in given}
    missing = [one.name for one in corpus.audit.benchmarks if one.name not in refs]
    if missing:
        words = " ".join(f"--benchmark {name}=PATH" for name in missing)
        raise UsageError(
            f"the corpus was checked against {', '.join(missing)}; prompts and samples are, too",
            hint=f"Say where it lies: {words}.",
        )
    for name, ref in refs.items():
        if ref.years is None and name in known:
            refs[name] = ref.model_copy(update={"years": known[name].years})
    for coverage in corpus.audit.benchmarks:
        if read_benchmark(refs[coverage.name]).sha256 != coverage.sha256:
            raise GateError(
                f"{coverage.name} is not the benchmark that the corpus was checked against",
                where=Path(refs[coverage.name].path).name,
                hint="Give the same files and years, or build the corpus again with these.",
            )
    return [*refs.values()]


def _refuse_damage(file: Path) -> None:
    if not file.resolve().is_relative_to(file.parent.resolve()):
        raise InputError("is a link that leads out of the run", where=str(file))
    try:
        refuse_damage(file)
    except ValueError as exc:
        raise InputError(str(exc), where=str(file), hint="Build the corpus again.") from exc


def _checked_content(kept: Path) -> str:
    _refuse_damage(kept)
    found = pl.read_parquet_schema(kept)
    missing = [name for name in ROW_SCHEMA if found.get(name) != ROW_SCHEMA[name]]
    if missing:
        raise InputError(
            f"no rows of a corpus: {', '.join(missing[:3])} missing or of another type",
            where=str(kept),
            hint="Build the corpus again with this version.",
        )
    return content_sha256(kept)


def audit_of(path: Path) -> Audit | None:
    """Returns the audit in a run folder, if there is one.

    Raises:
        InputError: It cannot be read.
    """
    file = path / "audit.json"
    if not file.is_file():
        return None
    with boundary(InputError, "reading the audit"):
        data = file.read_bytes()
    try:
        return Audit.model_validate_json(data)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(f"not an audit: {key}: {first['msg']}", where=str(file)) from exc


def _gap(audit: Audit | None, content: str) -> str | None:
    if audit is None:
        return "the corpus has no audit.json"
    if audit.verdict is not AuditVerdict.PASS:
        return f"the corpus' audit is no pass: {audit.verdict.value}"
    if audit.content_sha256 != content:
        return "the corpus' audit is not of its rows: kept.parquet has changed since"
    return None
