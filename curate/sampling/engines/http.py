"""Requests to a server that may be busy, slow, broken or gone: tried again with growing pauses."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import ModuleType
from typing import Any, TypeVar

import orjson

from curate.errors import CurateError, SetupError, UsageError

LONGEST_ANSWER = 1 << 26
LONGEST_PAUSE = 600.0
_AGAIN = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_CODES = frozenset(
    {
        "BadRequestError",
        "NotFoundError",
        "insufficient_quota",
        "invalid_api_key",
        "invalid_request_error",
        "model_not_found",
    }
)
"""What is told of a server's own words: it might say the key, or a text, in any others."""
_TOO_LONG = re.compile(
    r"context[ _]length|max_model_len|maximum context|too (?:long|many tokens)", re.IGNORECASE
)

Made = TypeVar("Made")


class GarbageError(ValueError):
    """An answer is not what the protocol says."""


class TooLongError(Exception):
    """The server says that a prompt is too long for its model."""


@dataclass(frozen=True)
class Patience:
    """How often and how long a server is waited for; times in seconds."""

    tries: int
    timeout: float
    pause: float

    def before(self, attempt: int, jitter: float) -> float:
        """Returns the pause before try number `attempt`: it doubles, and `jitter` (0 to 1) spreads it."""
        return min(LONGEST_PAUSE, self.pause * 2.0 ** (attempt - 1)) * (0.5 + jitter / 2)


@dataclass
class Asker:
    """Asks one server. Neither the key nor a text ever stands in its errors."""

    client: Any
    http: ModuleType
    patience: Patience
    url: str

    async def ask(
        self,
        path: str,
        body: Mapping[str, Any] | None,
        read: Callable[[Any], Made],
        jitter: float = 0.0,
    ) -> Made:
        """Returns what `read` makes of the JSON that the server answers, to a POST or, without body, a GET.

        Raises:
            SetupError: The server does not answer, answers nonsense again and again, or wants a key.
            UsageError: It refuses the request.
            TooLongError: The prompt is too long for its model.
        """
        trouble, pause = "", 0.0
        for attempt in range(1, self.patience.tries + 1):
            if attempt > 1:
                await asyncio.sleep(max(pause, self.patience.before(attempt - 1, jitter)))
            pause = 0.0
            try:
                status, headers, data = await self._exchanged(path, body)
                if status == HTTPStatus.OK:
                    return read(_parsed(data))
            except TimeoutError:
                trouble = f"no answer within {self.patience.timeout:g} s"
                continue
            except (self.http.RequestError, GarbageError) as exc:
                trouble = str(exc) if isinstance(exc, GarbageError) else type(exc).__name__
                continue
            if status not in _AGAIN and status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise self._refusal(status, data)
            trouble, pause = f"HTTP {status}", _retry_after(headers.get("retry-after"))
        times = "once" if self.patience.tries == 1 else f"{self.patience.tries} times"
        raise SetupError(
            f"the server was asked {times} and gave no answer that can be used: {trouble}",
            where=self.url,
            hint="Is it running? Run the same command again: it goes on from here.",
        )

    async def _exchanged(
        self, path: str, body: Mapping[str, Any] | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        data = bytearray()
        method = "GET" if body is None else "POST"
        async with (
            asyncio.timeout(self.patience.timeout),
            self.client.stream(method, self.url + path, json=body) as answer,
        ):
            async for chunk in answer.aiter_bytes():
                data += chunk
                if len(data) > LONGEST_ANSWER:
                    raise GarbageError(f"an answer of more than {LONGEST_ANSWER:,} bytes")
        return answer.status_code, answer.headers, bytes(data)

    def _refusal(self, status: int, data: bytes) -> CurateError | TooLongError:
        """Returns what a refusal means."""
        code, message = _told(data)
        if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE) and (
            _TOO_LONG.search(code) or _TOO_LONG.search(message)
        ):
            return TooLongError()
        said = f" ({code})" if code in _CODES else ""
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return SetupError(
                f"the server refuses the key: HTTP {status}{said}",
                where=self.url,
                hint="Put it into the environment variable that the engine's key_env names.",
            )
        hints = {
            HTTPStatus.NOT_FOUND: "Does the server know the model, and does the url end with /v1?"
        }
        return UsageError(
            f"the server refuses the request: HTTP {status}{said}",
            where=self.url,
            hint=hints.get(HTTPStatus(status) if status in _STATUSES else HTTPStatus.OK, _HINT),
        )


_STATUSES = frozenset(status.value for status in HTTPStatus)
_HINT = "The server's own log says why."


def _parsed(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as exc:
        raise GarbageError("the answer is no JSON") from exc


def _told(data: bytes) -> tuple[str, str]:
    """Returns the code and the message of an error in OpenAI's form; "" for what is not there."""
    try:
        told = orjson.loads(data)
    except orjson.JSONDecodeError:
        return "", ""
    error = told.get("error", told) if isinstance(told, dict) else None
    if not isinstance(error, dict):
        return "", ""
    code = next((error[k] for k in ("code", "type") if isinstance(error.get(k), str)), "")
    message = error.get("message")
    return code, message if isinstance(message, str) else ""


def _retry_after(value: str | None) -> float:
    """Returns the seconds that a server asks to wait: it says them, or a date; 0 without."""
    if not value:
        return 0.0
    if value.isascii() and value.isdigit():
        return min(LONGEST_PAUSE, float(value[:9]))
    try:
        until = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    left = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(LONGEST_PAUSE, max(0.0, left))
