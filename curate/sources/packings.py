"""The compressions in which text files come: each by the end of a name, or by its first bytes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from curate.errors import InputError, boundary
from curate.sources import gzips, zstds


class Packing(NamedTuple):
    """One compression; `inflate` raises `gzips.Lost` where a stream breaks off."""

    name: str
    suffix: str
    magic: bytes
    inflate: Callable[[BinaryIO, str], Iterator[bytes]]


PACKINGS = (
    Packing("gzip", ".gz", gzips.MAGIC, gzips.inflate),
    Packing("zstd", ".zst", zstds.MAGIC, zstds.inflate),
)


def packing_of(path: Path) -> Packing | None:
    """Returns how the file is compressed by its first bytes, or should be by its name."""
    with boundary(InputError, "cannot read"), path.open("rb") as file:
        start = file.read(max(len(one.magic) for one in PACKINGS))
    named = next((one for one in PACKINGS if path.name.lower().endswith(one.suffix)), None)
    return named or next((one for one in PACKINGS if start.startswith(one.magic)), None)


def unpacked_name(name: str) -> str:
    """Returns a file's name in lower case, without the end that a compression gives it."""
    name = name.lower()
    for one in PACKINGS:
        name = name.removesuffix(one.suffix)
    return name
