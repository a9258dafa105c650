"""Damaged Parquet, told before Polars reads it: some of it aborts the process."""

from pathlib import Path

_BATCH = 64


def refuse_damage(path: Path) -> None:
    """Reads a Parquet file to its end; raises ValueError for a damaged one.

    At some damage Polars asks for so much memory that the process is aborted, which nothing can catch;
    Arrow tells of it.
    """
    import pyarrow as pa  # noqa: PLC0415  # most runs read no Parquet but their own
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(path) as file:
            for _ in file.iter_batches(_BATCH):
                pass
    except (pa.ArrowException, OSError) as exc:
        raise ValueError(f"damaged Parquet: {exc}") from exc
