"""Places named by URLs, through fsspec: what may be named, how its errors are told, where copies lie."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from curate.errors import InputError, SetupError, UsageError, boundary
from curate.sampling.extras import installed

LOCAL = "file"
KNOWN = ("s3", "gs", "hf", "memory", LOCAL)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(::[a-z0-9+.-]+)*://")
_EXTRA = "scale"
_OWN_ERRORS = (
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
    ("gcsfs.retry", "HttpError"),
    ("google.auth.exceptions", "GoogleAuthError"),
    ("aiohttp", "ClientError"),
    ("httpx", "HTTPError"),
    ("requests", "RequestException"),
    ("huggingface_hub.errors", "HFValidationError"),
)
"""What the libraries behind fsspec raise beside an OSError."""


class Remote(NamedTuple):
    """A place: its URL, fsspec's file system, and its path there."""

    url: str
    files: Any
    path: str


def is_url(text: str) -> bool:
    """Tells whether a source or an `--out` is named by a URL, and not by a path."""
    return _URL.match(text) is not None


def local_path(url: str) -> Path | None:
    """Returns the path that a file:// URL names; None of any other URL."""
    parts = _checked(url)
    return Path(unquote(parts.path)) if parts.scheme == LOCAL else None


def redacted(url: str) -> str:
    """Returns a URL without a user, a password and a query: they may be secrets."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def key_of(url: str) -> str:
    """Returns the name of the folder that keeps what belongs to a URL."""
    return sha256(url.rstrip("/").encode()).hexdigest()[:16]


def name_of(url: str) -> str:
    """Returns the last part of a URL: what a folder of its own would be called."""
    words = [word for word in url.partition("://")[2].split("/") if word]
    if not words or words[-1] in (".", ".."):
        raise UsageError("the URL names nothing", where=redacted(url))
    return words[-1]


def remote(url: str) -> Remote:
    """Returns the place that a URL names, which need not exist.

    Raises:
        UsageError: No such URL is read or written here, or it holds a secret.
        SetupError: What speaks its protocol is not installed.
    """
    _checked(url)
    core = installed("fsspec.core", _EXTRA)
    try:
        with told(url, "opening"):
            files, path = core.url_to_fs(url.rstrip("/"))
    except ImportError as exc:
        raise SetupError(
            f"{urlsplit(url).scheme}:// needs a package: {str(exc).partition(chr(10))[0]}",
            hint=f"pip install 'jmle-curate[{_EXTRA}]' (docs/scale.md).",
        ) from exc
    return Remote(url.rstrip("/"), files, str(path))


@contextmanager
def told(url: str, doing: str) -> Iterator[None]:
    """Tells what a storage refuses in the block as an InputError, without the URL's secrets or its texts.

    Raises:
        InputError: There is no such thing, access is denied, or the storage cannot be reached.
    """
    try:
        yield
    except FileNotFoundError as exc:
        raise InputError(
            f"{doing}: there is no such file, folder or bucket",
            where=redacted(url),
            hint="Look for the name with the storage's own tools; some tell so too without access.",
        ) from exc
    except PermissionError as exc:
        raise InputError(
            f"{doing}: access is denied",
            where=redacted(url),
            hint="Credentials come from the environment or the storage's own files (docs/scale.md).",
        ) from exc
    except _errors() as exc:
        reason = getattr(exc, "strerror", None) or type(exc).__name__
        raise InputError(
            f"{doing}: {reason}",
            where=redacted(url),
            hint="Run the same command again: it goes on.",
        ) from exc


def cache() -> Path:
    """Returns the folder of copies and of runs on their way: $CURATE_CACHE, or ~/.cache/curate."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(os.environ.get("CURATE_CACHE") or Path(home, "curate")).absolute()
    with boundary(InputError, "making the cache", hint="Choose another folder by $CURATE_CACHE."):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def inner_name(place: Remote, path: str) -> str:
    """Returns a file's path below a place.

    Raises:
        InputError: It is not below it, or could lead elsewhere on this machine.
    """
    root = place.path.rstrip("/") + "/"
    name = path.removeprefix(root) if path.startswith(root) else ""
    if "\0" in name or "\\" in name or any(part in ("", ".", "..") for part in name.split("/")):
        raise InputError(
            f"a file there has a name that cannot be one here: {path!r}", where=redacted(place.url)
        )
    return name


def state_of(info: Mapping[str, Any]) -> list[str]:
    """Returns what tells that a file is still the same: its size, and what the storage says of it."""
    told_by = (
        "ETag", "etag", "md5Hash", "crc32c", "generation", "blob_id", "LastModified", "updated",
        "mtime", "created",
    )  # fmt: skip
    return [str(info.get("size")), *(str(info[key]) for key in told_by if info.get(key))]


def _errors() -> tuple[type[Exception], ...]:
    """Returns what storages raise: of the libraries, those that are loaded; others cannot have raised any."""
    found = (getattr(sys.modules.get(module), name, None) for module, name in _OWN_ERRORS)
    return (OSError, *(error for error in found if error is not None))


def _checked(url: str) -> Any:
    parts = urlsplit(url)
    scheme = url.partition("://")[0]
    if scheme not in KNOWN:
        raise UsageError(
            f"{scheme}:// is no storage that is read or written here",
            where=redacted(url),
            hint=f"There are: {', '.join(f'{name}://' for name in KNOWN)}.",
        )
    if parts.query or "@" in parts.netloc:
        raise UsageError(
            "the URL has a user or a query, where secrets stand; they do not belong in a command",
            where=redacted(url),
            hint="Credentials come from the environment or the storage's own files (docs/scale.md).",
        )
    if parts.scheme == LOCAL and parts.netloc not in ("", "localhost"):
        raise UsageError("a file:// URL has three slashes", where=redacted(url))
    return parts
