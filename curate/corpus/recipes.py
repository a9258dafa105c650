"""Loads recipes: YAML with the line of every key, overlaid by the command line, then validated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from curate.corpus.recipe import CorpusRecipe
from curate.corpus.recipe_errors import HINTS, UNKNOWN, explained, plain_place, telling
from curate.errors import RecipeError, boundary, did_you_mean
from curate.text import TangledYamlError, refuse_tangles

MAX_BYTES = 1_000_000
_TOO_LARGE = 2**53

AnyRecipe = TypeVar("AnyRecipe", bound=BaseModel)


@dataclass
class RawRecipe:
    """A recipe before validation: its data, and the YAML nodes that know its lines."""

    path: Path
    data: dict[str, Any]
    node: yaml.Node | None = None
    overlaid: set[tuple[str | int, ...]] = field(default_factory=set)

    def where(self, loc: Sequence[str | int]) -> str:
        """Returns file:line of the deepest key of `loc` that stands in the file."""
        if any(tuple(loc[: len(path)]) == path for path in self.overlaid):
            return "command line"
        return f"{self.path.name}:{_line(self.node, loc)}"


def read_recipe(path: Path) -> RawRecipe:
    """Reads a recipe file.

    Raises:
        RecipeError: It is not readable, not YAML, or not a mapping; with file and line.
    """
    with boundary(RecipeError, "reading the recipe"):
        if path.stat().st_size > MAX_BYTES:
            raise RecipeError(f"a recipe is at most {MAX_BYTES:,} bytes", where=path.name)
        data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
        refuse_tangles(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        loaded = yaml.safe_load(text)
    except UnicodeDecodeError as exc:
        raise RecipeError("the recipe is not UTF-8", where=path.name) from exc
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(exc, "problem", None) or "not YAML"
        raise RecipeError(f"not YAML: {problem}", where=f"{path.name}:{line}") from exc
    except TangledYamlError as exc:
        raise RecipeError(exc.message, where=f"{path.name}:{exc.line}") from exc
    except ValueError as exc:  # 2017-99-99 looks like a date
        raise RecipeError(f"a value is no date or number: {exc}", where=path.name) from exc
    if not isinstance(loaded, dict) or not isinstance(node, yaml.MappingNode):
        raise RecipeError("a recipe is a mapping of keys", where=f"{path.name}:1")
    _refuse_repeated_keys(node, path.name)
    return RawRecipe(path, loaded, node)


def validate_recipe(raw: RawRecipe) -> CorpusRecipe:
    """Returns the validated recipe of a corpus or an audit.

    Raises:
        RecipeError: A key is unknown or a value is wrong: with file, line and a suggestion.
    """
    return validated(raw, CorpusRecipe)


def validated(raw: RawRecipe, recipe: type[AnyRecipe]) -> AnyRecipe:
    """Returns the recipe of some kind that the data are.

    Raises:
        RecipeError: A key is unknown or a value is wrong: with file, line and a suggestion.
    """
    _refuse_unwritable(raw, raw.data, [])
    try:
        return recipe.model_validate(raw.data)
    except ValidationError as exc:
        first = telling(exc.errors(include_url=False, include_input=False), recipe)
        loc = plain_place(first["loc"], recipe)
        hint = HINTS.get(recipe.__name__, "") if first["type"] == UNKNOWN else ""
        raise RecipeError(
            explained(first, raw.data, recipe), where=raw.where(loc), hint=hint
        ) from exc


def apply_settings(raw: RawRecipe, settings: Mapping[str, Any]) -> None:
    """Overlays `--set a.b=c`: a list of stages is addressed by stage name, other lists by `name` or index.

    Raises:
        RecipeError: The path leads nowhere.
    """
    for path, value in settings.items():
        *parents, last = path.split(".")
        target: Any = raw.data
        loc: list[str | int] = []
        for part in parents:
            key, target = _step(target, part, path)
            loc.append(key)
        if not isinstance(target, dict):
            raise RecipeError(f"{parents[-1]!r} has no keys", where=f"--set {path}")
        target[last] = value
        raw.overlaid.add((*loc, last))


def _step(target: Any, part: str, path: str) -> tuple[str | int, Any]:
    """Returns the key or index that `part` stands for, and what is there."""
    if isinstance(target, dict):
        return part, target.setdefault(part, {})
    if isinstance(target, list):
        for index, entry in enumerate(target):
            names = (entry.get("stage"), entry.get("name")) if isinstance(entry, dict) else ()
            if part in names or part == str(index):
                return index, entry
        found = [e.get("stage") or e.get("name") for e in target if isinstance(e, dict)]
        known = [str(name) for name in found if name]
        raise RecipeError(
            f"no {part!r} in the list.{did_you_mean(part, known)}", where=f"--set {path}"
        )
    raise RecipeError(f"{part!r} cannot be set there", where=f"--set {path}")


def _refuse_unwritable(raw: RawRecipe, value: Any, loc: list[str | int]) -> None:
    """Refuses what no JSON holds: whole numbers of any size, and text that is no Unicode."""
    key = ".".join(str(part) for part in loc)
    if isinstance(value, int) and abs(value) >= _TOO_LARGE:
        raise RecipeError(f"{key}: the number is too large", where=raw.where(loc))
    if isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
        raise RecipeError(f"{key}: the text is not Unicode", where=raw.where(loc))
    if isinstance(value, dict):
        for name, item in value.items():
            _refuse_unwritable(raw, item, [*loc, str(name)])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_unwritable(raw, item, [*loc, index])


def _refuse_repeated_keys(node: yaml.Node, name: str) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise RecipeError(f"the key {key.value!r} stands twice", where=f"{name}:{line}")
            seen.add(key.value)
            _refuse_repeated_keys(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_repeated_keys(value, name)


def _line(node: yaml.Node | None, loc: Sequence[str | int]) -> int:
    line = node.start_mark.line + 1 if node else 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value)
        ):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
