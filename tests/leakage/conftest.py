"""Makes the invented benchmark importable, and builds its detector once."""

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
def igakuqa(real_data):
    """The items of the real benchmark."""
    from curate.leakage import BenchmarkRef, read_benchmark  # noqa: PLC0415

    return read_benchmark(BenchmarkRef(name="igakuqa", path=str(real_data / "igakuqa"))).items
