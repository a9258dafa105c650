"""`curate sql`."""

import sys
from typing import Annotated

import typer

from curate.cli.options import DebugOpt, FormatOpt, RunArg
from curate.cli.show import Format, Show

ON_SCREEN, AS_DATA = 50, 10_000

QueryArg = Annotated[
    str | None,
    typer.Argument(
        metavar="[QUERY]",
        help="A SELECT; - reads it from stdin. Without one, the tables are listed.",
        show_default=False,
    ),
]
CsvOpt = Annotated[bool, typer.Option("--csv", help="Print the rows as CSV.")]
LimitOpt = Annotated[
    int | None,
    typer.Option("--limit", min=1, help="Rows to print. [50; 10,000 as JSON, CSV or quiet]"),
]


def sql_command(
    run: RunArg,
    query: QueryArg = None,
    csv: CsvOpt = False,
    limit: LimitOpt = None,
    format_: FormatOpt = Format.HUMAN,
    debug: DebugOpt = False,
) -> int:
    """Ask a run's tables in SQL (DuckDB), read-only; without a query, list the tables.

    Example: curate sql runs/corpus 'SELECT dropped_by, count(*) FROM dropped GROUP BY ALL'
    """
    from curate.cli.run import finish
    from curate.cli.table import csv_lines, one_line, plain, table_lines
    from curate.errors import UsageError
    from curate.jobs.sql import ask, list_tables

    show = Show(format_)
    if csv and format_ is not Format.HUMAN:
        raise UsageError("give either --csv or --format")
    if query is None:
        return finish(show, list_tables(run))
    as_table = format_ is Format.HUMAN and not csv
    most = limit or (ON_SCREEN if as_table else AS_DATA)
    answer = ask(run, sys.stdin.read() if query == "-" else query, most)
    if format_ is Format.JSON:
        rows = [[plain(cell) for cell in row] for row in answer.rows]
        data = {"run": str(run), "columns": answer.columns, "rows": rows, "more": answer.more}
        show.result("", data, 0, None)
        return 0
    if csv:
        show.pieces(csv_lines(answer.columns, answer.rows))
    elif as_table:
        show.pieces(f"{line}\n" for line in table_lines(answer.columns, answer.rows))
    else:
        show.pieces("\t".join(one_line(cell) for cell in row) + "\n" for row in answer.rows)
    if answer.more:
        show.note(f"only the first {most:,} rows are shown; --limit shows more")
    return 0
