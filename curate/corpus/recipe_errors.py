"""What is wrong in a recipe, in words: the unknown key or value, and what was probably meant."""

import re
from collections.abc import Iterator, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from curate.errors import did_you_mean

UNKNOWN = "extra_forbidden"
HINTS = {
    "CorpusRecipe": "`curate schema corpus_recipe` shows every key.",
    "PairsRecipe": "`curate schema pairs_recipe` shows every key.",
    "TrainRecipe": "`curate schema train_recipe` shows every key.",
    "EvaluationRecipe": "`curate schema evaluation_recipe` shows every key.",
}

TAGS = ("stage", "layout", "engine", "template", "policy")
"""Keys whose value says which of several records stands there."""

_KEY = "[key]"
_QUOTED = re.compile(r"'([^']*)'")
_QUOTE = "'"
_SHOWN = 60

Place = Sequence[str | int]


class _Step(NamedTuple):
    """A part of an error's place: whether it is a key or index of the recipe, and the types behind it."""

    part: str | int
    is_key: bool
    types: list[Any]


def telling(errors: Sequence[ErrorDetails], recipe: type[BaseModel]) -> ErrorDetails:
    """Returns an unknown key before anything else; in a union, one that no branch knows."""
    branches = {
        step.part
        for error in errors
        for step in _walk(error["loc"], recipe)
        if step.part in {one.__name__ for one in step.types if _is_record(one)}
    }
    unknown = [error for error in errors if error["type"] == UNKNOWN]
    places = [plain_place(error["loc"], recipe) for error in unknown]
    for error, place in zip(unknown, places, strict=True):
        if places.count(place) >= len(branches):
            return error
    return errors[0]


def plain_place(loc: Place, recipe: type[BaseModel]) -> list[str | int]:
    """Returns an error's place as keys and indexes: without the words by which pydantic tells branches."""
    return [step.part for step in _walk(loc, recipe) if step.is_key]


def explained(error: ErrorDetails, data: Any, recipe: type[BaseModel]) -> str:
    """Returns what is wrong, naming the key, and what was probably meant."""
    loc = plain_place(error["loc"], recipe)
    key = ".".join(str(part) for part in loc)
    context = error.get("ctx", {})
    if error["type"] == UNKNOWN:
        name = str(loc[-1])
        return (
            f"unknown key {name[:_SHOWN]!r}.{did_you_mean(name, _known_keys(error['loc'], recipe))}"
        )
    if error["type"] == "union_tag_invalid":
        word, tag = context["discriminator"].strip(_QUOTE), str(context["tag"])
        known = _QUOTED.findall(str(context["expected_tags"]))
        there = f"there are {', '.join(known)}"
        return f"{key}: no {word} {tag[:_SHOWN]!r}; {there}.{did_you_mean(tag, known)}"
    if error["type"] == "union_tag_not_found":
        return f"{key}: {context['discriminator'].strip(_QUOTE)} is missing"
    message = str(error["msg"]).removeprefix("Value error, ")
    found = str(loc[-1]) if error["loc"][-1:] == (_KEY,) else _value_at(data, loc)
    if error["type"] in ("literal_error", "enum") and isinstance(found, str):
        near = did_you_mean(found, _QUOTED.findall(str(context["expected"])))
        message += f", found {found[:_SHOWN]!r}.{near}"
    return f"{key}: {message}" if key else message


def _known_keys(loc: Place, recipe: type[BaseModel]) -> list[str]:
    """Returns the keys that there are where an unknown one stands."""
    *_, last = [_Step("", is_key=False, types=[recipe]), *_walk(loc[:-1], recipe)]
    return sorted({name for one in last.types if _is_record(one) for name in one.model_fields})


def _walk(loc: Place, recipe: type[BaseModel]) -> Iterator[_Step]:
    """Yields the steps to an error's place; where there are branches, pydantic names the one it tried."""
    types: list[Any] = [recipe]
    chosen = True
    for part in loc:
        if part == _KEY or not chosen:
            types = [one for one in types if _is_record(one) and _is_tag(one, part)] or types
            chosen = True
            yield _Step(part, is_key=False, types=types)
            continue
        types = [deeper for one in types for deeper in _inside(one, part)]
        chosen = len(types) <= 1
        yield _Step(part, is_key=True, types=types)


def _inside(of: Any, part: str | int) -> Iterator[Any]:
    """Yields the types of what stands at a key or index of a type."""
    if _is_record(of) and part in of.model_fields:
        yield from _branches(of.model_fields[part].annotation)
    elif get_origin(of) in (list, dict):
        yield from _branches(get_args(of)[-1])


def _branches(of: Any) -> Iterator[Any]:
    """Yields the types that an annotation allows."""
    if get_origin(of) is Annotated:
        yield from _branches(get_args(of)[0])
    elif get_origin(of) in (Union, UnionType):
        for one in get_args(of):
            yield from _branches(one)
    elif of is not NoneType:
        yield of


def _is_record(of: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(of, type) and issubclass(of, BaseModel)


def _is_tag(model: type[BaseModel], part: str | int) -> bool:
    """Tells whether pydantic names the model by this word in the place of an error."""
    fields = (model.model_fields.get(name) for name in TAGS)
    tags = [
        get_args(one.annotation) for one in fields if one and get_origin(one.annotation) is Literal
    ]
    return any(part in some for some in tags)


def _value_at(data: Any, loc: Place) -> Any:
    for part in loc:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data
