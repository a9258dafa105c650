"""Responses that are no text: empty, control characters, a loop."""

import re

_ANCHOR = 12
_LONGEST = 600
_LEAST, _TIMES = 120, 5
_SAMPLE = 2000
_MUCH = 0.3
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200c-\u200f\u202a-\u202e\u2061-\u206f"
    "\ufffd\ue000-\uf8ff\ud800-\udfff]"
)


def is_blank(text: str) -> bool:
    """Tells whether a text holds nothing to read: white space, or a good part of it unreadable characters."""
    sample = _INVISIBLE.sub("", text[:_SAMPLE].strip() or text.strip()[:_SAMPLE]).strip()
    if not sample or not _ODD.search(sample):
        return not sample
    return len(_ODD.findall(sample)) > _MUCH * len(sample)


def loops(text: str) -> bool:
    """Tells whether a text ends in one passage five times or more, for 120 characters or more."""
    tail = text[-(_TIMES + 1) * _LONGEST :].rstrip()
    size = len(tail)
    if size < _LEAST + _ANCHOR:
        return False
    before = tail.rfind(tail[-_ANCHOR:], max(0, size - _ANCHOR - _LONGEST), size - 1)
    if before < 0:
        return False
    period = size - _ANCHOR - before
    length = max(_LEAST, _TIMES * period)
    return length <= size and tail[size - length : size - period] == tail[size - length + period :]
