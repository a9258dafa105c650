"""JSON files too long to be put together in memory."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson


def json_pieces(fields: Mapping[str, Any], many: str, items: Iterable[bytes]) -> Iterator[bytes]:
    """Yields a JSON object, a field a line; that of the name `many` lists `items`, an item a line."""
    for at, (name, value) in enumerate(fields.items()):
        yield (b",\n" if at else b"{\n") + orjson.dumps(name) + b": "
        if name != many:
            yield orjson.dumps(value)
            continue
        yield b"["
        for number, item in enumerate(items):
            yield (b",\n" if number else b"\n") + item
        yield b"\n]"
    yield b"\n}\n"
