"""Gets a benchmark's files at the pinned revision, over HTTPS or from a local copy, each by its hash."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from curate.corpus.pipeline import Progress
from curate.errors import InputError, UsageError, did_you_mean
from curate.jobs.download import check_url, download
from curate.jobs.outcome import Outcome
from curate.jobs.place import changed, is_there, place, place_inside
from curate.leakage import Described, LockedFile, known_layout, known_layouts, known_lock
from curate.runs import file_sha256

RAW = "https://raw.githubusercontent.com"


@dataclass(frozen=True)
class Wanted:
    """What is asked for; `source` is a local copy, `base_url` a mirror with OWNER/REPOSITORY/COMMIT/PATH."""

    name: str
    to: Path | None = None
    source: Path | None = None
    base_url: str | None = None
    dry_run: bool = False

    @property
    def folder(self) -> Path:
        """The folder to fill."""
        return self.to or Path("benchmarks", self.name)


@dataclass(frozen=True)
class File:
    """A file of the lock: where it goes, and where it comes from (nowhere: a local copy lacks it)."""

    path: str
    locked: LockedFile
    target: Path
    origin: str | Path | None
    there: bool


def fetch(wanted: Wanted, progress: Progress) -> Outcome:
    """Fills a folder with a benchmark's files; those that are there and right are not got again.

    Raises:
        UsageError: There is no such benchmark, or it has no pinned files.
        InputError: A file is not the pinned one, here or there, or cannot be got.
    """
    layout = _layout(wanted.name)
    files = list(_files(wanted, layout))
    missing = [file for file in files if not file.there and file.origin]
    if not wanted.dry_run:
        _get(wanted.name, missing, progress)
    return _outcome(wanted, layout, files)


def _layout(name: str) -> Described:
    layout = known_layout(name)
    known = known_layouts()
    if layout is None:
        fetchable = [name for name, one in known.items() if one.sha256]
        raise UsageError(
            f"no benchmark {name!r}.{did_you_mean(name, list(known))}",
            hint=f"Fetched are: {', '.join(fetchable)}.",
        )
    if known_lock(name) is None:
        raise UsageError(
            f"{name} has no pinned revision to fetch",
            hint=f"Get it from {layout.origin.url}, and name it with --benchmark {name}=PATH.",
        )
    return layout


def _files(wanted: Wanted, layout: Described) -> Iterator[File]:
    lock = known_lock(wanted.name)
    if wanted.base_url:
        check_url(wanted.base_url)
    if wanted.source and not wanted.source.is_dir():
        raise InputError("is no folder", where=str(wanted.source))
    base = _base(layout, wanted.base_url)
    for path, locked in ((lock.read | lock.along) if lock else {}).items():
        target = place_inside(wanted.folder, path)
        there = is_there(target, locked)
        origin: str | Path | None = f"{base}/{quote(path)}"
        if wanted.source and not there:
            origin = _local(wanted.source, path, locked)
            if origin is None and lock and path in lock.read:
                raise InputError(f"lacks {path}", where=str(wanted.source))
        yield File(path, locked, target, origin, there)


def _base(layout: Described, base_url: str | None) -> str:
    repository = urlsplit(layout.origin.url).path.strip("/")
    return f"{(base_url or RAW).rstrip('/')}/{repository}/{layout.origin.revision}"


def _local(source: Path, path: str, locked: LockedFile) -> Path | None:
    """Finds a file in a clone, an extracted archive (one folder down) or a copy of an inner folder.

    Raises:
        InputError: It is there, but none of the files that could be it has its hash.
    """
    parts = Path(path).parts
    roots = [source, *sorted(one for one in source.iterdir() if one.is_dir())]
    inner = [Path(*parts[start:]) for start in range(len(parts))]
    found = [root / tail for tail in inner for root in roots if (root / tail).is_file()]
    for candidate in found:
        if candidate.stat().st_size == locked.bytes and file_sha256(candidate) == locked.sha256:
            return candidate
    if found:
        hint = "It is not the pinned revision's file."
        raise changed(str(found[0]), locked, file_sha256(found[0]), hint)
    return None


def _get(name: str, missing: Sequence[File], progress: Progress) -> None:
    for done, file in enumerate(missing):
        progress(f"fetching {name} (files)", done, len(missing))
        if isinstance(file.origin, Path):
            fill = partial(_copy, file.origin, file.locked.bytes)
        else:
            fill = partial(download, str(file.origin), file.locked.bytes)
        place(file.target, file.locked, fill)
    progress(f"fetching {name} (files)", len(missing), len(missing))


def _copy(source: Path, size: int, part: BinaryIO) -> None:
    """Copies a file from its beginning; one that has grown since is cut, and its hash then tells."""
    part.seek(0)
    part.truncate()
    with source.open("rb") as stream:
        part.write(stream.read(size))


def _outcome(wanted: Wanted, layout: Described, files: Sequence[File]) -> Outcome:
    got = [file for file in files if not file.there and file.origin]
    lacking = [file.path for file in files if not file.there and not file.origin]
    data: dict[str, Any] = {
        "benchmark": wanted.name,
        "to": str(wanted.folder),
        "from": str(wanted.source) if wanted.source else _base(layout, wanted.base_url),
        "revision": layout.origin.revision,
        "licence": layout.origin.licence,
        "files": len(files) - len(lacking),
        "to_fetch" if wanted.dry_run else "fetched": len(got),
        "bytes": sum(file.locked.bytes for file in got),
    }
    title = "Benchmark fetched" if got else "All files are there and right, nothing to do"
    if wanted.dry_run:
        title = f"fetch {wanted.name}: nothing is written"
        data |= {"dry_run": True, "listing": [_listed(file) for file in files]}
    notes = [f"the copy lacks {path}, which holds no items" for path in lacking]
    return Outcome(
        title=title,
        data=data,
        notes=notes,
        hint=_next(wanted),
    )


def _next(wanted: Wanted) -> str:
    if not wanted.dry_run:
        return f"curate audit SOURCE --benchmark {wanted.name}={wanted.folder} --out RUN"
    source = f" --from {wanted.source}" if wanted.source else ""
    mirror = f" --base-url {wanted.base_url}" if wanted.base_url else ""
    return f"curate fetch {wanted.name} --to {wanted.folder}{source}{mirror}"


def _listed(file: File) -> dict[str, Any]:
    state = "there" if file.there else "to fetch" if file.origin else "not in the copy"
    return {"path": file.path, "bytes": file.locked.bytes, "state": state}
