"""The site of the documents: built strictly, without the network, whole, and its links lead somewhere."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from typer.main import get_command

from curate.cli.app import app
from curate.jobs.schema import RECORDS

ROOT = Path(__file__).resolve().parents[2]
LOADS = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}


class Page(HTMLParser):
    """What a page loads, where its links lead, and what can be linked to in it."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.links, self.ids = set(), set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.add(value)
            elif (tag, name) in LOADS:
                self.loads.add(value)
            elif (tag, name) == ("a", "href"):
                self.links.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site; a warning fails the build."""
    out = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(out)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "https_proxy": "http://127.0.0.1:1"}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the site, by its path."""
    files = [path for path in site.rglob("*.html") if path.name != "404.html"]
    return {path: Page(path.read_text(encoding="utf-8")) for path in files}


def test_no_page_loads_anything_from_elsewhere(site, pages):
    loaded = {address for page in pages.values() for address in page.loads}
    assert {address for address in loaded if urlsplit(address).netloc} == set()
    assert any("iframe-worker" in address for address in loaded)
    sheets = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert not any(re.search(r"url\(.?https?:", text) or "@import" in text for text in sheets)


def test_every_link_leads_somewhere(site, pages):
    gone = []
    for path, page in pages.items():
        for link in page.links | page.loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchors = pages[target].ids if target in pages else set()
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in anchors):
                gone.append(f"{path.relative_to(site)}: {link}")
    assert gone == []


def test_every_document_is_a_page_that_the_navigation_names(site, pages):
    linked = {
        (site / unquote(urlsplit(link).path)).resolve() for link in pages[site / "index.html"].links
    }
    for document in (ROOT / "docs").rglob("*.md"):
        page = site / document.relative_to(ROOT / "docs").with_suffix(".html")
        assert page in pages
        assert page in linked, page


def test_the_reference_has_every_command_option_and_record(site, pages):
    text = (site / "commands.html").read_text(encoding="utf-8")
    for name, command in get_command(app).commands.items():
        assert f"curate-{name}" in pages[site / "commands.html"].ids
        _, _, own = text.partition(f'id="curate-{name}"')
        own, _, _ = own.partition("<h2")
        for option in (option for one in command.params for option in one.opts if "-" in option):
            assert option in own, f"{name} {option}"
    assert "<!-- generated -->" not in text
    for name in RECORDS:
        assert site / "records" / f"{name}.html" in pages
    question = (site / "records" / "question.html").read_text(encoding="utf-8")
    assert "<code>vignette_id</code>" in question
    assert "length ≥ 1" in question


def test_a_japanese_page_says_that_it_is(site):
    for name, language in (("tutorial.ja", "ja"), ("index.ja", "ja"), ("tutorial", "en")):
        assert f'<html lang="{language}"' in (site / f"{name}.html").read_text(encoding="utf-8")


def test_the_documented_exit_codes_are_those_of_the_help():
    told = re.findall(r"(\d+) ", app.info.epilog)
    table = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \|", table, re.MULTILINE) == told
