"""The ministry's PDFs: booklets of questions and answer sheets, read glyph by glyph."""
