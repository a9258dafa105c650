"""Two font technologies: CID without an embedded font, and embedded TrueType with ToUnicode maps."""

import hashlib
from functools import cache
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

NOTO = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
needs_noto = pytest.mark.skipif(not NOTO.exists(), reason="needs Noto Sans CJK (fonts-noto-cjk)")
"""For what is printed in a font that a reader has to have, or in Noto's own curves."""


@cache
def cid_font(name="HeiseiMin-W3"):
    """The name of a font of Adobe's, by which a viewer chooses its own."""
    pdfmetrics.registerFont(UnicodeCIDFont(name))
    return name


def truetype_font(characters, folder):
    """The name of an embedded TrueType font with the characters, made of Noto's curves."""
    source = next(font for font in TTCollection(NOTO).fonts if "JP" in font["name"].getDebugName(1))
    known = source.getBestCmap()
    codes = sorted({ord(c) for c in characters} & known.keys())
    glyphs, outlines = source.getGlyphSet(), {}
    names = list(dict.fromkeys([".notdef", *(known[code] for code in codes)]))
    for name in names:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, max_err=8, reverse_direction=True))
        outlines[name] = pen.glyph()
    digest = hashlib.sha256(repr(codes).encode()).hexdigest()[:16]
    path = folder / f"noto-{digest}.ttf"
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({code: known[code] for code in codes})
    builder.setupGlyf(outlines)
    builder.setupHorizontalMetrics({name: (glyphs[name].width, 0) for name in names})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Exam", "styleName": "Regular", "psName": path.stem})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    builder.setupPost()
    builder.save(path)
    pdfmetrics.registerFont(TTFont(path.stem, str(path)))
    return path.stem
