"""Templates: segments with fields, as Polars expressions; an empty field leaves its segment out."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import polars as pl
from pydantic import Field, field_validator

from curate.models import LETTERS, Record

_FIELD = re.compile(r"\{([a-z_]+)\}")
FIELDS = ("vignette", "text", "options", "explanation", "answer", "id", "exam", "year")

Segments = Annotated[list[str], Field(min_length=1)]


class Wording(Record):
    """How options and keys are written out, whatever the segments are."""

    known: ClassVar[tuple[str, ...]] = FIELDS

    name: str
    option: str = "{letter}: {choice}\n"
    letter_separator: str = ","

    def filled(self, segments: Sequence[str]) -> pl.Expr:
        """Returns the segments as one expression over `fields`."""
        names = {name: pl.col(name) for name in self.known}
        return pl.concat_str([_segment(segment, names) for segment in segments])

    def options(self, questions: pl.DataFrame) -> pl.Expr:
        """Returns the options of each row, a line each."""
        most = questions["choices"].list.len().max()
        choices = pl.col("choices")
        lines = []
        for position, letter in enumerate(LETTERS[: most if isinstance(most, int) else 0]):
            choice = choices.list.get(position, null_on_oob=True)
            line = _filled(self.option, {"letter": pl.lit(letter), "choice": choice})
            lines.append(line.fill_null(""))
        return pl.concat_str(lines) if lines else pl.lit("")

    def fields(self, questions: pl.DataFrame, **made: pl.Expr) -> pl.DataFrame:
        """Returns the fields of each row as text, those `made` here among them."""
        plain = [name for name in self.known if name in questions.columns]
        return questions.select(
            *(pl.col(name).cast(pl.String) for name in plain),
            options=self.options(questions),
            **made,
        )


class Template(Wording):
    """A text of a question: segments in order."""

    template: Literal["render/1"] = "render/1"
    segments: Segments
    alternative_separator: str = " or "

    @field_validator("segments")
    @classmethod
    def _known_fields(cls, segments: list[str]) -> list[str]:
        return known_fields(segments, cls.known)

    def render(self, questions: pl.DataFrame) -> pl.Series:
        """Returns the text of each row of the frame."""
        one = pl.element().list.join(self.letter_separator)
        answer = pl.col("answers").list.eval(one).list.join(self.alternative_separator)
        fields = self.fields(questions, answer=answer)
        return fields.select(self.filled(self.segments).alias("rendered")).to_series()


def fields_of(segments: Sequence[str]) -> list[str]:
    """Returns the fields that segments name, each once, in their order."""
    return list(dict.fromkeys(name for segment in segments for name in _FIELD.findall(segment)))


def known_fields(segments: list[str], known: Sequence[str]) -> list[str]:
    """Returns the segments.

    Raises:
        ValueError: A field is none of the `known`.
    """
    for name in fields_of(segments):
        if name not in known:
            raise ValueError(f"unknown field {{{name}}}; there are {', '.join(known)}")
    return segments


def _segment(text: str, fields: Mapping[str, pl.Expr]) -> pl.Expr:
    """Returns the segment with its fields filled in, or "" where one of them is null or empty."""
    filled = _filled(text, fields)
    present = [fields[name].str.len_bytes() > 0 for name in _FIELD.findall(text)]
    if not present:
        return filled
    return pl.when(pl.all_horizontal(present)).then(filled).otherwise(pl.lit(""))


def _filled(text: str, fields: Mapping[str, pl.Expr]) -> pl.Expr:
    """Returns the text with its fields filled in; null where one of them is null."""
    pieces = _FIELD.split(text)
    parts = [fields[p] if at % 2 else pl.lit(p) for at, p in enumerate(pieces) if p]
    return pl.concat_str(parts)
