"""What all tests share: the real data, and the same property-test examples everywhere."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "curate",
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("curate")


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_the_disk():
    """Has no test of this process wait until its files are on the disk: none of them cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data; tests that need it are skipped without."""
    folder = os.environ.get("JMLE_DATA")
    if not folder or not Path(folder, "igakuqa").is_dir():
        pytest.skip("needs the real data: set JMLE_DATA to its folder")
    return Path(folder)


@pytest.fixture
def two_cores():
    """Two cores of this machine, and no more, for the processes that a test starts."""
    before = os.sched_getaffinity(0)
    if len(before) < 2:
        pytest.skip("this machine has one core")
    two = sorted(before)[:2]
    os.sched_setaffinity(0, two)
    yield two
    os.sched_setaffinity(0, before)
