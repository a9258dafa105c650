"""The numbers of a card, counted in the run's tables."""

from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from curate.corpus.recipe import CorpusRecipe
from curate.corpus.recipes import read_recipe, validated
from curate.errors import InputError
from curate.grading.lengths import lengths_of, pair_kinds, tier_table
from curate.grading.recipe import PairsRecipe
from curate.models import (
    CorpusFacts,
    FoundItem,
    Lengths,
    Manifest,
    PairsFacts,
    SampledBy,
    SourceFacts,
    Verdict,
)
from curate.runs import content_sha256
from curate.sampling import Recorded

__all__ = ["corpus_facts", "pairs_facts"]

_RANK = {verdict.value: rank for rank, verdict in enumerate(Verdict)}


def corpus_facts(run: Path, manifest: Manifest) -> CorpusFacts:
    """Returns what the card of a corpus tells of its kept rows; the manifest is the published one."""
    kept = pl.scan_parquet(run / "kept.parquet", glob=False)
    sources = [SourceFacts(**row) for row in _by_source(kept).iter_rows(named=True)]
    return CorpusFacts(
        rows=sum(source.rows for source in sources),
        max_year=manifest.resolved["recipe"].get("max_year"),
        sources=sources,
        lengths=_lengths(kept.select(pl.col("rendered").str.len_chars())),
        found=found_items(run),
    )


def pairs_facts(
    run: Path, recipe: PairsRecipe, sampled: dict[str, Any] | None, corpus: Path
) -> PairsFacts:
    """Returns what the card of pairs tells; `sampled` is the report's account of who answered.

    Raises:
        InputError: It is no such account.
        RecipeError: The recipe of the corpus cannot be read.
    """
    pairs = pl.scan_parquet(run / "pairs.parquet", glob=False)
    made_of = validated(read_recipe(corpus / "recipe.yaml"), CorpusRecipe)
    kept = pl.scan_parquet(corpus / "kept.parquet", glob=False).select(pl.len())
    recorded = isinstance(recipe.engine, Recorded)
    return PairsFacts(
        sampled=_sampled(sampled, run),
        sampling=None if recorded else recipe.sampling.told(),
        policy=recipe.policy.model_dump(mode="json"),
        max_length=recipe.max_length,
        prompts=_lengths(pairs.select("prompt").unique().select(pl.col("prompt").str.len_chars())),
        tiers=tier_table(pairs).rows,
        kinds=pair_kinds(pairs),
        found=found_items(run),
        corpus_name=made_of.name,
        corpus_sha256=content_sha256(corpus / "kept.parquet"),
        corpus_rows=kept.collect(engine="streaming").item(),
        corpus_max_year=made_of.max_year,
        corpus_found=found_items(corpus),
    )


def _sampled(told: dict[str, Any] | None, run: Path) -> SampledBy:
    try:
        return SampledBy.model_validate(told)
    except ValidationError as exc:
        raise InputError("not a report of pairs: sampled", where=str(run / "report.json")) from exc


def found_items(run: Path) -> list[FoundItem]:
    """Returns the benchmark items that were found in records, each once, under its worst verdict."""
    path = run / "findings.parquet"
    if not path.is_file():
        return []
    key = ["record_id", "source", "benchmark", "item_id"]
    rank = pl.col("verdict").replace_strict(_RANK, return_dtype=pl.Int64)
    worst = (
        pl.scan_parquet(path, glob=False)
        .sort(rank, maintain_order=True)
        .group_by(key, maintain_order=True)
        .agg(pl.col("verdict").first(), pl.col("decided_by").first())
        .collect()
    )
    found = worst.join(_dropped(run), on=["record_id", "source"], how="left").sort(
        rank, pl.col("benchmark"), pl.col("item_id"), pl.col("record_id"), pl.col("source")
    )
    return [FoundItem(**row) for row in found.iter_rows(named=True)]


def _dropped(run: Path) -> pl.DataFrame:
    """Returns why records went; a record that was dropped twice went for its first reason."""
    path = run / "dropped.parquet"
    if not path.is_file():
        none = {"record_id": pl.String, "source": pl.String, "dropped_by": pl.String}
        return pl.DataFrame(schema=none)
    source = pl.col("provenance").struct.field("source")
    rows = pl.scan_parquet(path, glob=False).select(
        source.alias("source"), "dropped_by", record_id="id"
    )
    first = rows.filter(pl.col("dropped_by").str.starts_with("leakage."))
    return first.unique(["record_id", "source"], keep="first", maintain_order=True).collect()


def _by_source(kept: pl.LazyFrame) -> pl.DataFrame:
    place = pl.col("provenance").struct
    return (
        kept.group_by(name=place.field("source"))
        .agg(
            rows=pl.len(),
            questions=(pl.col("kind") == "question").sum(),
            first_year=pl.col("year").min(),
            last_year=pl.col("year").max(),
            latest_published=pl.col("published").max(),
            explained=pl.col("explanation").is_not_null().sum(),
            verified=pl.col("explanation_verified").is_not_null().sum(),
            with_image=pl.col("has_image").sum(),
        )
        .sort("name")
        .collect(engine="streaming")
    )


def _lengths(characters: pl.LazyFrame) -> Lengths | None:
    counted = characters.collect(engine="streaming").to_series().drop_nulls()
    return None if counted.is_empty() else lengths_of(counted, "characters")
