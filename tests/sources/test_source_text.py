"""Text and Markdown files as documents: ids, dates, sections, and what is no UTF-8 text."""

import datetime as dt

import pytest

from curate.errors import InputError
from curate.models import Quarantined
from curate.sources import TextSource, detect_layout
from curate.sources import encodings as encodings_module
from curate.sources import markdown as markdown_module
from curate.sources import text as text_module

PROSE = "洗濯物は風の強い日ほど早く乾く。水の粒が次々と運び去られるからである。"
DATED = "---\ntitle: 覚え書き\npublished: 2016-03-01\nera: 平成28年\ntags: [a, b]\n---\n# 章\n\n本文。\n"


def test_a_file_is_a_document(write, one):
    document = one(TextSource, write("notes/第1章.txt", PROSE.encode()))
    assert (document.id, document.text, document.kind) == ("第1章", PROSE, "document")
    assert (document.published, document.published_rule) == (None, "unknown")
    assert (document.provenance.path, document.provenance.line) == ("第1章.txt", 1)


def test_a_folder_s_documents_go_by_their_paths(write, read, tmp_path):
    for name in (
        "in/b/2.md",
        "in/a.txt",
        "in/b/1.markdown",
        "in/v1.2.md",
        "in/.hidden.md",
        "in/x.rst",
    ):
        write(name, PROSE.encode())
    found = read(TextSource, tmp_path / "in")
    assert [document.id for document in found] == ["a", "b/1", "b/2", "v1.2"]


def test_a_glob_reads_what_it_names(write, read, tmp_path):
    write("in/a.txt", b"a")
    write("in/b.md", b"b")
    assert [one.id for one in read(TextSource, tmp_path / "in" / "*.md")] == ["b"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xef\xbb\xbf" + PROSE.encode(), PROSE),
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"a\rb", "a\rb"),
        (b" \n", " \n"),
        ("\u2028\x0b\x0c".encode(), "\u2028\x0b\x0c"),
    ],
)
def test_marks_and_line_ends(write, one, raw, text):
    assert one(TextSource, write("a.txt", raw)).text == text


@pytest.mark.parametrize(
    ("published", "year", "rule"),
    [
        ("published", 2016, "field:published"),
        ({"field": "era"}, 2016, "field:era"),
        ({"field": "title"}, None, "field:title: '覚え書き' is not a year"),
        ({"field": "absent"}, None, "field:absent: no value"),
        ({"year": 2014}, 2014, "fixed"),
        (2014, 2014, "fixed"),
        ("file_name", 2012, "file_name"),
        ("unknown", None, "unknown"),
    ],
)
def test_the_date_is_the_recipe_s(write, one, published, year, rule):
    document = one(
        TextSource, write("in/H24/第3版.md", DATED.encode()).parents[1], published=published
    )
    assert (document.published, document.published_rule) == (year, rule)


def test_front_matter_is_no_text_unless_kept(write, one):
    path = write("a.md", DATED.encode())
    cut = one(TextSource, path)
    assert (cut.text, cut.provenance.line) == ("# 章\n\n本文。\n", 7)
    kept = one(TextSource, path, front_matter="keep", published="published")
    assert (kept.text, kept.published) == (DATED, 2016)


def test_plain_text_has_no_front_matter(write, one):
    assert one(TextSource, write("a.txt", DATED.encode())).text == DATED


@pytest.mark.parametrize(
    "text", ["---\n", "---\n本文", "---\n文。\n---\n文。", "---\n- a\n---\nb", "----\na: 1\n---\n"]
)
def test_rules_are_no_front_matter(write, one, text):
    assert one(TextSource, write("a.md", text.encode())).text == text


