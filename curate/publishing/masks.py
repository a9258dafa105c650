"""Covers personal data in the texts of records, character by character, so that every offset stays true."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from curate.models import PersonalCount, PersonalKind
from curate.publishing.cells import id_column, mapped_texts
from curate.publishing.look import Found

__all__ = ["MASK", "Masks", "masks_of"]

MASK = "■"
_SIDES = ("chosen", "rejected")
_AS_PERSON = r"(?=\s?(?:さん|氏|君|くん|ちゃん|様))"
"""What makes a single letter a person: all others of that letter stay."""


@dataclass(frozen=True)
class Masks:
    """What is covered, by record; `counts` tell what was decided about all findings."""

    texts: Mapping[str, Sequence[str]]
    counts: Sequence[PersonalCount]

    def apply(self, frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
        """Returns the frame with its records' texts covered in those columns, wherever they stand."""
        named = id_column(frame)
        if named is None or not frame[named].is_in([*self.texts]).any():
            return frame
        ids = frame[named].to_list()
        covered = [
            pl.Series(name, [*map(self._covered, ids, frame[name])], dtype=frame.schema[name])
            for name in columns
            if name in frame.columns
        ]
        return self._rehashed(frame.with_columns(covered), ids)

    def rows(self, rows: pl.LazyFrame) -> int:
        """Returns how many rows are of records in which something is covered."""
        named = next(
            (name for name in rows.collect_schema() if name in ("id", "question_id")), None
        )
        if named is None or not self.texts:
            return 0
        hit = rows.filter(pl.col(named).is_in([*self.texts])).select(pl.len())
        return int(hit.collect(engine="streaming").item())

    def _covered(self, record_id: str, value: Any) -> Any:
        texts = self.texts.get(record_id)
        if not texts:
            return value
        value = value.to_list() if isinstance(value, pl.Series) else value
        return mapped_texts(value, lambda text: _pattern(texts).sub(_mask, text))

    def _rehashed(self, frame: pl.DataFrame, ids: Sequence[str]) -> pl.DataFrame:
        """Returns pairs with the hashes of their covered sides, which a pair's record asks for."""
        for side in _SIDES:
            name = f"{side}_sha256"
            if name in frame.columns and side in frame.columns:
                rows = zip(ids, frame[name], frame[side].to_list(), strict=True)
                hashes = [_sha256(text) if id_ in self.texts else old for id_, old, text in rows]
                frame = frame.with_columns(pl.Series(name, hashes, dtype=pl.String))
        return frame


def masks_of(found: Sequence[Found]) -> Masks:
    """Returns the masks of decided findings."""
    texts: dict[str, list[str]] = defaultdict(list)
    counts: Counter[tuple[PersonalKind, str]] = Counter()
    for one in found:
        decision = one.finding.decision
        if decision is not None:
            counts[one.finding.kind, decision] += 1
        if decision == "masked":
            texts[one.finding.record_id].append(one.text)
    kinds = [kind for kind in PersonalKind if any(key[0] is kind for key in counts)]
    told = [
        PersonalCount(kind=kind, accepted=counts[kind, "accepted"], masked=counts[kind, "masked"])
        for kind in kinds
    ]
    return Masks(texts, told)


def _pattern(texts: Sequence[str]) -> re.Pattern[str]:
    """Returns what finds the texts, the longest first."""
    ordered = sorted(texts, key=len, reverse=True)
    return re.compile("|".join(_one(text) for text in ordered))


def _one(text: str) -> str:
    is_letter = len(text) == 1 and text.upper() != text.lower()
    return re.escape(text) + (_AS_PERSON if is_letter else "")


def _mask(found: re.Match[str]) -> str:
    return MASK * len(found[0])


def _sha256(value: Any) -> str:
    text = value if isinstance(value, str) else value[0]["content"]
    return hashlib.sha256(text.encode()).hexdigest()
