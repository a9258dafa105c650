"""Cards on disk: written in any order, read in theirs, so that memory does not grow with them."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from markupsafe import Markup

from curate.reports.shown import ShownCard
from curate.reports.summary import Line


class CardSpool:
    """Cards by their place in the report; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 (closed by __exit__)
        self._places: dict[int, tuple[int, int, int]] = {}
        self._lines: dict[int, Line] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, at: int, card: ShownCard) -> None:
        """Adds the card whose place is `at`."""
        record, markup = card.record, card.markup.encode()
        self._places[at] = (self._file.seek(0, 2), len(record), len(markup))
        self._lines[at] = card.line
        self._file.write(record + markup)

    def lines(self) -> list[Line]:
        """Returns the cards' lines in the list of all."""
        return [self._lines[at] for at in sorted(self._lines)]

    def records(self) -> Iterator[bytes]:
        """Yields the cards as JSON."""
        for start, record, _ in self._in_order():
            yield self._read(start, record)

    def markup(self) -> Iterator[Markup]:
        """Yields the cards as the page shows them."""
        for start, record, markup in self._in_order():
            yield Markup(self._read(start + record, markup).decode())  # noqa: S704 (as it was put)

    def _in_order(self) -> Iterator[tuple[int, int, int]]:
        return (self._places[at] for at in sorted(self._places))

    def _read(self, start: int, length: int) -> bytes:
        self._file.seek(start)
        return self._file.read(length)
