"""Finds the artefact folders (schemas, pipelines, train, data_cards) in a wheel or a checkout."""

from pathlib import Path

from curate.errors import SetupError

_PACKAGE = Path(__file__).resolve().parent


def share(*parts: str) -> Path:
    """Returns the path of an artefact, for example `share("pipelines", "sql")`.

    Raises:
        SetupError: Neither the installed package nor the checkout has it.
    """
    for root in (_PACKAGE / "_share", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise SetupError(
        f"the installed package lacks {'/'.join(parts)}", hint="Install jmle-curate again."
    )


def sql_text(name: str) -> str:
    """Returns the text of `pipelines/sql/<name>`."""
    return share("pipelines", "sql", name).read_text(encoding="utf-8")
