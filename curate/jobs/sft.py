"""sft.parquet: prompts and completions of the kept rows, and a count of what is left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source
from pydantic import ValidationError

from curate.corpus.recipes import RawRecipe, read_recipe
from curate.corpus.sft import SFT_COLUMNS, SFT_SCHEMA, SftTemplate
from curate.corpus.shards import Shard
from curate.errors import RecipeError, did_you_mean
from curate.runs import RunFolder
from curate.tables import share, undropped

SFT_FILE = "sft.parquet"


def sft_templates() -> dict[str, Path]:
    """Returns the files of the shipped templates, by name."""
    folder = share("pipelines", "templates", "sft")
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def complete_sft(raw: RawRecipe) -> None:
    """Puts the template that a recipe or the command line names into the recipe, whole.

    Raises:
        RecipeError: There is none of that name, it is wrong, or the recipe's own lies outside its folder.
    """
    named = raw.data.get("sft")
    if isinstance(named, str):
        raw.data["sft"] = _template(_path(raw, named)).model_dump(mode="json")


def write_sft(run: RunFolder, shards: Sequence[Shard], template: SftTemplate) -> dict[str, Any]:
    """Writes sft.parquet, a shard at a time; returns how many rows it has, and how many are left out why."""
    left_out: Counter[str] = Counter()
    rows = 0

    def frames(*_: object) -> Iterator[pl.DataFrame]:
        nonlocal rows
        for shard in shards:
            pairs, why = template.pairs(shard.where(undropped()).select(SFT_COLUMNS))
            left_out.update(why)
            rows += pairs.height
            yield pairs

    run.write_frame(SFT_FILE, register_io_source(frames, schema=SFT_SCHEMA))
    return {"template": template.name, "rows": rows, "left_out": dict(sorted(left_out.items()))}


def _path(raw: RawRecipe, named: str) -> Path:
    shipped = sft_templates()
    if named in shipped:
        return shipped[named]
    folder = Path() if ("sft",) in raw.overlaid else raw.path.parent
    path = folder / named
    if not path.is_file():
        raise RecipeError(
            f"no SFT template {named!r}.{did_you_mean(named, list(shipped))}",
            where=raw.where(["sft"]),
            hint=f"There are: {', '.join(shipped)}; or give a file of your own.",
        )
    if ("sft",) not in raw.overlaid and not path.resolve().is_relative_to(folder.resolve()):
        raise RecipeError(
            f"the path {named!r} leads out of the recipe's folder",
            where=raw.where(["sft"]),
            hint="Give it on the command line, as --sft.",
        )
    return path


def _template(path: Path) -> SftTemplate:
    raw = read_recipe(path)
    try:
        return SftTemplate.model_validate(raw.data)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        message = str(first["msg"]).removeprefix("Value error, ")
        raise RecipeError(f"{key}: {message}", where=raw.where(first["loc"])) from exc
