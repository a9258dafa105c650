"""DuckDB with external access off: it reads and writes in one folder, within a memory limit."""

import atexit
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

MEMORY_LIMIT = "1GB"
HEARD_EVERY = 0.2
"""Seconds: a signal that another thread took is heard when the waiting one wakes."""


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _tables(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(_quoted(file.resolve()) for file in files)}])"


_Sees = tuple[Path, ...]
_spare: dict[_Sees, duckdb.DuckDBPyConnection] = {}
"""The database that was left last, by what it sees: a run asks for several over one folder, one by one."""


def _connected(folder: Path, *files: Path) -> duckdb.DuckDBPyConnection:
    """Returns a new database, which takes twenty milliseconds."""
    con = duckdb.connect(":memory:")
    for setting in (
        f"memory_limit='{MEMORY_LIMIT}'",
        f"temp_directory={_quoted(folder / 'spill')}",
        f"allowed_directories=[{_quoted(folder)}]",
        f"allowed_paths=[{', '.join(map(_quoted, files))}]",
        "enable_external_access=false",
        "enable_external_file_cache=false",
        "preserve_insertion_order=true",
        "enable_progress_bar=false",
        "lock_configuration=true",
    ):
        con.execute(f"SET {setting}")
    return con


@atexit.register
def _close_spare() -> None:
    while _spare:
        _spare.popitem()[1].close()


class Sandbox:
    """A DuckDB connection that sees the Parquet files of one folder and `files` elsewhere, nothing else."""

    def __init__(self, folder: Path, files: Sequence[Path] = ()) -> None:
        self._sees: _Sees = tuple(path.resolve() for path in (folder, *files))
        known = self._sees in _spare
        self._database = _spare.pop(self._sees) if known else _connected(*self._sees)
        self._con = self._database.cursor()
        self._made: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._con.close()
        if kind is not None:
            self._database.close()
            return
        for made in self._made:
            self._database.execute(f"DROP {made}")
        _close_spare()
        _spare[self._sees] = self._database

    def view(self, name: str, files: Sequence[Path], where: str = "true") -> None:
        """Makes the view `name` of the Parquet `files` (at least one), in their order."""
        self._make(f"VIEW {name}", f"SELECT * FROM {_tables(files)} WHERE {where}")  # noqa: S608

    def joined_view(
        self, name: str, left: Sequence[Path], right: Sequence[Path], key: str, where: str = "true"
    ) -> None:
        """Makes the view `name` of Parquet files on both sides, joined by the column `key`."""
        self._make(
            f"VIEW {name}",
            f"SELECT * FROM {_tables(left)} AS one "  # noqa: S608
            f"JOIN {_tables(right)} AS other USING ({key}) WHERE {where}",
        )

    def keep(self, name: str, query: str) -> None:
        """Makes the table `name` of the result of `query`, for several queries to read."""
        self._make(f"TABLE {name}", query.rstrip().rstrip(";"))

    def _make(self, what: str, query: str) -> None:
        """Makes a view or a table, which goes when the sandbox is left."""
        self._con.execute(f"CREATE {what} AS {query}")
        self._made.append(what)

    def write(self, query: str, target: Path, **parameters: float) -> None:
        """Writes the result of `query`, its `$name`s filled, to the Parquet file `target` in the folder."""
        self._con.execute(
            f"COPY ({query.rstrip().rstrip(';')}) TO {_quoted(target.resolve())} (FORMAT parquet)",
            parameters or None,
        )

    def rows(self, query: str, **parameters: str | int) -> list[dict[str, Any]]:
        """Returns the rows of `query`, its `$name`s filled, as dicts; for results that fit in memory."""
        result = self._con.sql(query, params=parameters or None)
        names = result.columns
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def answer(self, query: str, limit: int) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Returns the columns and at most `limit` rows of one SELECT, which is all that is let through.

        It runs in a thread of its own, so that Ctrl-C ends it.

        Raises:
            duckdb.Error: It is wrong, not one SELECT, or reaches for what the sandbox does not show.
        """
        statements = self._con.extract_statements(query)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise duckdb.ParserException("only one statement is let through, and only a SELECT")
        with ThreadPoolExecutor(1) as thread:
            asked = thread.submit(self._first, query, limit)
            try:
                while not wait([asked], timeout=HEARD_EVERY).done:
                    pass
                return asked.result()
            except KeyboardInterrupt:
                self._con.interrupt()
                raise

    def _first(self, query: str, limit: int) -> tuple[list[str], list[tuple[Any, ...]]]:
        result = self._con.execute(query)
        return [column[0] for column in result.description or ()], result.fetchmany(limit)
