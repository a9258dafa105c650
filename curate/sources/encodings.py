"""Bytes of a text file as text: UTF-8 alone, and what is not says what it probably is."""

import re

SIZE_LIMIT = 1 << 26

_OTHERS = {"cp932": "CP932", "euc_jp": "EUC-JP"}
_USUAL = re.compile(r"[ぁ-んァ-ヶ、。]")
_UNUSUAL = re.compile(r"[｡-ﾟ]")
_FEW = 0.1


def utf8_text(raw: bytes) -> str:
    """Returns the text of a file, without a byte order mark and with the line ends of Unix.

    Raises ValueError for what is no UTF-8 text or too large; the likely encoding is named.
    """
    if len(raw) > SIZE_LIMIT:
        raise ValueError(f"is larger than {SIZE_LIMIT:,} bytes; split it into several files")
    other = _marked(raw)
    if other:
        raise ValueError(_not_utf8("not UTF-8", other))
    if b"\0" in raw:
        raise ValueError(f"holds a NUL byte at {raw.index(0) + 1}: no text file, or UTF-16")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        raise ValueError(_not_utf8(f"not UTF-8 at byte {exc.start + 1}", _likely(raw))) from exc


def _not_utf8(what: str, likely: str | None) -> str:
    if likely is None:
        return f"{what}; convert it to UTF-8"
    return f"{what}; probably {likely}: convert it with `iconv -f {likely} -t UTF-8`"


def _marked(raw: bytes) -> str | None:
    """Returns the encoding that a mark or an escape sequence tells."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    return "ISO-2022-JP" if b"\x1b$B" in raw or b"\x1b$@" in raw else None


def _likely(raw: bytes) -> str | None:
    """Returns the encoding in which the bytes are Japanese prose: kana and few half-width katakana."""
    best = {name: _japanese(raw, name) for name in _OTHERS}
    name = max(best, key=lambda name: best[name])
    return _OTHERS[name] if best[name] >= _FEW else None


def _japanese(raw: bytes, encoding: str) -> float:
    """Returns the share of usual kana and points, less half-width katakana, in what is not ASCII."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    foreign = sum(not char.isascii() for char in text)
    score = len(_USUAL.findall(text)) - len(_UNUSUAL.findall(text))
    return score / foreign if foreign else 0.0
