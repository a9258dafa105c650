"""A run whose `--out` is a URL: made in a folder of this machine, and put there when it is sealed."""

from collections.abc import Callable
from pathlib import Path

import orjson

from curate.errors import InputError, UsageError
from curate.jobs.outcome import Outcome
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
    told,
)
from curate.models import Manifest, Status
from curate.runs import MANIFEST, manifest_of, read_manifest

_ELSEWHERE = "Choose another --out."


def in_folder(out: str, work: Callable[[Path], Outcome]) -> Outcome:
    """Does the work in the folder that `out` names; of a URL, in one of this machine, and puts it there.

    Raises:
        UsageError: There is another run at the URL, or something that is no run.
        InputError: The URL cannot be read or written.
        SetupError: What speaks its protocol is not installed.
    """
    folder = local_path(out) if is_url(out) else Path(out)
    if folder is not None:
        return work(folder)
    folder = cache() / "runs" / key_of(out) / name_of(out)
    if out.startswith("hf://"):
        raise UsageError(
            "is written by `curate publish` alone, which audits what it sends",
            where=redacted(out),
            hint="Give a folder as --out, then `curate publish` it.",
        )
    place = remote(out)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _prepare(place, folder)
    outcome = work(folder)
    _put(place, folder)
    data = {**outcome.data, "run": redacted(out), "local": str(folder)}
    return outcome.model_copy(update={"data": data})


def _prepare(place: Remote, folder: Path) -> None:
    """Checks that the place is free or has this very run, and gets the run if it is not in the folder."""
    with told(place.url, "looking at --out"):
        place.files.invalidate_cache()
        there = place.files.find(place.path, detail=True) if place.files.exists(place.path) else {}
    names = {inner_name(place, path): info["size"] for path, info in there.items()}
    if not names:
        return
    if MANIFEST not in names:
        raise UsageError(
            f"the place is not empty and holds no run (it has {min(names)!r})",
            where=redacted(place.url),
            hint=_ELSEWHERE,
        )
    with told(place.url, "reading the manifest there"):
        data = place.files.cat_file(f"{place.path}/{MANIFEST}")
    manifest = manifest_of(data, redacted(place.url))
    if (folder / MANIFEST).exists():
        _refuse_other(place, manifest, read_manifest(folder))
        return
    folder.mkdir(exist_ok=True)
    ended = manifest.status is not Status.RUNNING
    for name in [entry.path for entry in manifest.outputs if ended and entry.path in names]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with told(place.url, "getting the run"):
            place.files.get_file(f"{place.path}/{name}", str(folder / name))
    (folder / MANIFEST).write_bytes(data)


def _refuse_other(place: Remote, there: Manifest, here: Manifest) -> None:
    same_words = (there.command, there.arguments) == (here.command, here.arguments)
    if there.fingerprint != here.fingerprint and not same_words:
        raise UsageError(
            "holds another run than this machine made for it",
            where=redacted(place.url),
            hint=_ELSEWHERE,
        )


def _put(place: Remote, folder: Path) -> None:
    """Puts a sealed run to its place, its manifest last; until then the manifest there says `running`."""
    manifest = read_manifest(folder)
    data = (folder / MANIFEST).read_bytes()
    sizes = {entry.path: (folder / entry.path).stat().st_size for entry in manifest.outputs}
    if _is_there(place, data, sizes):
        return
    files, root = place.files, place.path
    running = {**orjson.loads(data), "status": Status.RUNNING.value, "outputs": []}
    with told(place.url, "putting the run there"):
        files.makedirs(root, exist_ok=True)
        files.pipe_file(f"{root}/{MANIFEST}", orjson.dumps(running))
        for name in sizes:
            files.makedirs(f"{root}/{name}".rpartition("/")[0], exist_ok=True)
            files.put_file(str(folder / name), f"{root}/{name}")
    if wrong := _wrong_size(place, sizes):
        raise InputError(
            f"{wrong} did not arrive whole",
            where=redacted(place.url),
            hint="Run the same command again: it puts the run there again.",
        )
    with told(place.url, "putting the manifest there"):
        files.pipe_file(f"{root}/{MANIFEST}", data)


def _is_there(place: Remote, manifest: bytes, sizes: dict[str, int]) -> bool:
    with told(place.url, "looking at --out"):
        place.files.invalidate_cache()
        path = f"{place.path}/{MANIFEST}"
        same = place.files.exists(path) and place.files.cat_file(path) == manifest
    return same and _wrong_size(place, sizes) is None


def _wrong_size(place: Remote, sizes: dict[str, int]) -> str | None:
    """Returns the first file that is not there in its size."""
    with told(place.url, "looking at --out"):
        place.files.invalidate_cache()
        there = place.files.find(place.path, detail=True)
    found = {inner_name(place, path): info["size"] for path, info in there.items()}
    return next((name for name, size in sizes.items() if found.get(name) != size), None)
