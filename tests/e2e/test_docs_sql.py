"""The queries of docs/sql.md run, and say something, on the demo."""

import re

import pytest

from curate.jobs.run_tables import TABLES
from curate.tables import share

DOCS = share("pipelines").parent / "docs" / "sql.md"
TEXT = DOCS.read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("query", QUERIES)
def test_a_documented_query_answers(cli, demo_run, query):
    told = cli("sql", demo_run, query, "--format", "json")
    assert told.code == 0
    assert told.data["rows"]


def test_every_table_is_documented():
    assert len(QUERIES) >= 5
    for name, file in TABLES.items():
        assert f"`{name}`" in TEXT
        assert file in TEXT
