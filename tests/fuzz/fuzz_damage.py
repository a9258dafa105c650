"""Damage to a small file: to its bytes, to what stands in them, and to what they are packed in."""

import gzip
import io
import json
import zlib
from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from fuzz_types import odd_columns

_TOKENS = [
    *(b"\0", b"\n", b"\r", b"\r\n", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"PAR1"),
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"null", b"true", b"-0", b"NaN"),
    *(b"Infinity", b"1e400", b"-1e308", b"9" * 400, b"18446744073709551616", b'"\\ud800"'),
    *(b'"\\u0000"', b"[" * 2000, b'{"a":' * 200, b"id", b"text", b"problem_id", b"choices"),
    *("解なし".encode(), b"a or d", "血".encode("cp932"), "血".encode()[:2], b"\x85\xe2\x80\xa8"),
    *(b"&a", b"*a", b"!!python/object:os", b"- ", b"0001-01-01", b"2017-99-99", b"?", b"\t"),
    *(b"../../etc/passwd", b"\xed\xa0\x80", b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18", b"ARROW1"),
]
_VALUES = [
    *(b"null", b"true", b"0", b"-1", b"2.5", b"1e400", b"NaN", b"-0.0", b"9" * 400, b"9" * 5000),
    *(b"1e308", b"18446744073709551616", b"[]", b"{}", b'""', b'" "', b"[null]", b"[[]]", b'[""]'),
    *(b'"\\u0000"', b'"\\ud800"', b'"a\\nb"', b'[["a"], ["b"]]', b'{"text": ["a"], "label": [1]}'),
    *(b'{"A": "a", "C": null, "D": "b"}', b'[{"text": "a"}, {"value": 1}]', b'"[1"', b'"a,b"'),
    *('"平成40年"'.encode(), '"平成29年"'.encode(), b'"H29,R1"', '"２０１７"'.encode()),
    *(b'"2017-99-99"', b'"0000"', b'"112A1"', b'"\xff"', b'"data:;base64,"', b"[" * 90 + b"]" * 90),
    *(b"[" * 3000 + b"]" * 3000, b'{"a":' * 300 + b"1" + b"}" * 300, b'"' + b"x" * 9000 + b'"'),
    *(
        b'"../x"',
        b'"/etc/passwd"',
        b'"."',
        b'"a\\u0000b"',
        b"0.1e-9",
        b'["a", 1, null, {}]',
    ),
]
_FIELDS = [
    *(b'"', b'""', b'"a', b'a"b', b'"a""b"', b'"a\nb"', b'"a"b', b"'", b"", b" ", b"\r", b"a\rb"),
    *(
        b'["a", "b"]',
        b"[",
        b'"[""a"", 1]"',
        b"=1+1",
        b"x" * 140_000,
        b'"' + b"\n" * 50,
        b"\0",
        b"-1",
    ),
    *(
        "解なし".encode(),
        b"a or d",
        b"1.0",
        "Ｂ".encode(),
        b"E",
        b"9" * 30,
        b"true",
        b"\xff",
        b"a\tb",
    ),
]
_LINES = [
    *(
        b"---",
        b"...",
        b"# ",
        b"```",
        b"",
        b"\t",
        b"---\na: &b 1\n---",
        b"---\ndate: 2017-99-99\n---",
    ),
    *(
        b"---\n- 1\n---",
        b"---\n? [a]\n: 1\n---",
        b"---\na: !!python/object:os\n---",
        b"\x1b$B",
        b" ",
    ),
    *(
        b"---\ndate: 0x7fffffffffff\n---",
        b"---\ndate: [1]\n---",
        b"---\n2: {}\n---",
        b"\x0b\x0c\x1c",
    ),
    *(
        b'{"id": 1, "text": "a"}',
        b"\xe2\x80\xa8",
        b"#" * 7,
        b"~~~",
        b"---\n" + b"[" * 2000 + b"\n---",
    ),
]
_SKIPPED = b"\x2a\x4d\x18"
_ENCODINGS = ["cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-16-le", "utf-32", "utf-8-sig"]
_HOLE = "@hole@"
_WHOLE = b'"@hole@"'


class _Again(str):
    """A key that stands in an object a second time."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other


def damaged(name, data, random):
    """Returns a file's bytes after one to four steps of damage, and what the steps were."""
    for ending, unpack, pack in _PACKINGS:
        if name.endswith(ending) and random.random() < 0.5:
            inner, steps = damaged(name.removesuffix(ending), unpack(data), random)
            return pack(inner, random), [*steps, f"packed {ending}"]
    steps = []
    if name.endswith((".parquet", ".arrow")) and random.random() < 0.25:
        return _other_columns(name, data, random)
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        inner = next((step for ending, step in _STEPS.items() if name.endswith(ending)), _of_bytes)
        step = random.choice((inner, _of_bytes))
        try:
            data, told = step(data, random)
        except (ValueError, RecursionError):  # it is no longer what its name says
            data, told = _of_bytes(data, random)
        steps.append(told)
    return data, steps


def _of_bytes(data, random):
    at, size, token = random.randrange(len(data) + 1), random.randint(1, 40), random.choice(_TOKENS)
    head, tail = data[:at], data[at:]
    what = random.choice(("flip", "cut", "drop", "twice", "put", "over", "swap"))
    after = {
        "flip": lambda: bytes(byte ^ (1 << size % 8) for byte in tail[:1]) + tail[1:],
        "cut": lambda: b"",
        "drop": lambda: tail[size:],
        "twice": lambda: tail[:size] * 3 + tail[size:],
        "put": lambda: token + tail,
        "over": lambda: token + tail[len(token) :],
    }
    whole = tail + head if what == "swap" else head + after[what]()
    return whole, f"{what} {at}, {size}, {token[:20]!r}"


