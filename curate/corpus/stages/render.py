"""Renders rows to CPT text through a template."""

import re
from functools import cache
from typing import Literal

import polars as pl
import yaml
from pydantic import ValidationError, field_validator

from curate.corpus.stage import RowStage
from curate.corpus.templates import Template
from curate.errors import RecipeError, did_you_mean
from curate.tables import share, undropped


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
    path = folder / f"{name}.yaml"
    if not path.exists():
        known = sorted(p.stem for p in folder.glob("*.yaml"))
        raise RecipeError(
            f"no template {name!r}.{did_you_mean(name, known)}",
            hint=f"There are: {', '.join(known)}.",
        )
    try:
        return Template.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as exc:
        first = exc.errors()[0]
        raise RecipeError(str(first["msg"]), where=f"{path.name}: {first['loc']}") from exc
