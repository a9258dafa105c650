"""The artefact folders are found, in a checkout and in an installed package."""

import pytest

from curate.errors import SetupError
from curate.tables import share, sql_text
from curate.tables import share as share_function


def test_the_folders_of_a_checkout_are_found():
    assert (share("pipelines") / "corpus.yaml").is_file()
    assert share("pipelines", "sql", "intake.sql").is_file()
    assert share("schemas").is_dir()


def test_an_installed_package_comes_first(tmp_path, monkeypatch):
    inside = tmp_path / "curate" / "_share" / "pipelines" / "sql"
    inside.mkdir(parents=True)
    (inside / "intake.sql").write_text("SELECT 1")
    (tmp_path / "pipelines").mkdir()
    monkeypatch.setitem(share_function.__globals__, "_PACKAGE", tmp_path / "curate")
    assert share("pipelines") == tmp_path / "curate" / "_share" / "pipelines"
    assert sql_text("intake.sql") == "SELECT 1"


def test_what_is_missing_is_said():
    with pytest.raises(SetupError, match="lacks pipelines/nowhere") as caught:
        share("pipelines", "nowhere")
    assert caught.value.hint
