"""The site of the documents in Chromium, opened from the disk: quiet, searched in both languages, narrow."""

import os
import subprocess
import sys

import pytest

from curate.artefacts import share

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.page

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site."""
    out = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-d", str(out)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(words, cwd=share("pipelines").parent, env=env, check=True)
    return out


@pytest.mark.parametrize(
    ("page", "asked", "found"),
    [
        ("index.html", "power_floor", "Power"),
        ("tutorial.ja.html", "誤検出", "チュートリアル"),
    ],
)
def test_the_search_finds_pages_without_the_network(open_report, site, page, asked, found):
    opened = open_report(site / page)
    opened.page.goto(f"{(site / page).as_uri()}?q={asked}")  # as if typed once the page is ready
    titles = opened.page.locator(".md-search-result__item h1")
    titles.first.wait_for()
    assert any(found in title for title in titles.all_inner_texts())
    assert [address for address in opened.requests if not address.startswith("file:")] == []
    assert opened.console == []


@pytest.mark.parametrize("page", ["tutorial", "tutorial.ja", "commands", "records/corpus_recipe"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_is_wider_than_its_window(open_report, site, page, width):
    assert open_report(site / f"{page}.html", width=width).page.evaluate(OVERFLOW) <= 0
