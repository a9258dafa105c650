"""The tables of a release: what of each is published, and how it is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from curate.models import ReleaseKind, ReleaseSource, ReleaseTable
from curate.publishing.masks import Masks
from curate.runs import ROW_GROUP, file_sha256, table_batches, table_sha256
from curate.tables import row_digests

__all__ = ["ROW_SHA256", "TEXTS", "TableSource", "release_tables", "write_table"]

ROW_SHA256 = "row_sha256"
"""The hash of the whole row as it was audited, texts and all: what the audit's content hash is made of."""

UNAUDITED = frozenset({"audit"})
"""Columns that the audit's content hash leaves out: the hash itself."""

TEXTS = {
    "corpus": (
        *("text", "original_text", "vignette", "choices", "answers", "explanation", "rendered"),
    ),
    "sft": ("prompt", "completion"),
    "pairs": ("prompt", "chosen", "rejected"),
    "pairs_conversational": ("prompt", "chosen", "rejected"),
    "results": (),
}
"""The columns of each config that hold somebody's text, and need a licence."""

_FILES = {
    ReleaseKind.CORPUS: {"corpus": "kept.parquet", "sft": "sft.parquet"},
    ReleaseKind.PAIRS: {
        "pairs": "pairs.parquet",
        "pairs_conversational": "pairs_conversational.parquet",
    },
    ReleaseKind.EVALUATION: {"results": "evaluation.parquet"},
}
_SPLITS = {"results": "test"}
_HASHED = frozenset({"corpus", "pairs"})


@dataclass(frozen=True)
class TableSource:
    """A run whose tables are published, whose texts are in it, and what of them is covered."""

    run: Path
    kind: ReleaseKind
    sources: Sequence[ReleaseSource]
    masks: Masks | None = None


