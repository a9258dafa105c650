"""Looks for secrets with detect-secrets' own detectors; none of them is tried out over the network."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from curate.models import PersonalKind
from curate.publishing.spans import Span
from curate.sampling.extras import installed

__all__ = ["secret_spans"]

_WORTHWHILE = re.compile(r"[\x21-\x7e]{7,}")
"""A secret is written in ASCII, and not in six characters."""
_WORD = re.compile(r"[^\s\"'`=,;:()<>\[\]{}|\u0080-\uffff]+")
_HASH = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b")
"""Content hashes and commits, which release files are full of: no secrets."""


def secret_spans(texts: Sequence[str]) -> Iterator[list[Span]]:
    """Yields what is found in each text.

    Raises:
        SetupError: detect-secrets is not installed.
    """
    settings = installed("detect_secrets.settings", "publish")
    plugins = installed("detect_secrets.core.scan", "publish")
    with settings.default_settings():
        detectors = plugins.get_plugins()
        for text in texts:
            yield [*_spans(text, detectors)] if _WORTHWHILE.search(text) else []


def _spans(text: str, detectors: Sequence[Any]) -> Iterator[Span]:
    line = _HASH.sub(lambda found: " " * len(found[0]), text)
    for detector in detectors:
        for found in detector.analyze_line(filename="", line=line, line_number=1) or ():
            secret = found.secret_value
            if secret and not _is_harmless(secret, line, detector):
                start, end = _whole(line, secret)
                yield Span(start, end, PersonalKind.SECRET, found.type)


def _whole(line: str, secret: str) -> tuple[int, int]:
    """Returns where the word stands that a detector recognised a part of."""
    at = line.find(secret)
    words = (word.span() for word in _WORD.finditer(line))
    return next((span for span in words if span[0] <= at < span[1]), (at, at + len(secret)))


def _is_harmless(secret: str, line: str, detector: Any) -> bool:
    """Whether detect-secrets' own filters call it a placeholder, a UUID, a sequence or no ASCII word."""
    filters = installed("detect_secrets.filters.heuristic", "publish")
    return bool(
        not secret.isascii()
        or filters.is_sequential_string(secret)
        or filters.is_potential_uuid(secret)
        or filters.is_templated_secret(secret)
        or filters.is_not_alphanumeric_string(secret)
        or filters.is_likely_id_string(secret, line, detector)
    )
