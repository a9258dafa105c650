"""What became of an answer from one mode to the other."""

from typing import Final

from curate.models import ItemSide

__all__ = ["TURNS", "turn"]

TURNS: Final = {
    "right_wrong": "right → wrong",
    "wrong_right": "wrong → right",
    "wrong_other": "wrong → other wrong",
    "wrong_unread": "wrong, one unreadable",
    "wrong_same": "same wrong",
    "right_right": "right in both",
}
"""The fields of FlipCounts as words, what is worth a look first."""


def turn(one: ItemSide, other: ItemSide) -> str:
    """Returns the field of FlipCounts that counts the item."""
    if one.right or other.right:
        return f"{_word(one)}_{_word(other)}"
    if not one.answer or not other.answer:
        return "wrong_unread"
    return "wrong_same" if one.answer == other.answer else "wrong_other"


def _word(side: ItemSide) -> str:
    return "right" if side.right else "wrong"