@dataclass(frozen=True)
class _Cut:
    """What is taken out of a table: columns, or what they hold in some rows, or the rows."""

    left_out: Sequence[str] = ()
    nulled: Sequence[str] = ()
    where: pl.Expr | None = None
    drop_rows: bool = False
    texts: Sequence[str] = ()
    masks: Masks | None = None

    def apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Returns the frame without what may not be published."""
        frame = frame.drop(*self.left_out)
        if self.masks is not None:
            frame = self.masks.apply(frame, self.texts)
        if self.where is None:
            return frame
        if self.drop_rows:
            return frame.filter(~self.where)
        open_ = pl.when(~self.where)
        return frame.with_columns(open_.then(pl.col(name)).alias(name) for name in self.nulled)


def release_tables(
    run: Path, kind: ReleaseKind, sources: Sequence[ReleaseSource], masks: Masks | None = None
) -> list[ReleaseTable]:
    """Returns the tables that are published of a run, before they are written."""
    tables = []
    source = TableSource(run, kind, sources, masks)
    for config, name in _FILES[kind].items():
        path = run / name
        cut = _cut(source, config) if path.is_file() else None
        if cut is None:
            continue
        rows, nulled = _counts(path, cut)
        if not rows:  # an empty split is none: nothing loads it
            continue
        split = _SPLITS.get(config, "train")
        schema = _schema(path, config, cut)
        tables.append(
            ReleaseTable(
                config=config,
                split=split,
                path=f"data/{config}/{split}-00000-of-00001.parquet",
                rows=rows,
                num_bytes=_num_bytes(path, config, cut, schema),
                features=[_feature(field) for field in schema],
                left_out=[*cut.left_out],
                nulled=[*cut.nulled],
                rows_nulled=nulled,
                rows_masked=_rows_masked(path, cut),
            )
        )
    return tables


def write_table(of: TableSource, table: ReleaseTable, to: Path) -> ReleaseTable:
    """Writes one table into the folder `to`, and returns it with its size and hashes."""
    import pyarrow.parquet as pq  # noqa: PLC0415  # most commands write no release

    source = of.run / _FILES[of.kind][table.config]
    cut = _cut(of, table.config) or _Cut()
    schema = _schema(source, table.config, cut)
    target = to / table.path
    target.parent.mkdir(parents=True)
    digests = []
    with pq.ParquetWriter(
        target, schema, use_content_defined_chunking=True, write_page_index=True
    ) as writer:
        for batch in table_batches(source, ROW_GROUP):
            shown = _published(batch, table.config, cut)
            digests.append(row_digests(shown))
            writer.write_table(shown.to_arrow().cast(schema))
    told = {
        "bytes": target.stat().st_size,
        "sha256": file_sha256(target),
        "content_sha256": table_sha256(digests),
    }
    return table.model_copy(update=told)


def _cut(of: TableSource, config: str) -> _Cut | None:
    """Returns what is taken out of a config; None where nothing is left of it."""
    closed = [source.name for source in of.sources if source.withheld]
    texts = TEXTS[config]
    covered = _Cut(texts=texts, masks=of.masks)
    if not closed or not texts:
        return covered
    if config.startswith("pairs"):  # a prompt may quote any question of the corpus
        return _Cut(left_out=texts)
    everything = len(closed) == len(of.sources)
    if config == "sft":
        ids = _ids_of(of.run, closed)
        return None if everything else replace(covered, where=ids, drop_rows=True)
    if everything:
        return _Cut(left_out=texts)
    return replace(covered, nulled=texts, where=_from(closed))


def _from(closed: Sequence[str]) -> pl.Expr:
    return pl.col("provenance").struct.field("source").is_in([*closed])


def _ids_of(run: Path, closed: Sequence[str]) -> pl.Expr:
    """Returns whether a row has an id that a row of those sources has, too."""
    kept = pl.scan_parquet(run / "kept.parquet", glob=False)
    ids = kept.filter(_from(closed)).select("id").unique().collect(engine="streaming")
    return pl.col("id").is_in(ids["id"].implode())


def _counts(path: Path, cut: _Cut) -> tuple[int, int]:
    """Returns how many rows are published, and in how many of them texts are null."""
    rows = pl.scan_parquet(path, glob=False)
    closed = pl.lit(0) if cut.where is None else cut.where.sum()
    total, hit = rows.select(total=pl.len(), hit=closed).collect(engine="streaming").row(0)
    return (total - hit, 0) if cut.drop_rows else (total, hit)


def _rows_masked(path: Path, cut: _Cut) -> int:
    """Returns in how many of the published rows texts are covered."""
    if cut.masks is None:
        return 0
    rows = pl.scan_parquet(path, glob=False)
    if cut.where is not None:
        rows = rows.filter(~cut.where)
    return cut.masks.rows(rows)


def _num_bytes(path: Path, config: str, cut: _Cut, schema: Any) -> int:
    """Returns the bytes of a table in memory, which readers ask for; a hash weighs as much as any other."""
    hashed = [pl.lit("0" * 64).alias(ROW_SHA256)] if config in _HASHED else []
    batches = (cut.apply(batch).with_columns(hashed) for batch in table_batches(path, ROW_GROUP))
    return sum(batch.to_arrow().cast(schema).nbytes for batch in batches)


def _published(frame: pl.DataFrame, config: str, cut: _Cut) -> pl.DataFrame:
    if config not in _HASHED:
        return cut.apply(frame)
    audited = frame.select(name for name in frame.columns if name not in UNAUDITED)
    hashes = [digest.hex() for digest in row_digests(audited)]
    return cut.apply(frame).with_columns(pl.Series(ROW_SHA256, hashes, dtype=pl.String))


def _schema(path: Path, config: str, cut: _Cut) -> Any:
    """Returns the Arrow schema that is written: of plain strings and lists, which everything reads."""
    empty = _published(pl.scan_parquet(path, glob=False).head(0).collect(), config, cut)
    return _plain(empty.to_arrow().schema)


def _plain(schema: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # most commands write no release

    def plain(dtype: Any) -> Any:
        if pa.types.is_large_string(dtype) or pa.types.is_string_view(dtype):
            return pa.string()
        if pa.types.is_list(dtype) or pa.types.is_large_list(dtype):
            return pa.list_(plain(dtype.value_type))
        if pa.types.is_struct(dtype):
            return pa.struct([pa.field(one.name, plain(one.type)) for one in dtype])
        return dtype

    return pa.schema([pa.field(one.name, plain(one.type)) for one in schema])


def _feature(field: Any) -> dict[str, Any]:
    """Returns a column as `datasets` describes it in a card's YAML."""
    return {"name": field.name, **_described(field.type)}


def _described(dtype: Any) -> dict[str, Any]:
    import pyarrow as pa  # noqa: PLC0415  # most commands write no release

    if pa.types.is_list(dtype):
        inner = _described(dtype.value_type)
        return {"list": inner.get("dtype") or inner.get("struct") or inner}
    if pa.types.is_struct(dtype):
        return {"struct": [_feature(one) for one in dtype]}
    return {"dtype": "float64" if pa.types.is_float64(dtype) else str(dtype)}
