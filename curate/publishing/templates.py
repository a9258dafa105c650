"""The templates of data_cards/: every text that comes from outside is escaped, for Markdown and for HTML."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.exceptions import UndefinedError
from markupsafe import Markup, escape

from curate.artefacts import share
from curate.errors import InputError
from curate.reports.formats import count, percent, whole
from curate.text import visible

__all__ = ["front_matter", "rendered"]

FOLDER = "data_cards"
_MARKDOWN = re.compile(
    r"[\\`*_{}\[\]#|~@$]|^[-+=]|^[0-9]{1,9}(?=[.)])|:(?=//)|(?<=www)\.", re.IGNORECASE
)
"""What makes code, stress, links, tables, formulas or lists of a text, or an address into a link."""

_HOLES = re.compile(r"\n{3,}")
_BLANKS = re.compile(r"\s+")


def rendered(name: str, context: Mapping[str, Any]) -> str:
    """Returns a template of data_cards/, filled.

    Where lines of a template say nothing, no more than one blank line is left.

    Raises:
        InputError: The template is broken, or asks for something that there is not; with file and line.
    """
    try:
        return _HOLES.sub("\n\n", _environment().get_template(name).render(context))
    except TemplateSyntaxError as exc:
        where = f"{FOLDER}/{exc.name or name}:{exc.lineno}"
        raise InputError(f"the template is broken: {exc.message}", where=where) from exc
    except UndefinedError as exc:
        raise InputError(
            f"the template asks for what there is not: {exc.message}",
            where=_place(exc, name),
            hint="docs/cards.md tells what a template may ask for.",
        ) from exc
    except (TemplateError, TypeError, ValueError) as exc:
        raise InputError(f"the template cannot be filled: {exc}", where=_place(exc, name)) from exc


def front_matter(data: Mapping[str, Any]) -> Markup:
    """Returns metadata as YAML, for between a card's first lines of dashes."""
    text = yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=1_000)
    return Markup(text.strip())  # noqa: S704 (YAML is not read as HTML)


def code(value: Any) -> Markup:
    """Returns a value as Markdown code, which no text of a recipe can break out of."""
    text = visible(str(value), keep="").replace("`", "'").replace("|", "\\|")
    return Markup(f"`{text}`")  # noqa: S704 (code is not read as HTML)


def words(value: Any) -> Markup:
    """Returns a text as one line of Markdown that says just that: no markup, link or HTML is left in it."""
    text = visible(_BLANKS.sub(" ", str(value)).strip(), keep="")
    return escape(_MARKDOWN.sub(_escaped, text))


def _escaped(found: re.Match[str]) -> str:
    mark = found[0]
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"


def line(value: Any) -> Markup:
    """Returns a text as one line of a block of code, which it cannot end."""
    text = visible(str(value), keep="").replace("`", "'")
    return Markup(text)  # noqa: S704 (code is not read as HTML)


def _place(exc: BaseException, name: str) -> str:
    """Returns file:line of the innermost template that an error came through."""
    place, trace = name, exc.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if f"/{FOLDER}/" in file:
            place = f"{file.rpartition(f'/{FOLDER}/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{FOLDER}/{place}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(share(FOLDER)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "code": code,
        "count": count,
        "line": line,
        "percent": percent,
        "whole": whole,
        "words": words,
    }
    return environment
