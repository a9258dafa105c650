"""Cards' templates: nobody's text becomes markup, and a broken template says where."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from curate.errors import InputError
from curate.publishing import templates
from curate.publishing.templates import code, rendered, words

HOSTILE = (
    "<script>alert(1)</script>",
    "[here](javascript:alert(1)) ![](x)",
    "a | b\n|---|---|",
    "---\nlicense: mit\n---",
    "# Title\n\n- item\n1. one",
    "12) twelve",
    "https://example.org www.example.org a@b.example",
    "`code` ``` **bold** _it_ ~~no~~ $$x$$ \\",
    "&lt;b&gt; &#39; &amp;",
    "{{ 7 * 7 }} {% raw %}",
    "\u202eabc\x00\x1b[31m",
    "= x",
    "+ x",
)
MARKDOWN = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"])


def _plain(text):
    """Returns what a reader sees of a text that has no markup: its one line."""
    return templates.visible(re.sub(r"\s+", " ", text).strip(), keep="")


def _with_hostile(function):
    for text in HOSTILE:
        function = example(text)(function)
    return function


@_with_hostile
@given(st.text())
def test_words_are_read_as_they_are(text):
    page = MARKDOWN.render(f"Said: {words(text)}")
    assert html.unescape(page) == f"<p>Said: {_plain(text)}</p>\n".replace(": </p>", ":</p>")
    assert not re.search(
        r"(?<!\\)(://|@)|www\.", str(words(text)), re.IGNORECASE
    )  # no link by itself
    alone = MARKDOWN.render(str(words(text)))
    assert html.unescape(alone) == (f"<p>{_plain(text)}</p>\n" if _plain(text) else "")


@_with_hostile
@given(st.text())
def test_code_stays_one_cell_of_a_table(text):
    page = MARKDOWN.render(f"| a | b |\n|---|---|\n| {code(text)} | end |\n")
    assert page.count("<td>") == 2
    assert re.search(r"<td><code>[^<]*</code></td>\s*<td>end</td>", page) or not text.strip()
    assert "<script" not in page


@pytest.fixture
def templates_of(tmp_path, monkeypatch):
    """Puts one template in the place of data_cards/."""

    def put(text):
        folder = tmp_path / "data_cards"
        folder.mkdir()
        (folder / "one.md.jinja").write_text(text, encoding="utf-8")
        monkeypatch.setattr(templates, "share", lambda *_: folder)
        templates._environment.cache_clear()

    yield put
    templates._environment.cache_clear()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("one\n{{ nothing }}\n", "'nothing' is undefined"),
        ("one\n{{ r.nothing }}\n", "has no attribute 'nothing'"),
        ("one\n{{ r|nothing }}\n", "No filter named 'nothing'"),
        ("one\n{% if %}\n", "Expected an expression"),
        ("one\n{{ r.name|count }}\n", "cannot be filled"),
    ],
)
def test_a_broken_template_says_file_and_line(templates_of, text, message):
    templates_of(text)
    with pytest.raises(InputError, match=message) as refused:
        rendered("one.md.jinja", {"r": _Named()})
    assert refused.value.where == "data_cards/one.md.jinja:2"


class _Named:
    name = "demo"
