"""A recipe before it is validated: its kind, what the command line lays over it, and its own paths."""

from typing import Any

from curate.corpus.recipes import RawRecipe
from curate.errors import RecipeError


def refuse_kind(raw: RawRecipe, command: str, wanted: str) -> None:
    """Refuses a recipe that is not of the kind that a command takes.

    Raises:
        RecipeError: It is of another kind.
    """
    found = raw.data.get("recipe")
    if found != wanted:
        raise RecipeError(
            f"`curate {command}` wants a recipe of kind {wanted}, found {found}",
            where=raw.where(["recipe"]),
        )


def lay(raw: RawRecipe, path: tuple[str, ...], value: Any) -> None:
    """Puts a value of the command line, unless it says nothing, in the place of the recipe's."""
    if value is None:
        return
    target = raw.data
    for key in path[:-1]:
        target = target.setdefault(key, {})
        if not isinstance(target, dict):
            return
    target[path[-1]] = value
    raw.overlaid.add(path)


def stay_inside(
    raw: RawRecipe,
    holder: dict[str, Any],
    place: tuple[str, ...],
    option: str,
    *,
    may_be_name: bool = False,
) -> None:
    """Makes a path of the recipe whole, in the recipe's folder: a recipe may be anybody's.

    `holder` has the path under the last part of its `place`; what `may_be_name` names no file here and looks
    like no path is left as it is, such as a model on a hub.

    Raises:
        RecipeError: It leads out of the folder.
    """
    value = holder.get(place[-1])
    if not isinstance(value, str):
        return
    folder = raw.path.parent.resolve()
    whole = (folder / value).resolve()
    if may_be_name and not whole.exists() and not value.startswith(("/", ".")):
        return
    if not whole.is_relative_to(folder):
        raise RecipeError(
            f"the path {value!r} leads out of the recipe's folder",
            where=raw.where(place),
            hint=f"Give it on the command line, as {option}.",
        )
    holder[place[-1]] = str(whole)
