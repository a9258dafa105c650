"""Row stages against the same Polars expressions by hand, alternated in one run, on made-up rows."""

import statistics
import time
from collections.abc import Callable

import polars as pl

from curate.corpus.stage import Prepared, RowStage
from curate.corpus.stages import Length, Render, YearFilter
from curate.tables import WORK_SCHEMA

ROWS = 200_000
ROUNDS = 9
LIMIT = 0.5
LETTERS = "abcdefghij"


def rows() -> pl.DataFrame:
    """Made-up questions: five options, an explanation, years 2008 to 2023."""
    number = pl.int_range(ROWS)
    made = {
        "kind": pl.lit("question"),
        "id": pl.format("{}A{}", number % 16 + 102, number),
        "year": (number % 16 + 2008).cast(pl.Int64),
        "published": (number % 16 + 2008).cast(pl.Int64),
        "text": pl.format("第{}の臓器について正しいのはどれか。", number),
        "choices": pl.concat_list([pl.format("選択肢{}の{}", pl.lit(c), number) for c in "abcde"]),
        "answers": pl.lit(pl.Series([[["a"]]], dtype=pl.List(pl.List(pl.String)))).first(),
        "explanation": pl.format("これは{}番の解説である。", number),
        "provenance": pl.struct(source=pl.lit("made"), path=pl.lit("made.jsonl")),
    }
    frame = pl.select(**made)
    missing = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in WORK_SCHEMA.items()
        if name not in frame.columns
    ]
    return frame.with_columns(missing)


def year_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """What a person would write for the year filter."""
    late = (pl.col("year") > 2017) | (
        pl.col("explanation").is_not_null() & (pl.col("published") > 2017)
    )
    unknown = pl.col("year").is_null() | (
        pl.col("explanation").is_not_null() & pl.col("published").is_null()
    )
    return frame.with_columns(
        pl.when(late)
        .then(pl.lit("year.after"))
        .when(unknown)
        .then(pl.lit("year.unknown"))
        .alias("dropped_by")
    )


def length_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """What a person would write for the length filter."""
    chars = pl.col("text").str.len_chars() + pl.col("vignette").str.len_chars().fill_null(0)
    return frame.with_columns(
        pl.when(chars < 10).then(pl.lit("length.short")).when(chars > 20_000).then(pl.lit("length.long"))
        .alias("dropped_by")
    )  # fmt: skip


def render_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """What a person would write for this template, for rows known to have five options."""
    options = pl.concat_str(
        [
            pl.format("{}: {}\n", pl.lit(c), pl.col("choices").list.get(i))
            for i, c in enumerate("abcde")
        ]
    )
    answer = pl.col("answers").list.eval(pl.element().list.join(",")).list.join(" or ")
    text = pl.format(
        "Question: {}\n{} Explanation:{}\n Answer:{}\n",
        pl.col("text"),
        options,
        pl.col("explanation"),
        answer,
    )
    return frame.with_columns(text.alias("rendered"))


def measure(
    stage: RowStage, by_hand: Callable[[pl.DataFrame], pl.DataFrame], frame: pl.DataFrame
) -> None:
    """Prints the stage's speed as a share of the hand-written expressions'."""
    pairs = [(_seconds(stage.apply, frame), _seconds(by_hand, frame)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    name = str(stage.model_dump()["stage"])
    print(
        f"{name:8} {ROWS / ours / 1e6:6.2f} M rows/s, by hand {ROWS / theirs / 1e6:6.2f} M rows/s: "
        f"{theirs / ours:.2f} x (limit {LIMIT} x)"
    )


def _seconds(apply: Callable[[pl.DataFrame], pl.DataFrame], frame: pl.DataFrame) -> float:
    started = time.perf_counter()
    apply(frame)
    return time.perf_counter() - started


def main() -> None:
    frame = rows()
    measure(YearFilter().ready(Prepared(max_year=2017)), year_by_hand, frame)
    measure(Length(), length_by_hand, frame)
    measure(Render(), render_by_hand, frame)


if __name__ == "__main__":
    main()
