"""Single pages with anything at any place, and PDFs written by hand."""

import zlib

from booklet_fonts import cid_font
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def draw(path, *pages, encrypt=None):
    """Draws pages, each a list of (x, y, text[, size])."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True, encrypt=encrypt)
    for page in pages:
        for x, y, text, *size in page:
            canvas.setFont(cid_font(), *(size or [10]))
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return path


def question(number, y, text="どれか。", letters="abcde", gap=15):
    """A question's lines from y downwards."""
    options = [(82, y - gap * n, f"{c}　選択肢{c}") for n, c in enumerate(letters, 1)]
    return [(60, y, str(number)), (82, y, text), *options]


def by_hand(path, *objects, root=1):
    """Writes a PDF of objects as they stand."""
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<< /Size %d /Root %d 0 R >>\n" % (len(objects) + 1, root)
    end = b"startxref\n%d\n%%%%EOF\n" % len(body)
    path.write_bytes(body + head + table + trailer + end)
    return path


def stream(data, more=b""):
    """A compressed stream."""
    packed = zlib.compress(data, 1)
    head = b"<< /Filter /FlateDecode /Length %d %s >>" % (len(packed), more)
    return head + b"\nstream\n" + packed + b"\nendstream"


def one_page(path, content, catalog=b""):
    """A PDF of one page with the content stream."""
    return by_hand(
        path,
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        stream(content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
