"""What the columns of a file look like in its first rows: texts, ids, dates, options and keys."""

import re
from collections.abc import Callable, Sequence

from curate.models import LETTERS
from curate.sources.options import KeyForm, formed_key, option_texts
from curate.sources.values import Cells, folded
from curate.sources.years import Dated, field_date, field_year

MOST = 0.8
_ID_LENGTH = 100
_OPTION = re.compile(r"(?P<stem>.*?)[ _.-]*(?P<mark>[a-jA-J]|10|[0-9])")
_MARKS = ([*LETTERS], [str(n) for n in range(1, 11)], [str(n) for n in range(10)])
_OPTION_STEMS = frozenset({"", "option", "choice", "op", "opt", "ans", "answer", "選択肢", "選択"})


class Looks:
    """The first rows of a file, by column; `values` leaves nulls out, `names` columns of nothing else."""

    def __init__(self, rows: Sequence[Cells]) -> None:
        self.rows = rows
        names = dict.fromkeys(name for row in rows for name in row)
        values = {n: [row[n] for row in rows if row.get(n) is not None] for n in names}
        self.values = {name: some for name, some in values.items() if some}
        self.names = list(self.values)

    def is_text(self, name: str) -> bool:
        """Tells whether most values are texts."""
        return self._most(name, lambda value: isinstance(value, str))

    def is_word(self, name: str) -> bool:
        """Tells whether every value could be an id, be it another one or not."""
        return all(
            isinstance(one, str | int) and not isinstance(one, bool) for one in self.values[name]
        )

    def is_id(self, name: str) -> bool:
        """Tells whether most rows have a short value, and mostly another one."""
        if not self.is_word(name):
            return False
        values = {str(one) for one in self.values[name]} - {""}
        short = all(len(value) <= _ID_LENGTH for value in values)
        return short and len(values) >= MOST * len(self.rows)

    def is_surely_id(self, name: str) -> bool:
        """Tells whether every row has a short value without a space, and another one."""
        values = {str(one) for one in self.values[name] if " " not in str(one)}
        return self.is_id(name) and len(values) == len(self.rows)

    def is_year(self, name: str) -> bool:
        """Tells whether most values are years."""
        return self._dated(name, field_year)

    def is_date(self, name: str) -> bool:
        """Tells whether most values are years or dates."""
        return self._dated(name, field_date)

    def length(self, name: str) -> float:
        """Returns how long the texts of a column are on average."""
        values = self.values[name]
        return sum(len(one) for one in values if isinstance(one, str)) / len(values)

    def holds_options(self, name: str) -> bool:
        """Tells whether most values are the options of a question."""
        return self._most(
            name, lambda value: 1 < len(option_texts({name: value}, name)) <= len(LETTERS)
        )

    def option_columns(self) -> list[str]:
        """Returns the columns a, b, c or 1, 2, 3 that hold an option each; none where there are none."""
        groups: dict[str, dict[str, str]] = {}
        for name in self.names:
            if (match := _OPTION.fullmatch(folded(name))) and self.is_text(name):
                groups.setdefault(match["stem"].lower(), {})[match["mark"].lower()] = name
        for stem, by_mark in groups.items():
            columns = max((_from_first(by_mark, marks) for marks in _MARKS), key=len)
            if len(columns) > (1 if stem in _OPTION_STEMS else 2):
                return columns
        return []

    def key_share(self, name: str, form: KeyForm, choices: str | Sequence[str]) -> float:
        """Returns the share of values that are keys of that form to the options of their rows."""
        rows = [row for row in self.rows if row.get(name) is not None]
        return sum(_fits(row, name, form, choices) for row in rows) / len(rows)

    def _most(self, name: str, fits: Callable[[object], bool]) -> bool:
        good = 0
        for value in self.values[name]:
            try:
                good += fits(value)
            except ValueError:
                continue
        return good >= MOST * len(self.values[name])

    def _dated(self, name: str, read: Callable[[str, Cells], Dated]) -> bool:
        return self._most(name, lambda value: read(name, {name: value}).year is not None)


def _from_first(by_mark: dict[str, str], marks: Sequence[str]) -> list[str]:
    columns: list[str] = []
    for mark in marks:
        if mark not in by_mark:
            break
        columns.append(by_mark[mark])
    return columns


def _fits(row: Cells, name: str, form: KeyForm, choices: str | Sequence[str]) -> bool:
    try:
        if isinstance(choices, str):
            options = option_texts(row, choices) if choices else []
        else:
            options = [str(row[one]) for one in choices if row.get(one) is not None]
        answers = formed_key(row[name], form, options).answers
    except ValueError:
        return False
    return all(one in LETTERS[: len(options) or None] for answer in answers for one in answer)
