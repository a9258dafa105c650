"""Gets one file over HTTP: goes on where a partial file ends, and never past the size it should have.

By urllib of the standard library: it honours the proxies of the environment and needs nothing installed.
"""

import re
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from time import sleep
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

import curate
from curate.errors import InputError, UsageError

TIMEOUT = 30.0
TRIES = 4
PAUSE = 0.5
"""Seconds before a second try, doubled for every further one."""
_CHUNK = 1 << 16
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_PARTIAL, _BEYOND_END = 206, 416
_STARTS_AT = re.compile(r"bytes ([0-9]+)-")

_HANDLERS = (
    ProxyHandler,
    HTTPHandler,
    HTTPSHandler,
    HTTPRedirectHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
)


class _InterruptedError(Exception):
    """The connection or the server gave up; another try may do better."""


def check_url(url: str) -> None:
    """Refuses what is no web address.

    Raises:
        UsageError: It is neither http nor https, or names no host.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"--base-url wants https://HOST or http://HOST, got {url!r}")


def download(url: str, size: int, part: BinaryIO) -> None:
    """Fills `part`, which may hold a beginning, to `size` bytes.

    Raises:
        InputError: The server refuses, sends more than `size` bytes, or ends early again and again.
    """
    why = ""
    for attempt in range(TRIES):
        if attempt:
            sleep(PAUSE * 2 ** (attempt - 1))
        try:
            _attempt(url, size, part)
        except _InterruptedError as exc:
            why = str(exc)
        if (have := part.seek(0, 2)) == size:
            return
    raise InputError(
        f"ended after {have:,} of {size:,} bytes{why}",
        where=url,
        hint="The same command goes on from there.",
    )


def _attempt(url: str, size: int, part: BinaryIO) -> None:
    have = part.seek(0, 2)
    if have == size:
        return
    if have > size:
        have = _emptied(part)
    with _opened(url, have) as response:
        if have and not _goes_on(response, have):
            have = _emptied(part)
            if response.status == _PARTIAL:
                raise _InterruptedError(": the server sent another part than the one asked for")
        for piece in _pieces(response):
            have += len(piece)
            if have > size:
                _emptied(part)
                raise InputError(f"is larger than the {size:,} bytes of the pinned file", where=url)
            part.write(piece)


def _opened(url: str, have: int) -> HTTPResponse:
    """Opens the rest of a file; the server may send it from the beginning all the same."""
    opener = OpenerDirector()
    for handler in _HANDLERS:
        opener.add_handler(handler())
    headers = {"User-Agent": f"jmle-curate/{curate.__version__}"}
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        opened: HTTPResponse = opener.open(Request(url, headers=headers), timeout=TIMEOUT)  # noqa: S310 (checked)
    except HTTPError as exc:
        exc.close()
        if exc.code == _BEYOND_END and have:
            return _opened(url, 0)
        if exc.code in _BUSY:
            raise _InterruptedError(f": the server says {exc.code} {exc.reason}") from exc
        raise InputError(f"the server says {exc.code} {exc.reason}", where=url) from exc
    except URLError as exc:
        raise InputError(
            f"no connection: {exc.reason}",
            where=url,
            hint="Without a network: curate fetch NAME --from a clone or an extracted archive.",
        ) from exc
    except (HTTPException, OSError) as exc:
        raise _InterruptedError(f": {type(exc).__name__}") from exc
    return opened


def _goes_on(response: HTTPResponse, have: int) -> bool:
    """Whether the answer begins where the partial file ends."""
    starts = _STARTS_AT.match(response.headers.get("Content-Range", ""))
    return response.status == _PARTIAL and starts is not None and int(starts[1]) == have


def _pieces(response: HTTPResponse) -> Iterator[bytes]:
    while True:
        try:
            piece = response.read(_CHUNK)
        except (HTTPException, OSError) as exc:
            raise _InterruptedError(f": {type(exc).__name__}") from exc
        if not piece:
            return
        yield piece


def _emptied(part: BinaryIO) -> int:
    part.seek(0)
    part.truncate()
    return 0
