"""Does what is asked of items a bounded number ahead, and gives what comes of each in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def in_flight(
    submit: Callable[[Item], Made], items: Iterable[Item], most: int
) -> Iterator[tuple[Item, Made]]:
    """Yields each item with what was submitted for it, in order, with `most` more submitted after it."""
    running: deque[tuple[Item, Made]] = deque()
    for item in items:
        running.append((item, submit(item)))
        if len(running) > most:
            yield running.popleft()
    while running:
        yield running.popleft()


def in_threads(call: Callable[[Item], Made], items: Iterable[Item], threads: int) -> Iterator[Made]:
    """Yields `call(item)` for each item, in order; `threads` of them run while one is used."""
    if threads == 1:
        yield from map(call, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _, made in in_flight(lambda item: pool.submit(call, item), items, threads):
            yield made.result()
