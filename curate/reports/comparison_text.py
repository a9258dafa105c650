"""A comparison's tables as Markdown and as LaTeX, in which no text of a run is markup."""

import re
from collections.abc import Sequence
from typing import Final

from curate.models import Comparison
from curate.reports.comparison import Grid, comparison_grids, notes_of
from curate.text import visible

__all__ = ["latex", "markdown"]

_TEX: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "−": "$-$", "→": r"$\rightarrow$",
}  # fmt: skip
_TEX_SPECIAL: Final = re.compile("[" + re.escape("".join(_TEX)) + "]")
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>()#|~&$!])")


def markdown(told: Comparison) -> str:
    """Returns the tables as Markdown; no text of a run is read as markup."""
    parts = [_markdown_table(grid) for grid in comparison_grids(told)]
    notes = [f"- {_plain_markdown(note)}\n" for note in notes_of(told)]
    return "\n".join([*parts, "".join(notes)])


def latex(told: Comparison) -> str:
    """Returns the tables as LaTeX for the package booktabs; no text of a run is read as a command."""
    parts = [_latex_table(grid) for grid in comparison_grids(told)]
    notes = [f"% {visible(note, keep='')}\n" for note in notes_of(told)]
    return "\n".join([*parts, "".join(notes)])


def _markdown_table(grid: Grid) -> str:
    lines = [
        f"**{_plain_markdown(grid.title)}**\n",
        _markdown_row([_plain_markdown(name) for name in grid.columns]),
        _markdown_row(["---", *["---:"] * (len(grid.columns) - 1)]),
    ]
    for row in grid.rows:
        cells = [_plain_markdown(cell.text) for cell in row]
        marked = (
            f"**{text}**" if cell.best else text for text, cell in zip(cells, row, strict=True)
        )
        lines.append(_markdown_row([*marked]))
    return "\n".join(lines) + "\n"


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _plain_markdown(text: str) -> str:
    """Returns text that Markdown shows as it is, in one line."""
    return _MARKDOWN.sub(r"\\\1", visible(text, keep=""))


def _latex_table(grid: Grid) -> str:
    lines = [
        r"\begin{table}",
        rf"\caption{{{_plain_latex(grid.title)}}}",
        r"\begin{tabular}{l" + "r" * (len(grid.columns) - 1) + "}",
        r"\toprule",
        _latex_row([_plain_latex(name) for name in grid.columns]),
        r"\midrule",
    ]
    for at, row in enumerate(grid.rows):
        if at == grid.ours:
            lines.append(r"\midrule")
        cells = [(_plain_latex(cell.text), cell.best) for cell in row]
        lines.append(_latex_row([rf"\textbf{{{t}}}" if best else t for t, best in cells]))
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}"]) + "\n"


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _plain_latex(text: str) -> str:
    """Returns text that LaTeX sets as it is."""
    return _TEX_SPECIAL.sub(lambda one: _TEX[one[0]], visible(text, keep=""))
