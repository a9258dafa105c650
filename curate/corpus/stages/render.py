"""Renders rows to CPT text through a template of segments, as Polars expressions."""

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import yaml
from pydantic import Field, ValidationError, field_validator

from curate.corpus.stage import RowStage
from curate.errors import RecipeError
from curate.models import LETTERS, Record
from curate.tables import share, undropped

_FIELD = re.compile(r"\{([a-z_]+)\}")
FIELDS = ("vignette", "text", "options", "explanation", "answer", "id", "exam", "year")


class Template(Record):
    """A template: segments in order, each left out where one of its fields is empty."""

    template: Literal["render/1"] = "render/1"
    name: str
    segments: Annotated[list[str], Field(min_length=1)]
    option: str = "{letter}: {choice}\n"
    letter_separator: str = ","
    alternative_separator: str = " or "

    @field_validator("segments")
    @classmethod
    def _known_fields(cls, segments: list[str]) -> list[str]:
        for name in (name for segment in segments for name in _FIELD.findall(segment)):
            if name not in FIELDS:
                raise ValueError(f"unknown field {{{name}}}; there are {', '.join(FIELDS)}")
        return segments

    def expression(self) -> pl.Expr:
        """Returns the rendered text as one expression over the row frame."""
        fields = {
            name: pl.col(name).cast(pl.String)
            for name in FIELDS
            if name not in ("options", "answer")
        }
        fields["options"] = self._options()
        fields["answer"] = self._answer()
        return pl.concat_str([_segment(segment, fields) for segment in self.segments])

    def _options(self) -> pl.Expr:
        choices = pl.col("choices")
        lines = []
        for position, letter in enumerate(LETTERS):
            choice = choices.list.get(position, null_on_oob=True)
            line = _segment(self.option, {"letter": pl.lit(letter), "choice": choice})
            lines.append(pl.when(choices.list.len() > position).then(line).otherwise(pl.lit("")))
        return pl.concat_str(lines)

    def _answer(self) -> pl.Expr:
        one = pl.element().list.join(self.letter_separator)
        return pl.col("answers").list.eval(one).list.join(self.alternative_separator)


class Render(RowStage):
    """Adds `rendered`: a question through `template`, a document as it is."""

    stage: Literal["render"] = "render"
    template: str = "question"

    @field_validator("template")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z0-9_-]+", name):
            raise ValueError("a template's name has lower-case letters, digits, - and _")
        return name

    def apply(self, shard: pl.DataFrame) -> pl.DataFrame:
        """Renders the undropped rows."""
        question = load_template(self.template).expression()
        text = pl.when(pl.col("kind") == "question").then(question).otherwise(pl.col("text"))
        return shard.with_columns(pl.when(undropped()).then(text).alias("rendered"))


@cache
def load_template(name: str) -> Template:
    """Returns the template pipelines/templates/<name>.yaml.

    Raises:
        RecipeError: There is no such template, or it is wrong.
    """
    folder = share("pipelines", "templates")
    path: Path = folder / f"{name}.yaml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.yaml")))
        raise RecipeError(f"no template {name!r}", hint=f"There are: {known}.")
    try:
        return Template.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as exc:
        first = exc.errors()[0]
        raise RecipeError(str(first["msg"]), where=f"{path.name}: {first['loc']}") from exc


def _segment(text: str, fields: dict[str, pl.Expr]) -> pl.Expr:
    """Returns the segment with its fields filled in, or "" where one of them is null or empty."""
    pieces: list[pl.Expr] = []
    present = pl.lit(value=True)
    for index, piece in enumerate(_FIELD.split(text)):
        if index % 2 == 0:
            if piece:
                pieces.append(pl.lit(piece))
        else:
            pieces.append(fields[piece])
            present = present & (fields[piece].fill_null("").str.len_bytes() > 0)
    return pl.when(present).then(pl.concat_str(pieces)).otherwise(pl.lit(""))
