"""The libraries that train: imported when they are needed, and kept from the network."""

import logging
import os
from types import ModuleType

from curate.sampling.extras import installed as installed_by

EXTRA = "train"
_SETTINGS = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
    "DATASETS_VERBOSITY": "error",
    "TRANSFORMERS_VERBOSITY": "error",
}


def installed(module: str) -> ModuleType:
    """Returns a module that the extra `train` installs.

    Raises:
        SetupError: It cannot be imported.
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    for name in ("bitsandbytes", "trl"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return installed_by(module, EXTRA)


def quieten() -> None:
    """Has the libraries draw no progress of their own."""
    installed("transformers").utils.logging.disable_progress_bar()
    installed("datasets").disable_progress_bars()
