"""The reference of the records, made of their JSON Schemas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BOUNDS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "length ≥ {}",
    "maxLength": "length ≤ {}",
    "minItems": "entries ≥ {}",
    "maxItems": "entries ≤ {}",
    "pattern": "`{}`",
}
SHOWN = 60


def pages(folder: Path) -> Iterator[tuple[str, str]]:
    """Yields every record's name and its page."""
    for path in sorted(folder.glob("*.schema.json")):
        name = path.name.partition(".")[0]
        yield name, _page(name, json.loads(path.read_text(encoding="utf-8")))


def listed(root: Path) -> str:
    """Returns a table of the records and what each is."""
    rows = ["| record | what it is |", "|---|---|"]
    for path in sorted((root / "schemas").glob("*.schema.json")):
        name = path.name.partition(".")[0]
        said = json.loads(path.read_text(encoding="utf-8")).get("description", "")
        rows.append(f"| [`{name}`](records/{name}.md) | {_cell(said.partition(chr(10) * 2)[0])} |")
    return "\n".join(rows)


def _page(name: str, schema: dict[str, Any]) -> str:
    parts = [f"# {name}", f"`curate schema {name}` prints its JSON Schema."]
    parts += _described(schema)
    for part, definition in sorted(schema.get("$defs", {}).items()):
        parts += [f"## {part}", *_described(definition)]
    return "\n\n".join(parts)


def _described(schema: dict[str, Any]) -> list[str]:
    """Returns the description, and the fields or the allowed values."""
    said = [schema["description"]] if schema.get("description") else []
    if not schema.get("properties"):
        return [*said, _type(schema)]
    needed = schema.get("required", [])
    rows = ["| field | type | default |", "|---|---|---|"]
    for name, field in schema["properties"].items():
        default = "**required**" if name in needed else _value(field.get("default"))
        told = f"<br>{_cell(field['description'])}" if field.get("description") else ""
        rows.append(f"| `{name}` | {_cell(_type(field))}{told} | {default} |")
    return [*said, "\n".join(rows)]


def _type(schema: dict[str, Any]) -> str:
    """Returns what a value may be, in words, with links to the parts that the page describes."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(one) for one in schema[key]))
    if "const" in schema:
        return _value(schema["const"])
    if "enum" in schema:
        return " or ".join(_value(one) for one in schema["enum"])
    bounds = [text.format(schema[key]) for key, text in BOUNDS.items() if key in schema]
    return ", ".join([_plain(schema), *bounds])


def _plain(schema: dict[str, Any]) -> str:
    """Returns a type's name; of a list or a map also what is in it."""
    kind = schema.get("type", "anything")
    if "prefixItems" in schema:
        return f"({', '.join(_type(one) for one in schema['prefixItems'])})"
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    held = schema.get("additionalProperties")
    if kind == "object" and isinstance(held, dict):
        return f"map to {_type(held)}"
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def _value(value: Any) -> str:
    """Returns a value as JSON; a long one is only hinted at."""
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= SHOWN else f"`{text[:SHOWN]}` …"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
