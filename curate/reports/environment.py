"""The templates of all pages: what they may call, and how every text is escaped."""

from base64 import b64encode
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from curate.reports import formats
from curate.text import visible

__all__ = ["template"]

_SCRIPTS = ("keys.js", "pages.js", "findings.js", "marks.js", "files.js", "examples.js", "items.js")
_FILTERS = {
    "bar_width": formats.bar_width,
    "bounds": formats.bounds,
    "count": formats.count,
    "decimals": formats.decimals,
    "first_words": lambda name: name.partition(" (")[0],
    "interval": formats.interval,
    "percent": formats.percent,
    "percent_of": formats.percent_of,
    "percent_up": formats.percent_up,
    "p_value": formats.p_value,
    "plural": formats.plural,
    "points": formats.points,
    "short": formats.short,
    "signed": formats.signed,
    "span": formats.span,
    "signed_whole": formats.signed_whole,
    "whole": formats.whole,
    "year_ranges": formats.year_ranges,
}


def template(name: str) -> Template:
    """Returns one of the package's templates."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("curate.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= _FILTERS
    script = Markup().join(_source(environment, name) for name in _SCRIPTS)
    environment.globals["script"] = script
    environment.globals["script_sha256"] = _csp_hash(script)
    environment.globals["style"] = _source(environment, "style.css")
    return environment


def _finalize(value: object) -> object:
    """Every text from outside passes here before it is escaped, wherever it stands in the page."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _source(environment: Environment, name: str) -> Markup:
    if environment.loader is None:
        raise LookupError(name)
    return Markup(environment.loader.get_source(environment, name)[0])  # noqa: S704 (our own file)


def _csp_hash(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()
