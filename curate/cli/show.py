"""The one output object: human, json or quiet. stdout is data, stderr is talk."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic
from typing import Any

YAML_WIDTH = 1_000


class Format(StrEnum):
    """How results are printed."""

    HUMAN = "human"
    JSON = "json"
    QUIET = "quiet"


@dataclass
class Show:
    """Prints results and errors; one object a command."""

    format: Format = Format.HUMAN
    _last: float = field(default=0.0, repr=False)

    def result(
        self, title: str, data: Mapping[str, Any], exit_code: int, error: Mapping[str, str] | None
    ) -> None:
        """Prints a command's result: an object, or a title and aligned lines."""
        if self.format is Format.JSON:
            told = {**data, "exit": exit_code}
            print(_json(told | ({"error": error} if error else {})))
        elif self.format is Format.HUMAN:
            print(title)
            for line in _lines(data):
                print(f"  {line}")

    def record(self, data: Mapping[str, Any]) -> None:
        """Prints a record as its schema says, and nothing else."""
        print(_json(data))

    def text(self, text: str) -> None:
        """Prints a document that was asked for, in every format."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")

    def pieces(self, pieces: Iterable[str]) -> None:
        """Prints a document piece by piece."""
        sys.stdout.writelines(pieces)

    def error(self, error: Mapping[str, str], exit_code: int, *, told: bool = False) -> None:
        """Prints an error: as an object on stdout (unless the result told it), and for people on stderr."""
        if self.format is Format.JSON:
            if not told:
                print(_json({"error": dict(error), "exit": exit_code}))
            return
        where = f"{error['where']}: " if error.get("where") else ""
        self._talk(f"error: {where}{error['message']}")
        if error.get("hint"):
            self._talk(f"  {error['hint']}")

    def note(self, text: str) -> None:
        """Prints a warning on stderr."""
        if self.format is not Format.QUIET:
            self._talk(f"note: {text}")

    def hint(self, text: str) -> None:
        """Prints the next command on stderr, for people."""
        if self.format is Format.HUMAN and text:
            self._talk(f"Next: {text}")

    def progress(self, what: str, done: int, total: int) -> None:
        """Draws progress on a terminal, at most five times a second."""
        if self.format is not Format.HUMAN or not sys.stderr.isatty():
            return
        now = monotonic()
        if done != total and now - self._last < 0.2:  # noqa: PLR2004
            return
        self._last = now
        of = f"/{total:,}" if total else ""
        sys.stderr.write(f"\r\x1b[K{what}: {done:,}{of}" + ("\n" if done == total else ""))
        sys.stderr.flush()

    def _talk(self, text: str) -> None:
        sys.stderr.write(text + "\n")


def _json(value: Mapping[str, Any]) -> str:
    """Returns JSON whose unprintable characters are escaped: a terminal may be reading."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\u3000" else json.dumps(c)[1:-1] for c in text)


def _lines(data: Mapping[str, Any]) -> Sequence[str]:
    shown = {key: value for key, value in data.items() if value not in (None, {}, [])}
    width = max((len(key) for key in shown), default=0)
    lines: list[str] = []
    for key, value in shown.items():
        name = key.replace("_", " ")
        if _is_nested(value):
            lines += [name, *(f"  {line}" for line in _block(value))]
        else:
            lines.append(f"{name:<{width}}  {_human(value)}")
    return lines


def _is_nested(value: Any) -> bool:
    items = (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    )
    return any(isinstance(item, Mapping | list) for item in items)


def _block(value: Any) -> list[str]:
    """Returns nested data as YAML; a list of flat entries takes a line each."""
    import yaml

    text: str = yaml.safe_dump(
        value, allow_unicode=True, sort_keys=False, width=YAML_WIDTH, default_flow_style=None
    )
    return text.splitlines()


def _human(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_human(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
