"""Questions to a run's tables in SQL: read-only, within the run, within the sandbox's memory."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from curate.errors import CurateError, InputError, UsageError, did_you_mean
from curate.jobs.outcome import Outcome
from curate.jobs.run_tables import TABLES, RunTables, run_tables
from curate.text import visible

_PLACE = re.compile(r"\n\nLINE (?P<line>[0-9]+): (?P<excerpt>.*)\n(?P<before> *)\^")
_NO_TABLE = re.compile(r"Table with name (\S+) does not exist")
_NO_COLUMN = re.compile(r'column "([^"]+)" not found')
_CANDIDATE = re.compile(r'Candidate bindings: "([^"]+)"')
_LONGEST = 500


@dataclass(frozen=True)
class Answer:
    """The first rows of a query's result; `more` says that there are others."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    more: bool


def list_tables(run: Path) -> Outcome:
    """Lists the tables of a run with their rows and columns, and those that it does not have."""
    with run_tables(run) as tables:
        told = [_described(tables, name) for name in tables.names]
        missing = [name for name in TABLES if name not in tables.names]
    return Outcome(
        title=f"Tables of {run}",
        data={"run": str(run), "tables": told, "missing": missing},
        hint=f"curate sql {run} 'FROM {told[0]['table']} LIMIT 5'" if told else "",
    )


def ask(run: Path, query: str, limit: int) -> Answer:
    """Returns the first `limit` rows of a SELECT over a run's tables.

    Raises:
        UsageError: The query is wrong, or more than a SELECT; with its line and column.
        InputError: The run or one of its tables cannot be read.
    """
    if not query.strip():
        raise UsageError("the query is empty", hint=f"curate sql {run} lists the tables.")
    with run_tables(run) as tables:
        try:
            columns, rows = tables.db.answer(query, limit + 1)
        except duckdb.Error as exc:
            raise _explained(exc, query, tables) from exc
    return Answer(columns, rows[:limit], len(rows) > limit)


def _described(tables: RunTables, name: str) -> dict[str, Any]:
    [(rows,)] = tables.db.answer(f"SELECT count(*) FROM {name}", 1)[1]  # noqa: S608 (a name of ours)
    columns, _ = tables.db.answer(f"FROM {name} LIMIT 0", 1)
    return {"table": name, "rows": rows, "columns": columns}


def _explained(exc: duckdb.Error, query: str, tables: RunTables) -> CurateError:
    """Returns the error as ours: where in the query, what, and what there is instead."""
    text = str(exc)
    if isinstance(exc, duckdb.IOException):
        return InputError(f"a table cannot be read: {_cut(text)}")
    if isinstance(exc, duckdb.OutOfMemoryException):
        return UsageError(
            "the query wants more memory than it may have",
            hint="Narrow it: fewer columns, a WHERE, or count(*).",
        )
    if "'pytz'" in text:
        return UsageError("a time with a time zone cannot be shown", hint="Cast it with ::VARCHAR.")
    return UsageError(
        _cut(text) + _suggestion(text, tables), where=_place(text, query), hint=_hint(text, tables)
    )


def _cut(text: str) -> str:
    """Returns the first line of an error, which may quote a cell of the data."""
    whole = (
        text.split("\n\nLINE ", maxsplit=1)[0]
        .split("\nDid you mean", maxsplit=1)[0]
        .split("\nCandidate bindings", maxsplit=1)[0]
    )
    line = visible(whole.strip(), keep="")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _suggestion(text: str, tables: RunTables) -> str:
    if table := _NO_TABLE.search(text):
        return did_you_mean(visible(table[1]), list(tables.names))
    column, candidate = _NO_COLUMN.search(text), _CANDIDATE.search(text)
    return f" Did you mean {visible(candidate[1])!r}?" if column and candidate else ""


def _hint(text: str, tables: RunTables) -> str:
    there = f"There are: {', '.join(tables.names)}."
    table = _NO_TABLE.search(text)
    file = tables.lacking(table[1]) if table else None
    if file:
        return f"This run has no {file}. {there}"
    return there if table else ""


def _place(text: str, query: str) -> str:
    """Returns "query:line:column" of an error; without the column where the excerpt is cut and not unique."""
    found = _PLACE.search(text)
    if found is None:
        return "query"
    line = int(found["line"])
    lines = query.splitlines()
    excerpt, at = found["excerpt"], len(found["before"]) - len(f"LINE {line}: ")
    if excerpt.startswith("..."):
        part = excerpt.removeprefix("...").removesuffix("...")
        whole = lines[line - 1] if line <= len(lines) else ""
        if whole.count(part) != 1:
            return f"query:{line}"
        at += whole.index(part) - len("...")
    return f"query:{line}:{at + 1}"