def _of_json(data, random):
    """Changes one value of a JSON document, or of a line of many."""
    parts = [data] if data.lstrip()[:1] == b"[" or b"\n{" not in data else data.split(b"\n")
    at = random.randrange(len(parts))
    value = json.loads(parts[at])
    places, found = [], [value] if isinstance(value, dict | list) else []
    while found:
        here = found.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here))
        places += [(here, key) for key in keys]
        found += [here[key] for key in keys if isinstance(here[key], dict | list)]
    if not places:
        raise ValueError("nothing to change")
    what = random.choice(("type", "type", "type", "drop", "again", "rename", "nest", "trade"))
    token = random.choice(_VALUES)
    _changed(what, *random.choice(places), random.choice(places))
    text = json.dumps(value, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    parts[at] = text.replace(_WHOLE, token)
    return b"\n".join(parts), f"{what} in part {at}, {token[:20]!r}"


def _changed(what, here, key, other):
    match what:
        case "type":
            here[key] = _HOLE
        case "drop":
            del here[key]
        case "again" if isinstance(here, dict):
            here[_Again(key)] = _HOLE
        case "again":
            here.insert(key, here[key])
        case "rename" if isinstance(here, dict):
            here[key[:-1]] = here.pop(key)
        case "trade":
            there, place = other
            if not isinstance(here[key], dict | list) and not isinstance(there[place], dict | list):
                here[key], there[place] = there[place], here[key]
        case _:
            here[key] = [here[key]]


def _of_csv(data, random):
    """Changes one field, or one line."""
    lines = data.split(b"\n")
    at, token = random.randrange(len(lines)), random.choice(_FIELDS)
    sign = b"\t" if b"\t" in lines[at] else b","
    fields = lines[at].split(sign)
    place = random.randrange(len(fields))
    what = random.choice(("field", "field", "quote", "drop", "again", "line", "lines"))
    match what:
        case "field":
            fields[place] = token
        case "quote":
            fields[place] = b'"' + fields[place] + token
        case "drop":
            del fields[place]
        case "again":
            fields.insert(place, fields[place])
        case "line":
            fields = [token]
        case _:
            fields *= 2
    lines[at] = sign.join(fields)
    return b"\n".join(lines), f"{what} of line {at + 1}, field {place + 1}, {token[:20]!r}"


def _of_text(data, random):
    """Changes a line, or the encoding of all."""
    if random.random() < 0.2:
        encoding = random.choice(_ENCODINGS)
        return data.decode().encode(encoding, "replace"), encoding
    lines, token = data.split(b"\n"), random.choice(_LINES)
    at = random.choice((0, random.randrange(len(lines) + 1)))
    lines.insert(at, token)
    return b"\n".join(lines), f"line {at + 1}, {token[:20]!r}"


def _other_columns(name, data, random):
    """Writes a table again with columns of other types, under the same names or others."""
    table = _table(name, data)
    columns = dict(zip(table.column_names, table.columns, strict=True))
    pool = odd_columns(len(table))
    steps = []
    for _ in range(random.randint(1, 2)):
        column, odd = random.choice([*columns, "other", ""]), random.choice(list(pool))
        columns[column] = pool[odd]
        steps.append(f"{column}: {odd}")
    names = list(columns)
    if random.random() < 0.1:
        names[-1] = names[0]
        steps.append("one name twice")
    made, file = pa.table(list(columns.values()), names=names), io.BytesIO()
    try:
        if name.endswith(".parquet"):
            pq.write_table(made, file)
        else:
            with pa.ipc.new_stream(file, made.schema) as stream:
                stream.write_table(made)
    except (pa.ArrowException, ValueError):  # a type that such a file cannot hold
        return _of_bytes(data, random)
    return file.getvalue(), steps


@cache
def _table(name, data):
    if name.endswith(".parquet"):
        return pq.read_table(io.BytesIO(data))
    return pa.ipc.open_stream(data).read_all()


def _gzipped(data, random):
    cut = random.randrange(len(data) + 1)
    return gzip.compress(data[:cut], 1, mtime=0) + gzip.compress(data[cut:], 1, mtime=0)


def _zstandard(data, random):
    packer = zstandard.ZstdCompressor(
        write_checksum=random.random() < 0.5, write_content_size=random.random() < 0.5
    )
    cut = random.randrange(len(data) + 1)
    return packer.compress(data[:cut]) + packer.compress(data[cut:])


def unpacked(data):
    """Returns what a text holds, inflated; None where it is packed and broken."""
    try:
        if data.startswith(b"\x1f\x8b"):
            return b"".join(_members(data))
        if data.startswith(b"\x28\xb5\x2f\xfd") or data[1:4] == _SKIPPED:
            return b"".join(_frames(data))
    except (EOFError, zlib.error, zstandard.ZstdError):
        return None
    return data


def _members(data):
    while data:
        one = zlib.decompressobj(31)
        yield one.decompress(data)
        data = _rest(one).lstrip(b"\0")


def _frames(data):
    while data:
        if data[1:4] == _SKIPPED:
            size = 8 + int.from_bytes(data[4:8], "little")
            if len(data) < size:
                raise EOFError
            data = data[size:]
        else:
            one = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
            yield one.decompress(data)
            data = _rest(one)


def _rest(one):
    if not one.eof:
        raise EOFError
    return one.unused_data


_PACKINGS = [(".gz", unpacked, _gzipped), (".zst", unpacked, _zstandard)]
_STEPS = {
    **dict.fromkeys((".json", ".jsonl"), _of_json),
    **dict.fromkeys((".csv", ".tsv"), _of_csv),
    **dict.fromkeys((".txt", ".md", ".yaml"), _of_text),
}
"""What is damaged by more than its bytes, by the end of its name."""
