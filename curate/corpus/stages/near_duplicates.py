"""Near duplicates, by MinHash: the bands are made here, the rest is SQL."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import polars as pl
from pydantic import Field

from curate.corpus.minhash import Grams, band_hashes, grams_of
from curate.corpus.stage import CorpusStage
from curate.models import LETTERS
from curate.tables import NEAR, canonical_json, undropped
from curate.text import fold

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DENIAL = re.compile("ない|なく|誤|除|以外|不適|不要|禁")
_SIGN = re.compile("[↑↓→←⇧⇩⇑⇓−]")
_READ = (
    "row", "kind", "vignette", "text", "choices", "answers", "explanation", "explanation_verified",
)  # fmt: skip


class _Compared(NamedTuple):
    """A row that may be compared with others of its guard."""

    row: int
    rank: int
    guard: int
    grams: Grams


class NearDuplicates(CorpusStage):
    """Drops rows whose folded text is nearly that of a better row: `duplicate.near`.

    Texts are compared by their distinct character 5-grams (Jaccard similarity of at least `threshold`): a
    document's text; a question's case and stem, and only with a question of the same options in any
    order, the same key, the same denials and (`same_numbers`) the same numbers. Questions with images and
    texts of fewer than `min_chars` folded characters are left alone. Of two rows the better one has a
    verified explanation, or else an explanation, or else stands earlier.
    """

    stage: Literal["near_duplicates"] = "near_duplicates"
    sql: ClassVar[str] = "near_duplicates.sql"
    threshold: Annotated[float, Field(ge=0.5, le=1)] = 0.8
    bands: Annotated[int, Field(ge=1, le=256)] = 20
    band_rows: Annotated[int, Field(ge=1, le=32)] = 6
    min_chars: Annotated[int, Field(ge=5)] = 20
    same_numbers: list[Literal["question", "document"]] = ["question"]

    def parameters(self) -> dict[str, float]:
        """Returns the threshold."""
        return {"threshold": self.threshold}

    def keyed(self, shard: pl.DataFrame) -> pl.DataFrame:
        """Adds `near` to the rows that may be compared."""
        has_image = pl.col("has_image").fill_null(value=False)
        some = shard.filter(undropped() & ~has_image).select(_READ)
        found: list[_Compared] = []
        for row in some.iter_rows(named=True):
            text = fold((row["vignette"] or "") + row["text"]).text
            if len(text) >= self.min_chars:
                guard = self._guard(row, text)
                found.append(_Compared(row["row"], _rank(row), guard, grams_of(text)))
        near = self._near(found).select(
            "row", pl.struct([field.name for field in NEAR.fields]).alias("near")
        )
        return shard.drop("near").join(near, "row", how="left", maintain_order="left")[
            shard.columns
        ]

    def _near(self, found: Sequence[_Compared]) -> pl.DataFrame:
        grams, guards = [one.grams for one in found], [one.guard for one in found]
        bands = band_hashes(grams, guards, self.bands, self.band_rows)
        return pl.DataFrame(
            {
                "row": pl.Series([one.row for one in found], dtype=pl.Int64),
                "rank": pl.Series([one.rank for one in found], dtype=pl.Int64),
                "bands": pl.Series(bands, dtype=pl.Array(pl.UInt64, self.bands)).arr.to_list(),
                "grams": pl.Series(grams).cast(pl.List(pl.UInt32)),  # of one length: an Array
            }
        )

    def _guard(self, row: Mapping[str, Any], text: str) -> int:
        """Returns a hash of all that must be equal in two near duplicates."""
        must: list[Any] = [row["kind"]]
        if row["kind"] in self.same_numbers:
            must.append(sorted(_NUMBER.findall(text)))
        if row["kind"] == "question":
            options = [_folded_option(choice) for choice in row["choices"]]
            keys = [sorted(_said(letter, options) for letter in key) for key in row["answers"]]
            must += [sorted(options), sorted(keys), sorted(_DENIAL.findall(text))]
        return int.from_bytes(sha256(canonical_json(must)).digest()[:8])


def _rank(row: Mapping[str, Any]) -> int:
    """Returns 0 for a row that is kept before the others, 2 for the last ones."""
    if row["kind"] == "document" or row["explanation_verified"]:
        return 0
    return 1 if row["explanation"] else 2


def _folded_option(choice: str) -> str:
    """Returns an option folded, with the arrows and minus signs that folding drops."""
    return fold(choice).text + "".join(_SIGN.findall(choice))


def _said(answer: str, options: Sequence[str]) -> str:
    """Returns the option that a letter of the key stands for; a number as it is."""
    return options[LETTERS.index(answer)] if options else answer
