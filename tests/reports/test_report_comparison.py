"""Comparisons as Markdown, LaTeX and a page: no text of a run is markup in any of them."""

import evaluated_rows as sea
import pytest
from report_samples import HOSTILE, sha

from curate.evaluation.answers import answers_of
from curate.evaluation.comparison import compared_tables
from curate.evaluation.paired import Draws
from curate.models import Comparison, EvaluatedRun
from curate.reports import comparison_grids, latex, markdown, render_comparison

NAMES = [HOSTILE, "a|b\n# c `x` $\\input{/etc/passwd}$ 50% _&~^", "plain"]


@pytest.fixture(scope="module")
def told():
    letters = ("bbbbbbbbbbbbbbb", "abababababababa", "aaaaaaaaaaaaaaa")
    runs = {
        name: {one.key: one for one in answers_of(sea.frame(sea.rows(some)))}
        for name, some in zip(NAMES, letters, strict=True)
    }
    return Comparison(
        baseline=NAMES[0],
        draws=200,
        runs=[EvaluatedRun(name=name, benchmarks={"sea": sha("a")}) for name in NAMES],
        tables=compared_tables(runs, NAMES[0], Draws(200)),
        notes=[f"% {NAMES[1]}"],
    )


def test_the_best_is_marked_and_columns_agree(told):
    grid = comparison_grids(told)[0]
    assert {len(row) for row in grid.rows} == {len(grid.columns)}
    assert [row[1].best for row in grid.rows] == [False, False, True]
    assert "**1 \\[1, 1\\]**" in markdown(told)
    assert r"\textbf{1 [1, 1]}" in latex(told)


def test_markdown_holds_no_markup_of_a_run(told):
    text = markdown(told)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {4}
    assert "\n# c" not in text
    assert "<script" not in text.replace("\\<", "")
    assert "`x`" not in text.replace("\\`", "")


def test_latex_holds_no_command_of_a_run(told):
    text = "\n".join(line for line in latex(told).splitlines() if not line.startswith("%"))
    assert "\\input" not in text
    assert r"\textbackslash{}input\{/etc/passwd\}" in text
    assert r"50\% \_\&\textasciitilde{}\textasciicircum{}" in text


def test_the_page_holds_no_element_of_a_run(told):
    page = render_comparison(told)
    assert "<img" not in page
    assert page.count("<script>") == 1
    assert "\u202e" not in page
    assert "best</span>" in page
