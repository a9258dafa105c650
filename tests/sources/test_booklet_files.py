"""PDFs that are none, locked, broken, scanned or made to harm: told clearly, in bounded time and memory."""

import shutil
import subprocess
import sys

import booklet_fonts
import pypdfium2
import pytest
from booklet_invented import EXAM, ITEMS, SECTION
from booklet_press import Style, print_booklet
from booklet_scraps import draw, one_page, question
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from curate.errors import InputError
from curate.models import Quarantined
from curate.sources import BookletSource, detect_layout, source_files
from curate.sources.booklet import pages as booklet_pages
from curate.sources.booklet.pages import read_pages

NAME = "98a_questions.pdf"


@pytest.fixture
def refused(tmp_path, read):
    """Returns what is said of a folder that cannot be read at all."""

    def refused(**recipe):
        with pytest.raises(InputError) as caught:
            read(BookletSource, tmp_path, **({"key": "none"} | recipe))
        assert caught.value.hint
        return str(caught.value)

    return refused


@pytest.fixture
def scanned(tmp_path):
    """Adds pages that are images, before those with text or alone."""

    def scanned(path, *drawn):
        canvas = Canvas(str(path))
        canvas.linearGradient(0, 0, 1, 1, ["red", "blue"])
        canvas.drawInlineImage(_picture(), 0, 0, 500, 700)
        canvas.showPage()
        canvas.save()
        if drawn:
            text = draw(tmp_path / "text.part", *drawn)
            whole = pypdfium2.PdfDocument(path)
            whole.import_pages(pypdfium2.PdfDocument(text))
            whole.save(path.with_suffix(".new"))
            path.with_suffix(".new").replace(path)
        return path

    return scanned


def _picture():
    from PIL import Image  # noqa: PLC0415

    return Image.new("L", (8, 8), 128)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no data file that this layout reads"),
        (b"not a PDF at all", "it is no PDF by its first bytes"),
        (b"%PDF-1.7\nnothing more", "it is no PDF, or a broken one"),
    ],
)
def test_no_pdf(tmp_path, refused, content, why):
    (tmp_path / NAME).write_bytes(content)
    assert why in refused()


def test_an_encrypted_one(tmp_path, refused):
    draw(tmp_path / NAME, question(1, 700), encrypt=StandardEncryption("secret"))
    assert refused() == f"own/{NAME}: the PDF cannot be read: it is encrypted"


