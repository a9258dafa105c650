"""The flags of a row: what a stage noticed and did not drop it for, `stage.what` or `stage.what:detail`."""

import polars as pl


def with_flags(shard: pl.DataFrame, prefix: str, found: pl.Series) -> pl.DataFrame:
    """Returns the shard with the flags that begin with `prefix` replaced by those `found`; others stay."""
    others = pl.col("flags").list.eval(pl.element().filter(~pl.element().str.starts_with(prefix)))
    return shard.with_columns(pl.concat_list(others, found).list.sort().alias("flags"))
