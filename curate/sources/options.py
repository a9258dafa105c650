"""Options and keys of questions in the forms that data sets have them."""

from typing import Literal

from curate.models import LETTERS
from curate.sources.answers import Key, parse_key, parse_numbered_key, split_key
from curate.sources.values import Cells, folded, texts, wrong

KeyForm = Literal["letters", "numbers", "indexes", "texts"]

_TEXTS = ("text", "value", "content")
"""The keys under which an option's text stands beside its label."""


def option_texts(cells: Cells, name: str) -> list[str]:
    """Returns the options in a column; none where it is absent or null.

    They stand there as texts, as texts by label ({"A": ...}), as objects with a text and a label, or as
    an object of two lists. Raises ValueError for anything else.
    """
    value = cells.get(name)
    if isinstance(value, dict):
        inner = next((value[key] for key in _TEXTS if isinstance(value.get(key), list)), None)
        value = inner if inner is not None else [value[label] for label in _in_order(value)]
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        value = [next((one[key] for key in _TEXTS if key in one), None) for one in value]
    return texts({name: value}, name)


def formed_key(value: object, form: KeyForm, choices: list[str]) -> Key:
    """Returns the key that a value means in a form; null is no known key.

    Raises ValueError for what is no key of that form.
    """
    if form == "letters" or value is None:
        return parse_key(value)
    if form == "texts":
        found = [_place(one, choices) for one in (value if isinstance(value, list) else [value])]
        return parse_key(sorted(LETTERS[place] for place in found))
    numbers = [_number(one) for one in (value if isinstance(value, list) else split_key(value))]
    if form == "indexes":
        numbers = [str(int(one) + 1) if one.isdecimal() else one for one in numbers]
    return parse_numbered_key(numbers)


def _in_order(options: dict[str, object]) -> list[str]:
    """Returns the labels of options, of which none is left out: a, b, c or 1, 2, 3."""
    labels = sorted(options, key=lambda label: (len(label), label))
    filled = [label for label in labels if options[label] is not None]
    if filled != labels[: len(filled)]:
        raise ValueError("choices: an option is null before another that is not")
    return filled


def _place(value: object, choices: list[str]) -> int:
    if not isinstance(value, str):
        raise wrong("answers", "the text of an option", value)
    places = [place for place, choice in enumerate(choices) if folded(choice) == folded(value)]
    if len(places) != 1:
        raise ValueError(f"answers: the text is that of {len(places)} options")
    return places[0]


def _number(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong("answers", "numbers of options", value)
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(f"answers: {value!r} is no number of an option")
    return folded(value) if isinstance(value, str) else str(int(value))