@pytest.mark.parametrize(
    ("front", "error"),
    [
        ("a: [1", "front matter, line 3: not YAML"),
        ("a: b: c", "front matter, line 2: not YAML"),
        ("a: &x 1\nb: *x", "front matter, line 2: anchors and aliases are not allowed"),
        ("a: " + "[" * 99, "front matter, line 2: nested more than 50 deep"),
        ("a: !!python/object/apply:os.system [id]", "front matter, line 2: not YAML"),
        ("a: 2017-99-99", "front matter: a value is no date or number"),
        ("a: " + "x" * markdown_module.FRONT_MATTER_LIMIT, "front matter: longer than 65,536"),
        ("published: 平成40年", "published: 平成 has no year 40"),
        ("published: [2017]", "published: expected a year, found a list"),
    ],
)
def test_bad_front_matter_costs_its_file(write, read, tmp_path, front, error):
    write("in/a.md", f"---\n{front}\n---\n本文".encode())
    write("in/b.md", b"b")
    bad, good = read(TextSource, tmp_path / "in", published="published")
    assert isinstance(bad, Quarantined)
    assert (bad.file, good.id) == ("own/a.md", "b")
    assert bad.error.startswith(error)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (PROSE.encode("cp932"), "not UTF-8 at byte 1; probably CP932: convert it with `iconv -f CP932"),
        (PROSE.encode("euc_jp"), "not UTF-8 at byte 1; probably EUC-JP: convert it with `iconv -f EUC-JP"),
        (PROSE.encode("iso2022_jp"), "not UTF-8; probably ISO-2022-JP"),
        (PROSE.encode("utf-16"), "not UTF-8; probably UTF-16"),
        (PROSE.encode() + b"\xff", f"not UTF-8 at byte {len(PROSE.encode()) + 1}; convert it to UTF-8"),
        (b"caf\xe9", "not UTF-8 at byte 4; convert it to UTF-8"),
        ("a".encode("utf-16-le"), "holds a NUL byte at 2: no text file, or UTF-16"),
        (b"\x00", "holds a NUL byte at 1"),
    ],
)  # fmt: skip
def test_what_is_no_utf8_text_costs_its_file(write, read, tmp_path, raw, error):
    write("in/a.txt", raw)
    write("in/b.txt", PROSE.encode())
    bad, good = read(TextSource, tmp_path / "in")
    assert isinstance(bad, Quarantined)
    assert (bad.file, bad.line, good.text) == ("own/a.txt", 1, PROSE)
    assert bad.error.startswith(error)


def test_a_file_beyond_all_size_costs_itself(write, read, monkeypatch):
    monkeypatch.setattr(encodings_module, "SIZE_LIMIT", 10)
    monkeypatch.setattr(text_module, "SIZE_LIMIT", 10)
    (bad,) = read(TextSource, write("a.txt", b"x" * 11))
    assert bad.error == "is larger than 10 bytes; split it into several files"
    assert read(TextSource, write("b.txt", b"x" * 10))[0].text == "x" * 10


MANUAL = """序。

# 一
## 一の一

文一。

```
# これは見出しではない
```
##
文二。
#文三は見出しではない。
### 一の二
"""


def test_sections_at_headings(write, read):
    found = read(TextSource, write("m.md", MANUAL.encode()), split="headings")
    assert [(one.id, one.provenance.line) for one in found] == [
        ("m#1", 1), ("m#2", 3), ("m#3", 11), ("m#4", 14),
    ]  # fmt: skip
    assert found[1].text == "# 一\n## 一の一\n\n文一。\n\n```\n# これは見出しではない\n```"
    assert found[3].text == "### 一の二"


def test_sections_at_blank_lines(write, read):
    raw = "\n問一\n答一\n\n \n問二\n答二".encode()
    found = read(TextSource, write("m.txt", raw), split="blank_lines")
    assert [(one.id, one.provenance.line, one.text) for one in found] == [
        ("m#1", 2, "問一\n答一"), ("m#2", 6, "問二\n答二"),
    ]  # fmt: skip


def test_sections_after_front_matter_keep_their_lines(write, read):
    found = read(TextSource, write("m.md", DATED.encode()), split="blank_lines", published="era")
    assert [(one.provenance.line, one.published) for one in found] == [(7, 2016), (9, 2016)]


@pytest.mark.parametrize(
    ("names", "layout"),
    [
        (["a.txt"], "text"),
        (["a.md", "b/c.txt"], "text"),
        (["README.md", "d.jsonl"], "documents"),
        (["a.rst"], None),
    ],
)
def test_folders_of_text_are_recognised(write, tmp_path, names, layout):
    for name in names:
        write(f"in/{name}", b'{"id": "a", "text": "b"}\n' if name == "d.jsonl" else PROSE.encode())
    assert detect_layout(tmp_path / "in") == layout


@pytest.mark.parametrize("pad", [0, 100_000])
def test_rows_in_a_text_file_are_rows(write, pad):
    line = b'\n{"id": "a", "text": "' + b"x" * pad + b'"}\n'
    assert detect_layout(write("a.txt", line)) == "documents"


@pytest.mark.parametrize(
    "raw", [PROSE.encode("utf-16"), PROSE.encode("cp932"), b"\0", b"{", b"[1]", b"{}x"]
)
def test_any_other_text_file_is_text(write, raw):
    assert detect_layout(write("a.txt", raw)) == "text"


def test_a_folder_without_text_is_refused(write, read, tmp_path):
    write("in/a.rst", b"a")
    with pytest.raises(InputError, match=r"holds no \.txt, \.md, \.markdown file"):
        read(TextSource, tmp_path / "in")


def test_a_date_of_yaml_is_a_date():
    cells, _ = markdown_module.front_matter("---\nd: 2016-03-01\n1: x\n---\n")
    assert cells == {"d": dt.date(2016, 3, 1), "1": "x"}
