"""Reads a card's notes, and the licences that they and the runs name."""

from pathlib import Path

from curate.corpus.recipes import read_recipe, validated
from curate.errors import RecipeError
from curate.models import CardNotes, NamedLicence
from curate.publishing.licences import OTHER, licence_id

__all__ = ["named_licence", "read_notes"]


def read_notes(path: Path | None) -> CardNotes:
    """Returns the notes of a file, or empty ones of none.

    Raises:
        RecipeError: It is not YAML, a key is unknown or a value wrong: with file and line.
    """
    if path is None:
        return CardNotes()
    raw = read_recipe(path)
    if raw.data.get("recipe") != "card/1":
        raise RecipeError(
            f"the notes of a card are of kind card/1, found {raw.data.get('recipe')}",
            where=raw.where(["recipe"]),
        )
    return validated(raw, CardNotes)


def named_licence(
    name: str, spelled: str | None, noted: str | NamedLicence | None, key: str = "licences"
) -> NamedLicence | None:
    """Returns the licence of a source, what is noted before what it says itself; None where none is stated.

    `key` is where the notes say it, for whoever has to.

    Raises:
        InputError: A spelling means none that the Hub knows.
    """
    if isinstance(noted, NamedLicence):
        known = noted.id if noted.id == OTHER else licence_id(noted.id, name, key)
        return noted.model_copy(update={"id": known}) if known else None
    known = licence_id(noted or spelled, name, key)
    return NamedLicence(id=known) if known else None
