"""Looks through all texts of what is published, each line once, and says what was found in which record."""

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from curate.corpus.pipeline import Progress
from curate.models import PersonalFinding, PersonalKind
from curate.publishing.cells import Cell
from curate.publishing.patterns import PATTERNS
from curate.publishing.personal import personal_spans
from curate.publishing.secrets import secret_spans
from curate.publishing.spans import Span
from curate.runs import json_sha256, write_atomically

__all__ = ["Found", "cache_folder", "look_for_secrets", "look_through", "spans_of_lines"]

LONGEST = 2_000
"""Characters that are looked at together: Sudachi takes no more than 49,149 bytes."""
_LINES = re.compile(rf"[^\n]{{1,{LONGEST}}}")
_PACKAGES = ("detect-secrets", "ja-ginza", "presidio-analyzer", "spacy", "sudachidict-core")
RULES = 3
"""Counts changes of the rules that are no patterns."""

Lines = Mapping[str, Sequence[Span]]


@dataclass(frozen=True)
class Found:
    """A finding, and the text that it is about: which leaves this process only masked."""

    finding: PersonalFinding
    text: str = field(repr=False)


def look_through(
    cells: Callable[[], Iterable[Cell]], progress: Progress, cache: Path | None = None
) -> list[Found]:
    """Returns what looks like personal data or a secret, by record, kind and text.

    `cells` gives the texts, twice; what is known of a line is kept in the folder `cache`, by its hash.
    """
    lines = dict.fromkeys(line for cell in cells() for line in _LINES.findall(cell.text))
    return _collected(cells(), spans_of_lines([*lines], progress, cache))


def look_for_secrets(cells: Callable[[], Iterable[Cell]]) -> list[Found]:
    """Returns what looks like a secret."""
    lines = [*dict.fromkeys(line for cell in cells() for line in _LINES.findall(cell.text))]
    return _collected(cells(), dict(zip(lines, secret_spans(lines), strict=True)))


def _collected(cells: Iterable[Cell], known: Lines) -> list[Found]:
    columns: dict[tuple[str, PersonalKind, str], dict[str, int]] = defaultdict(dict)
    rules: dict[tuple[str, PersonalKind, str], str] = {}
    for cell in cells:
        for line in _LINES.findall(cell.text):
            for span in known[line]:
                key = (cell.record_id, span.kind, line[span.start : span.end])
                seen = columns[key]
                seen[cell.column] = seen.get(cell.column, 0) + 1
                rules.setdefault(key, span.rule)
    return [_found(key, rules[key], seen) for key, seen in columns.items()]


def spans_of_lines(lines: Sequence[str], progress: Progress, cache: Path | None = None) -> Lines:
    """Returns what is found in each line."""
    file = cache / f"personal-{_version()[:16]}.json" if cache else None
    stored = _stored(file)
    keys = {line: hashlib.sha256(line.encode()).hexdigest() for line in lines}
    new = [line for line in lines if keys[line] not in stored]
    found = zip(personal_spans(new, progress), secret_spans(new), strict=True) if new else ()
    for line, (personal, secret) in zip(new, found, strict=True):
        stored[keys[line]] = [list(span) for span in (*personal, *secret)]
    if file and new:
        data = orjson.dumps(stored)
        file.parent.mkdir(parents=True, exist_ok=True)

        def fill(path: Path) -> None:
            path.write_bytes(data)

        write_atomically(file, fill)
    return {line: [_span(one) for one in stored[key]] for line, key in keys.items()}


def cache_folder() -> Path:
    """Returns the folder of this user's caches."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "jmle-curate"


def _span(stored: Sequence[object]) -> Span:
    start, end, kind, rule = stored
    return Span(int(str(start)), int(str(end)), PersonalKind(str(kind)), str(rule))


def _stored(file: Path | None) -> dict[str, list[list[object]]]:
    if file is None or not file.is_file():
        return {}
    try:
        return dict(orjson.loads(file.read_bytes()))
    except orjson.JSONDecodeError:
        return {}


def _version() -> str:
    """Names the rules and models that found what a cache holds."""
    return json_sha256([RULES, [[*rule] for rule in PATTERNS], [_installed(p) for p in _PACKAGES]])


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _found(key: tuple[str, PersonalKind, str], rule: str, columns: Mapping[str, int]) -> Found:
    record_id, kind, text = key
    finding = PersonalFinding(
        record_id=record_id,
        kind=kind,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        rule=rule,
        columns=[*columns],
        count=sum(columns.values()),
        length=len(text),
    )
    return Found(finding, text)
