"""Modules that extras install, imported when they are needed."""

from importlib import import_module
from types import ModuleType

from curate.errors import SetupError


def installed(module: str, extra: str) -> ModuleType:
    """Returns a module that an extra installs.

    Raises:
        SetupError: It cannot be imported.
    """
    try:
        return import_module(module)
    except (ImportError, OSError) as exc:
        page = extra if extra in ("train", "publish", "scale") else "sampling"
        package = module.partition(".")[0].replace("_", "-")
        raise SetupError(
            f"the package {package} cannot be imported: {str(exc).partition(chr(10))[0]}",
            hint=f"pip install 'jmle-curate[{extra}]' (docs/{page}.md says more).",
        ) from exc