def test_a_truncated_one(tmp_path, refused):
    path = draw(tmp_path / NAME, *[question(n, 700) for n in (1, 2, 3)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    assert "own/98a_questions.pdf: " in refused()


def test_pages_without_text(tmp_path, refused, scanned):
    scanned(tmp_path / NAME)
    assert refused() == f"own/{NAME}: page 1 has no text: it is empty or an image (scanned)"


def test_one_scanned_page_among_others(tmp_path, read, scanned):
    scanned(tmp_path / NAME, question(1, 700))
    bad, good = read(BookletSource, tmp_path, key="none")
    assert isinstance(bad, Quarantined)
    assert (bad.line, bad.error.split(":")[0]) == (1, "page 1")
    assert (good.number, good.provenance.page) == (1, 2)


def test_too_many_pages(tmp_path, refused):
    document = pypdfium2.PdfDocument.new()
    for _ in range(10_000):
        document.new_page(10, 10)
    document.save(tmp_path / NAME)
    assert "it has 10,000 pages; at most 1,000 are read" in refused()


def test_a_stream_that_grows_without_end(tmp_path, refused, monkeypatch):
    monkeypatch.setattr(booklet_pages, "MEMORY", 256 << 20)
    monkeypatch.setattr(booklet_pages, "SECONDS", 5)
    text = b"BT /F 9 Tf 1 0 0 1 50 700 Tm " + b"(aaaaaaaaaaaaaaaaaaaa) Tj " * 8_000_000
    path = one_page(tmp_path / NAME, text)
    assert path.stat().st_size < 4_000_000
    assert "page 1 ended its reader, or is too large" in refused()


def test_more_text_than_is_read(tmp_path, refused, monkeypatch):
    monkeypatch.setattr(booklet_pages, "MAX_GLYPHS", 100)
    draw(tmp_path / NAME, *[question(n, 700) for n in range(1, 9)])
    assert "is too large" in refused()


def test_scripts_and_attachments_are_not_looked_at(tmp_path):
    catalog = (
        b"/OpenAction << /S /JavaScript /JS (while(true){}) >> "
        b"/Names << /EmbeddedFiles << /Names [(a.txt) << /Type /Filespec /F (a.txt) >>] >> >>"
    )
    path = one_page(tmp_path / "x.pdf", b"BT /F 9 Tf 1 0 0 1 50 700 Tm (dragon) Tj ET", catalog)
    (page,) = read_pages(path, "x.pdf")
    assert "".join(glyph.char for glyph in page.glyphs) == "dragon"


def test_no_question_at_all(tmp_path, refused):
    draw(tmp_path / NAME, [(60, 700, "この頁には問題がない。")])
    assert refused() == f"own/{NAME}: no question 1 was found in it"


def test_no_section(tmp_path, refused):
    draw(tmp_path / "questions.pdf", question(1, 700))
    assert "no section is marked on its pages" in refused()


def test_a_pdf_of_another_name_is_not_passed_over(tmp_path, refused):
    draw(tmp_path / NAME, question(1, 700))
    draw(tmp_path / "98b_qestions.pdf", question(1, 700))
    assert "what this PDF holds is not in its name" in refused()


def test_no_answer_sheet(tmp_path, refused):
    draw(tmp_path / NAME, question(1, 700))
    assert "no answer sheet lies beside it" in refused(key="sheet")


@pytest.mark.parametrize("where", ["title", "recipe"])
def test_two_exams(tmp_path, where, read):
    title = [(60, 760, "第99回医師国家試験")] if where == "title" else []
    draw(tmp_path / NAME, title + question(1, 700))
    if where == "title":
        with pytest.raises(InputError, match="name several exams: 98 and 99"):
            read(BookletSource, tmp_path, key="none")
    else:
        (row,) = read(BookletSource, tmp_path, key="none", exam=99)
        assert row.error == "page 1, question A1: exam: the recipe says 99, the booklet 98"


def test_rows_beside_booklets_are_told_as_left_out(tmp_path, write):
    draw(tmp_path / NAME, question(1, 700))
    draw(tmp_path / "98a_images.pdf", question(1, 700))
    write("more.jsonl", [{"id": "1", "text": "?", "choices": ["a"], "answers": [["a"]]}])
    assert detect_layout(tmp_path) == "booklet"
    source = BookletSource(path=str(tmp_path), key="none")
    assert source.left_out(source_files(source)) == ["more.jsonl"]


WITHOUT_FONTS = (
    *("unshare", "--map-root-user", "--mount", "sh", "-c"),
    *('mount -t tmpfs none /usr/share/fonts && exec "$@"', "-"),
)


def _fonts_can_be_hidden():
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*WITHOUT_FONTS, "true"], check=False).returncode == 0


@pytest.mark.skipif(
    booklet_fonts.NOTO.exists() and not _fonts_can_be_hidden(), reason="fonts cannot be hidden here"
)
def test_text_in_a_font_that_is_nowhere_is_told_not_lost(tmp_path):
    path = tmp_path / NAME
    print_booklet(path, ITEMS, Style(booklet_fonts.cid_font()), SECTION, EXAM)
    reader = booklet_pages.__file__.replace("pages.py", "glyphs.py")
    command = [
        sys.executable,
        "-P",
        reader,
        str(path),
        str(booklet_pages.MEMORY),
        "60",
        "9",
        "9999",
    ]
    hidden = WITHOUT_FONTS if booklet_fonts.NOTO.exists() else ()
    told = subprocess.run([*hidden, *command], capture_output=True, check=True)
    _, cover, first, *_ = told.stdout.decode().splitlines()
    assert "error" not in cover
    assert "its font HeiseiMin-W3 is neither in the file nor on this machine" in first
