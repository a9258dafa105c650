"""Reads what people decided about findings, and tells what became of every line."""

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import ValidationError

from curate.errors import InputError, boundary
from curate.models import Decision, DecisionUse, PersonalDecision
from curate.text import visible

Pair = tuple[str, str, str]
"""(record id, benchmark, item id)."""

_FORM = (
    'A line is {"record_id", "benchmark", "item_id", "decision": "contaminated|false_positive|accepted", '
    '"reason", "by", "at"}; mend or remove it.'
)
_SHOWN = 5


_PERSONAL_FORM = (
    'A line about personal data is {"record_id", "kind", "sha256", "decision": "accepted|masked", "reason", '
    '"by", "at"}, where "*" means all; mend or remove it.'
)


@dataclass(frozen=True)
class PlacedPersonal:
    """A decision about personal data, and the file and line it stands in."""

    place: str
    decision: PersonalDecision


@dataclass(frozen=True)
class PlacedDecision:
    """A decision, and the file and line it stands in."""

    place: str
    decision: Decision

    @property
    def pair(self) -> Pair:
        """What it is about."""
        return (self.decision.record_id, self.decision.benchmark, self.decision.item_id)


def read_decisions(paths: Sequence[Path]) -> list[PlacedDecision]:
    """Returns the decisions of JSONL files, in order; the last one for a pair wins.

    Lines about personal data, which have a `kind`, are read but left out.

    Raises:
        InputError: A line is not a decision, with file and line.
    """
    return [one for path in paths for one in _read(path) if isinstance(one, PlacedDecision)]


def read_personal_decisions(paths: Sequence[Path]) -> list[PlacedPersonal]:
    """Returns the decisions about personal data of JSONL files, in order; the last one that fits wins.

    Raises:
        InputError: A line is not a decision, with file and line.
    """
    return [one for path in paths for one in _read(path) if isinstance(one, PlacedPersonal)]


def decision_uses(
    decisions: Sequence[PlacedDecision], found: AbstractSet[Pair]
) -> list[DecisionUse]:
    """Returns what became of every line, given the pairs that were found."""
    last = {placed.pair: number for number, placed in enumerate(decisions)}
    uses = []
    for number, placed in enumerate(decisions):
        if last[placed.pair] != number:
            uses.append(
                DecisionUse(place=placed.place, decision=placed.decision, effect="overruled")
            )
        elif placed.pair in found:
            uses.append(DecisionUse(place=placed.place, decision=placed.decision, effect="applied"))
        else:
            uses.append(
                DecisionUse(place=placed.place, decision=placed.decision, effect="unmatched")
            )
    return uses


def unmatched_note(uses: Sequence[DecisionUse]) -> Iterator[str]:
    """Yields a sentence that names the decisions whose pair was not found."""
    lost = [use for use in uses if use.effect == "unmatched"]
    if not lost:
        return
    named = [
        f"{use.decision.record_id} in {use.decision.benchmark} {use.decision.item_id} ({use.place})"
        for use in lost[:_SHOWN]
    ]
    more = f", and {len(lost) - _SHOWN} more in report.json" if len(lost) > _SHOWN else ""
    noun = "decision matches" if len(lost) == 1 else "decisions match"
    yield visible(f"{len(lost)} {noun} no finding: {', '.join(named)}{more}", keep="")


def _read(path: Path) -> Iterator[PlacedDecision | PlacedPersonal]:
    with boundary(InputError, "reading the decisions"):
        lines = path.read_bytes().removeprefix(BOM_UTF8).splitlines()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            decision = _decision(line, f"{path}:{number}")
            place = f"{path.name}:{number}"
            if isinstance(decision, PersonalDecision):
                yield PlacedPersonal(place, decision)
            else:
                yield PlacedDecision(place, decision)


def _decision(line: bytes, where: str) -> Decision | PersonalDecision:
    model: type[Decision | PersonalDecision] = Decision
    try:
        value = orjson.loads(line)
        if isinstance(value, dict) and "kind" in value:
            model = PersonalDecision
        return model.model_validate(value)
    except orjson.JSONDecodeError as exc:
        joined = b"}{" in line
        what = (
            "two decisions on one line" if joined else f"not JSON: {exc.msg} at column {exc.colno}"
        )
        hint = "Put a line break between them." if joined else _FORM
        raise InputError(what, where=where, hint=hint) from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        what = f"{name}: {first['msg']}" if name else first["msg"]
        found = f", found {_short(first['input'])}" if first["type"] != "missing" else ""
        hint = _FORM if model is Decision else _PERSONAL_FORM
        raise InputError(f"{what}{found}", where=where, hint=hint) from exc


def _short(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 (long enough to know it)
