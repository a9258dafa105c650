"""Local copies of sources that lie elsewhere: every file whole, kept while it is the same there."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from time import time

import orjson

from curate.errors import InputError, UsageError, boundary
from curate.jobs.urls import (
    Remote,
    cache,
    inner_name,
    is_url,
    key_of,
    local_path,
    name_of,
    redacted,
    remote,
    state_of,
    told,
)

GIGABYTE = 1_000_000_000
BOUND_GB = 100.0
"""What all copies may take, unless $CURATE_CACHE_GB says otherwise."""
KEPT_FOR = 86_400.0
"""Seconds for which a copy that was asked for is not removed to make room for another."""
BATCH = 64
_MAGIC = "*?["
_STATE = "copy.json"

Listing = Mapping[str, list[str]]
"""Of every file, by its path below the source: its size, and what else tells that it is the same."""


def source_path(text: str) -> str:
    """Returns the absolute path of a source; of one named by a URL, that of a copy, made or renewed now.

    The copy has the names that the source has there, so that nothing published tells where it lay.

    Raises:
        UsageError: The URL is none that is read here.
        InputError: There is nothing there, it cannot be read or kept, or it changed meanwhile.
        SetupError: What speaks the URL's protocol is not installed.
    """
    if not is_url(text):
        return str(Path(text).absolute())
    return str(local_path(text) or _copied(text))


def _copied(url: str) -> Path:
    base, pattern = _parted(url)
    place = remote(base)
    home = cache() / "copies" / key_of(url)
    with _alone(home):
        target = home / name_of(base)
        _renew(place, pattern, home, target)
    return target / pattern if pattern else target


def _parted(url: str) -> tuple[str, str]:
    """Returns the part of a URL before any wildcard, and the pattern that follows."""
    scheme, _, path = url.partition("://")
    parts = path.rstrip("/").split("/")
    plain = list(takewhile(lambda part: not any(sign in part for sign in _MAGIC), parts))
    if not plain or not plain[0]:
        plain = plain or [""]
    return f"{scheme}://{'/'.join(plain)}", "/".join(parts[len(plain) :])


def _renew(place: Remote, pattern: str, home: Path, target: Path) -> None:
    """Makes `target` what is at the place now."""
    wanted = _listing(place, pattern)
    had = _had(home)
    fresh = {name for name, state in wanted.items() if had.get(name) == state}
    fresh = {name for name in fresh if _size(_at(target, name)) == int(wanted[name][0])}
    missing = [name for name in wanted if name not in fresh]
    _make_room(place, home, sum(int(wanted[name][0]) for name in missing))
    with boundary(InputError, "keeping a copy", hint="Choose another folder by $CURATE_CACHE."):
        _remove_others(target, wanted)
        for start in range(0, len(missing) + 1, BATCH):
            _write_state(home, {name: wanted[name] for name in [*fresh, *missing[:start]]})
            _get(place, target, missing[start : start + BATCH], wanted)
    if missing and _listing(place, pattern) != wanted:
        raise InputError(
            "was changed while it was copied",
            where=redacted(place.url),
            hint="Wait until nothing writes to it, then run the same command again.",
        )
    _write_state(home, wanted)


def _listing(place: Remote, pattern: str) -> Listing:
    """Returns the files at a place, hidden ones left out; the place itself, where it is one, is named ""."""
    files = place.files
    with told(place.url, "listing"):
        files.invalidate_cache()
        if pattern:
            found = files.glob(f"{place.path}/{pattern}", detail=True)
        elif files.isfile(place.path):
            return {"": state_of(files.info(place.path))}
        else:
            found = files.find(place.path, detail=True)
    names = {
        inner_name(place, path): info
        for path, info in found.items()
        if info["type"] == "file" and not path.endswith("/")  # the mark of an empty folder
    }
    kept = {
        name: state_of(info)
        for name, info in sorted(names.items())
        if not any(part.startswith(".") for part in name.split("/"))
    }
    if not kept:
        raise InputError(
            "there is no such file, folder or bucket, or it is empty", where=redacted(place.url)
        )
    return kept


def _get(place: Remote, target: Path, names: Sequence[str], wanted: Listing) -> None:
    """Copies files, each under a passing name, and then to where it belongs."""
    if not names:
        return
    paths = [_at(target, name) for name in names]
    halves = [path.with_name(f".{path.name}.part") for path in paths]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
    there = [f"{place.path}/{name}" if name else place.path for name in names]
    with told(place.url, "copying"):
        place.files.get(there, list(map(str, halves)))
    for name, half, path in zip(names, halves, paths, strict=True):
        if _size(half) != int(wanted[name][0]):
            raise InputError(
                f"a file has {_size(half):,} bytes, and its listing says {int(wanted[name][0]):,}",
                where=f"{redacted(place.url)}/{name}".rstrip("/"),
                hint="Wait until nothing writes to it, then run the same command again.",
            )
        os.replace(half, path)  # noqa: PTH105 (the atomic one, by its plain name)


def _at(target: Path, name: str) -> Path:
    return target / name if name else target


def _size(path: Path) -> int:
    """Returns the size of a file; -1 of what is none."""
    return path.stat().st_size if path.is_file() and not path.is_symlink() else -1


def _remove_others(target: Path, wanted: Listing) -> None:
    """Removes what the source no longer has."""
    if "" in wanted or not target.is_dir():
        if target.is_dir():
            shutil.rmtree(target)
        elif "" not in wanted:
            target.unlink(missing_ok=True)
        return
    for folder, _, names in os.walk(target):
        for name in names:
            path = Path(folder, name)
            if path.relative_to(target).as_posix() not in wanted:
                path.unlink()


def _make_room(place: Remote, home: Path, needed: int) -> None:
    """Removes copies that were not asked for of late, the longest unused first, until `needed` bytes fit."""
    bound = _bound()
    (home / _STATE).touch()
    copies = {path.parent: path for path in home.parent.glob(f"*/{_STATE}")}
    used = {one: _used(one) for one in copies}
    old = [one for one in copies if one != home and copies[one].stat().st_mtime < time() - KEPT_FOR]
    for one in sorted(old, key=lambda one: copies[one].stat().st_mtime):
        if sum(used.values()) + needed <= bound:
            break
        shutil.rmtree(one)
        del used[one]
    free = shutil.disk_usage(home).free
    if sum(used.values()) + needed > bound or needed > free:
        raise InputError(
            f"{needed / GIGABYTE:,.1f} GB are to be copied; the copies may take"
            f" {bound / GIGABYTE:,.1f} GB and take {sum(used.values()) / GIGABYTE:,.1f};"
            f" the disk has {free / GIGABYTE:,.1f}",
            where=redacted(place.url),
            hint=f"Set $CURATE_CACHE_GB, or remove folders in {home.parent}.",
        )


def _bound() -> float:
    text = os.environ.get("CURATE_CACHE_GB", "")
    try:
        return float(text or BOUND_GB) * GIGABYTE
    except ValueError as exc:
        raise UsageError(f"$CURATE_CACHE_GB wants a number, got {text!r}") from exc


def _used(folder: Path) -> int:
    return sum(max(0, _size(path)) for path in folder.rglob("*"))


def _had(home: Path) -> Listing:
    try:
        found = orjson.loads((home / _STATE).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_state(home: Path, listing: Listing) -> None:
    half = home / f".{_STATE}.part"
    half.write_bytes(orjson.dumps(listing))
    os.replace(half, home / _STATE)  # noqa: PTH105


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Waits until no other process renews this copy."""
    with boundary(InputError, "keeping a copy", hint="Choose another folder by $CURATE_CACHE."):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
