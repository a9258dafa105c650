"""Corpora to measure speed on, the same ones every time: ordinary prose, and prose made of exam formulas."""

import gzip
import html
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import orjson

from curate.leakage import BenchmarkItem
from perf.leakage.changes import other_numbers
from perf.leakage.data import Data
from perf.leakage.negatives import DOUBTFUL_119, REUSED_119

SHORTEST, LONGEST = 300, 3000
RECURRING = REUSED_119 | DOUBTFUL_119
_PIECE = (12, 40)
_SHORTEST_SENTENCE = 6
_DEBIAN = (
    ("manpages-ja", "/usr/share/man/ja", "*.gz"),
    ("debian-reference-ja", "/usr/share/debian-reference", "*.ja.html"),
    ("developers-reference-ja", "/usr/share/developers-reference/ja", "*.html"),
)
_MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
_ROFF = re.compile(r'^[.\'].*$|\\f[A-Z]|\\f\([A-Z]{2}|\\[&"|^].?', re.MULTILINE)
_SENTENCE = re.compile(r"[^。\n]{8,300}。")
_JAPANESE = re.compile(r"[ぁ-ん]")


def prose(data: Data) -> tuple[str, list[str]]:
    """Returns where ordinary Japanese sentences come from, and the sentences."""
    found: dict[str, None] = {}
    used = []
    for package, folder, pattern in _DEBIAN:
        texts = [_plain(path) for path in sorted(Path(folder).rglob(pattern)) if path.is_file()]
        sentences = [s for text in texts for s in _SENTENCE.findall(text) if _JAPANESE.search(s)]
        found.update(dict.fromkeys(sentences))
        used += [package] if sentences else []
    if found:
        return f"Debian's {', '.join(used)}", list(found)
    texts = [q.explanation or "" for q in data.explanations]
    sentences = [s for text in texts for s in _SENTENCE.findall(text)]
    return "yakugakuqa's explanations (Debian's documentation is not installed)", sentences


def exam_sentences(data: Data) -> list[str]:
    """Returns the sentences of real questions of other exams, without those that are known to recur.

    They share formulas with the benchmark ("意識は清明。"), some 70 12-grams a document, and no item.
    Sentences of the physicians' exam are repeated until they make two fifths.
    """
    medical = [s for q in data.exam119 if q.id not in RECURRING for s in _sentences(q.text)]
    other = [s for q in data.yakugaku for s in _sentences(q.text)]
    times = max(1, round(2 * len(other) / (3 * max(1, len(medical)))))
    return [*medical * times, *other]


def write(path: Path, pieces: Sequence[str], megabytes: float, seed: str) -> int:
    """Writes documents of 300 to 3,000 characters, made of `pieces`, and returns the bytes written."""
    rng = Random(seed)
    left = int(megabytes * 1e6)
    with path.open("wb") as file:
        for number, text in enumerate(_documents(pieces, rng)):
            left -= file.write(orjson.dumps({"id": f"{seed}-{number}", "text": text}) + b"\n")
            if left <= 0:
                break
    return path.stat().st_size


def more_items(items: Sequence[BenchmarkItem], times: int, *, copies: bool) -> list[BenchmarkItem]:
    """Returns `times` as many items: recombined from pieces of all, or near-copies with other numbers."""
    rng = Random(f"items {copies}")
    pieces = [piece for item in items for piece in _cut(item.question.text, rng)]
    choices = [choice for item in items for choice in item.question.choices]
    made = list(items)
    for number in range(1, times):
        for item in items:
            q = item.question
            stem, own = other_numbers(q.text, rng, 0.5), q.choices
            if not copies:
                stem, own = _rebuilt(len(q.text), pieces, rng), rng.sample(choices, len(q.choices))
            new = {"id": f"{q.id}+{number}", "text": stem, "choices": own, "original_text": None}
            made.append(BenchmarkItem(item.benchmark, q.model_copy(update=new)))
    return made


def _rebuilt(length: int, pieces: Sequence[str], rng: Random) -> str:
    out = ""
    while len(out) < length:
        out += rng.choice(pieces)
    return out


def _sentences(text: str) -> list[str]:
    parts = re.split(r"(?<=。)|\n", text)
    return [part for part in parts if len(part) >= _SHORTEST_SENTENCE]


def _cut(text: str, rng: Random) -> Iterator[str]:
    at = 0
    while at < len(text):
        size = rng.randint(*_PIECE)
        yield text[at : at + size]
        at += size


def _documents(pieces: Sequence[str], rng: Random) -> Iterator[str]:
    choose: Callable[[], float] = rng.random
    count = len(pieces)
    while True:
        wanted = SHORTEST + int(choose() * (LONGEST - SHORTEST))
        made: list[str] = []
        while wanted > 0:
            piece = pieces[int(choose() * count)]
            made.append(piece)
            wanted -= len(piece)
        yield "".join(made)


def _plain(path: Path) -> str:
    """Returns a page of documentation without its markup."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = raw.decode("utf-8", "replace")
    if path.suffix == ".html":
        return html.unescape(_MARKUP.sub("", text))
    return _ROFF.sub("", text)
