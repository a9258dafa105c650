"""Makes the invented benchmark importable, and builds its detector once."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def detector():
    """The detector of the invented benchmark."""
    from leak_items import ITEMS  # noqa: PLC0415 (its path is made known above)

    from curate.leakage import Detector  # noqa: PLC0415

    return Detector(ITEMS)


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data; tests that need it are skipped without."""
    folder = os.environ.get("JMLE_DATA")
    if not folder or not Path(folder, "igakuqa").is_dir():
        pytest.skip("needs the real data: set JMLE_DATA to its folder")
    return Path(folder)
