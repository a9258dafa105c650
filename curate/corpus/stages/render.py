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

    def render(self, questions: pl.DataFrame) -> pl.Series:
        """Returns the text of each row of the frame."""
        most = questions["choices"].list.len().max()
        fields = questions.select(
            *(pl.col(name).cast(pl.String) for name in FIELDS if name in questions.columns),
            options=self._options(most if isinstance(most, int) else 0),
            answer=self._answer(),
        )
        names = {name: pl.col(name) for name in FIELDS}
        text = pl.concat_str([_segment(segment, names) for segment in self.segments])
        return fields.select(text.alias("rendered")).to_series()

    def _options(self, most: int) -> pl.Expr:
        choices = pl.col("choices")
        lines = []
        for position, letter in enumerate(LETTERS[:most]):
            choice = choices.list.get(position, null_on_oob=True)
            line = _filled(self.option, {"letter": pl.lit(letter), "choice": choice})
            lines.append(line.fill_null(""))
        return pl.concat_str(lines) if lines else pl.lit("")

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
        text = load_template(self.template).render(shard)
        is_question = pl.col("kind") == "question"
        rendered = pl.when(is_question).then(text).otherwise(pl.col("text"))
        return shard.with_columns(pl.when(undropped()).then(rendered).alias("rendered"))


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
    filled = _filled(text, fields)
    present = [fields[name].str.len_bytes() > 0 for name in _FIELD.findall(text)]
    if not present:
        return filled
    return pl.when(pl.all_horizontal(present)).then(filled).otherwise(pl.lit(""))


def _filled(text: str, fields: dict[str, pl.Expr]) -> pl.Expr:
    """Returns the text with its fields filled in; null where one of them is null."""
    pieces = _FIELD.split(text)
    parts = [fields[p] if at % 2 else pl.lit(p) for at, p in enumerate(pieces) if p]
    return pl.concat_str(parts)
