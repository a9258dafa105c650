"""Things taken so many at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yields the things in lists of `size`; the last may be shorter."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
