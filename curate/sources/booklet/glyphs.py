"""A program of its own: writes the glyphs of a PDF as JSON lines, one a page, within limits on itself.

It runs apart from the main process, since a PDF may make its reader take any time and memory, or end it.
It imports nothing of this package. The first line tells the pages, or what is wrong.
"""

import ctypes
import json
import math
import resource
import sys
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

_NO_PASSWORD = 4  # FPDF_ERR_PASSWORD
_PLACES = 2
_TILT = 0.1  # of the font's height: text that runs otherwise than from left to right
_UNKNOWN = 0xFFFD
_HYPHEN = 0x2D
_JAPANESE = 0x2E80
_STANDS_IN = " MM"  # Chrome Sans MM, Chrome Serif MM: the library's own, for what it lacks
_NO_FONT = (
    "its font {} is neither in the file nor on this machine, and without it text is lost: install a "
    "Japanese font (Debian: fonts-noto-cjk)"
)


def main(arguments: list[str]) -> int:
    """Writes the pages of the file; `arguments` are its path and the limits."""
    path, memory, seconds, pages, glyphs = arguments[0], *map(int, arguments[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as exc:
        locked = getattr(exc, "err_code", None) == _NO_PASSWORD
        return _told(error="it is encrypted" if locked else "it is no PDF, or a broken one")
    if len(document) > pages:
        return _told(error=f"it has {len(document):,} pages; at most {pages:,} are read")
    _told(pages=len(document))
    for number in range(1, len(document) + 1):
        glyphs -= _page(document, number, glyphs)
        if glyphs < 0:
            return 0
    return 0


def _told(**line: Any) -> int:
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    return 0


def _page(document: Any, number: int, room: int) -> int:
    """Writes one page; returns how many glyphs it has."""
    try:
        page = document[number - 1]
        reader = page.get_textpage()
    except pypdfium2.PdfiumError:
        _told(page=number, error="the page is broken")
        return 0
    text = reader.raw
    count: int = pdfium.FPDFText_CountChars(text)
    if count > room:
        _told(page=number, error="the document has more text than is read")
        return count
    found = [glyph for index in range(count) if (glyph := _glyph(text, index))]
    if font := _missing_font(page, reader):
        _told(page=number, error=_NO_FONT.format(font))
        return count
    images = 0 if found else sum(1 for _ in page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE]))
    left, bottom, right, top = page.get_bbox()
    _told(page=number, box=[left, bottom, right, top], images=images, glyphs=found)
    reader.close()
    page.close()
    return count


def _missing_font(page: Any, reader: Any) -> str | None:
    """Returns the name of a Japanese font that is neither in the file nor on this machine, if text is lost.

    The library takes a font of its own in its place, without these characters, and leaves out what has no
    width then: a character that stands alone, as a short option does.
    """
    lost, japanese = set(), set()
    for piece in page.get_objects([pdfium.FPDF_PAGEOBJ_TEXT]):
        font = pdfium.FPDFTextObj_GetFont(piece.raw)
        if pdfium.FPDFFont_GetIsEmbedded(font) or _STANDS_IN not in _name(
            pdfium.FPDFFont_GetFamilyName, font
        ):
            continue
        name, (left, _, right, _) = _name(pdfium.FPDFFont_GetBaseFontName, font), piece.get_bounds()
        size = pdfium.FPDFTextObj_GetText(piece.raw, reader.raw, None, 0)
        written = (ctypes.c_ushort * (size // 2))()
        pdfium.FPDFTextObj_GetText(piece.raw, reader.raw, written, size)
        if left == right:
            lost.add(name)
        if any(code >= _JAPANESE for code in written):
            japanese.add(name)
    return min(lost & japanese, default=None)


def _name(call: Any, font: Any) -> str:
    """Returns one of a font's names."""
    size = call(font, None, 0)
    name = ctypes.create_string_buffer(size)
    call(font, name, size)
    return name.value.decode("utf-8", "replace")


def _glyph(text: Any, index: int) -> list[float] | None:
    """Returns code point, left, baseline, right and size of a glyph; None for what the reader made up.

    A character code that the font maps to no character is U+FFFD: the library gives the bare code.
    """
    code = pdfium.FPDFText_GetUnicode(text, index)
    if pdfium.FPDFText_IsGenerated(text, index) == 1:
        return None
    if code == 0 or pdfium.FPDFText_HasUnicodeMapError(text, index) == 1:
        code = _UNKNOWN
    elif pdfium.FPDFText_IsHyphen(text, index) == 1:
        code = _HYPHEN  # at a line's end the library gives a control character
    matrix, box = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetMatrix(text, index, matrix)
    pdfium.FPDFText_GetLooseCharBox(text, index, box)
    pdfium.FPDFText_GetCharOrigin(text, index, x, y)
    size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
    if abs(matrix.b) > _TILT * abs(matrix.d) or size <= 0:
        return None
    return [code, *(round(value, _PLACES) for value in (box.left, y.value, box.right, size))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
