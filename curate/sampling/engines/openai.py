"""Any server that speaks the OpenAI protocol: `vllm serve`, llama.cpp, a provider."""

import asyncio
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import Field, PositiveFloat, PositiveInt, field_validator

from curate.errors import UsageError
from curate.models import NonEmpty, Response
from curate.sampling.engine import Answers, Engine
from curate.sampling.engines.http import Asker, GarbageError, Patience, TooLongError
from curate.sampling.extras import installed
from curate.sampling.make import too_long
from curate.sampling.prompt import Prompt
from curate.sampling.settings import Sampling
from curate.sampling.tokenizer import LocalTokenizer

_AHEAD = 2  # prompts waited for, by requests in flight: a slow one must not hold up the others
_SEEDS = 2**31


class OpenAI(Engine):
    """A server: `url` ends with its version, as in http://127.0.0.1:8000/v1.

    The key comes from the environment variable `key_env`, never from a recipe. `in_flight` requests wait for
    an answer at a time; each is tried `tries` times, first after `pause` seconds, then after ever longer
    ones, and may take `timeout` seconds. `tokenizer` is a folder with the model's tokenizer, for lengths;
    `context` stands in for what the server does not say. With `one_each` every sample is a request of its
    own, for servers that know no `n`.
    """

    alone: ClassVar[bool] = True
    engine: Literal["openai"] = "openai"
    url: NonEmpty
    model: NonEmpty
    revision: NonEmpty | None = None
    key_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = "OPENAI_API_KEY"
    in_flight: Annotated[PositiveInt, Field(le=4096)] = 64
    tries: Annotated[PositiveInt, Field(le=100)] = 8
    pause: PositiveFloat = 0.5
    timeout: PositiveFloat = 600.0
    tokenizer: NonEmpty | None = None
    context: PositiveInt | None = None
    one_each: bool = False

    @field_validator("url")
    @classmethod
    def _plain_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("expected http:// or https:// and a host")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("no key, query or fragment may stand in it: recipes are published")
        return url.rstrip("/")

    def state(self) -> dict[str, Any]:
        """Returns the model's name and revision; what the server has behind them is its own affair."""
        return {"model": self.model, "revision": self.revision}

    @contextmanager
    def open(self) -> Iterator["OpenAISampler"]:
        """Returns the sampler, its connections open while the block runs.

        Raises:
            SetupError: httpx2 is not installed, or the server does not answer or wants a key.
            UsageError: The key would travel unencrypted.
        """
        http = installed("httpx2", "openai")
        key, is_local = os.environ.get(self.key_env), _is_loopback(self.url)
        if key and not is_local and self.url.startswith("http://"):
            raise UsageError(
                f"the key in {self.key_env} would travel unencrypted",
                where=self.url,
                hint=f"Use https, or unset {self.key_env}.",
            )
        tokenizer = LocalTokenizer.load(Path(self.tokenizer)) if self.tokenizer else None
        client = http.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=self.timeout,
            limits=http.Limits(max_connections=self.in_flight),
            trust_env=not is_local,
        )
        patience = Patience(self.tries, self.timeout, self.pause)
        asker = Asker(client, http, patience, self.url)
        with asyncio.Runner() as runner:
            sampler = OpenAISampler(self, runner, asker, tokenizer)
            try:
                sampler.meet()
                yield sampler
            finally:
                sampler.is_open = False
                runner.run(client.aclose())


class _Choice(NamedTuple):
    text: str
    finish_reason: str | None


class _Answer(NamedTuple):
    """The samples of a prompt, and its length where the server says it; no samples: it is too long."""

    tokens: int | None
    choices: list[_Choice]


class OpenAISampler:
    """A server that is asked many things at a time and answers in its own order."""

    def __init__(
        self, engine: OpenAI, runner: asyncio.Runner, asker: Asker, tokenizer: LocalTokenizer | None
    ) -> None:
        self._engine = engine
        self._runner = runner
        self._asker = asker
        self._free = asyncio.Semaphore(engine.in_flight)
        self.tokenizer = tokenizer
        self.context = engine.context
        self.is_open = True

    def meet(self) -> None:
        """Asks the server how long its model's context is, unless that is known."""
        if self.context is None:
            self.context = self._told_context()

    def sample(self, prompts: Iterable[Prompt], sampling: Sampling) -> Iterator[Answers]:
        """Yields the answers to each prompt in turn, while those to later ones are waited for."""
        loop = self._runner.get_loop()
        waiting: deque[tuple[Prompt, asyncio.Task[_Answer]]] = deque()
        try:
            for prompt in prompts:
                waiting.append((prompt, loop.create_task(self._asked(prompt, sampling))))
                if len(waiting) >= self._engine.in_flight * _AHEAD:
                    yield self._answered(*waiting.popleft(), sampling)
            while waiting:
                yield self._answered(*waiting.popleft(), sampling)
        finally:
            if self.is_open:
                self._runner.run(_ended([task for _, task in waiting]))

    def _answered(self, prompt: Prompt, task: asyncio.Task[_Answer], sampling: Sampling) -> Answers:
        tokens, choices = self._runner.run(_waited(task))
        if not choices:
            return too_long(prompt, tokens, self.context)
        return [
            Response(
                question_id=prompt.question_id,
                prompt_sha256=prompt.sha256,
                model=self._engine.model,
                revision=self._engine.revision,
                engine="openai",
                sampling=sampling.told(),
                seed=sampling.seed_of(prompt),
                index=index,
                text=choice.text,
                finish_reason=choice.finish_reason,
            )
            for index, choice in enumerate(choices)
        ]

    async def _asked(self, prompt: Prompt, sampling: Sampling) -> _Answer:
        """Returns a prompt's samples; none where it leaves no room for an answer of full length.

        Some servers refuse such a prompt, others cut the answer short.
        """
        tokens = self.tokenizer.count(prompt) if self.tokenizer else None
        if self._is_too_long(tokens, sampling):
            return _Answer(tokens, [])
        seed = sampling.seed_of(prompt)
        requests = (
            [(1, (seed + index) % _SEEDS) for index in range(sampling.n)]
            if self._engine.one_each
            else [(sampling.n, seed)]
        )
        try:
            answers = [await self._request(prompt, sampling, *one) for one in requests]
        except TooLongError:
            return _Answer(tokens, [])
        tokens = answers[0].tokens if tokens is None else tokens
        if self._is_too_long(tokens, sampling):
            return _Answer(tokens, [])
        return _Answer(tokens, [choice for answer in answers for choice in answer.choices])

    def _is_too_long(self, tokens: int | None, sampling: Sampling) -> bool:
        known = tokens is not None and self.context is not None
        return known and (tokens or 0) + sampling.max_tokens > (self.context or 0)

    async def _request(self, prompt: Prompt, sampling: Sampling, n: int, seed: int) -> _Answer:
        is_chat = prompt.messages is not None
        body = {"model": self._engine.model, **_body(prompt, sampling), "n": n, "seed": seed}
        path = "/chat/completions" if is_chat else "/completions"
        async with self._free:
            answer = await self._asker.ask(path, body, _read, seed / _SEEDS)
        if len(answer.choices) != n:
            raise UsageError(
                f"the server gave {len(answer.choices)} samples where {n} were asked for",
                where=self._engine.url,
                hint="Set `one_each: true` for a server that knows no `n`.",
            )
        return answer

    def _told_context(self) -> int | None:
        """Returns how long the server says that its model's context is, where it says so."""
        try:
            listed = self._runner.run(self._asker.ask("/models", None, _models))
        except UsageError:  # a server need not list its models
            return None
        longest = listed.get(self._engine.model)
        return longest if isinstance(longest, int) and longest > 0 else None


async def _waited(task: asyncio.Task[_Answer]) -> _Answer:
    return await task


async def _ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _body(prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
    asked: dict[str, Any] = (
        {"prompt": prompt.text}
        if prompt.messages is None
        else {"messages": [dict(message) for message in prompt.messages]}
    )
    asked |= {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
    }
    if sampling.stop:
        asked["stop"] = list(sampling.stop)
    if sampling.regex:
        asked["structured_outputs"] = {"regex": sampling.regex}
    return asked


def _read(answer: Any) -> _Answer:
    """Returns the samples of an answer by their index, and what it says of the prompt's length.

    Raises:
        GarbageError: It is not what the protocol says.
    """
    found = answer.get("choices") if isinstance(answer, dict) else None
    if not isinstance(found, list) or not found:
        raise GarbageError("the answer has no choices")
    by_index = {_index(one, at): _choice(one) for at, one in enumerate(found)}
    if sorted(by_index) != list(range(len(found))):
        raise GarbageError("the choices of the answer are not numbered from 0 on")
    usage = answer.get("usage")
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    known = tokens if isinstance(tokens, int) else None
    return _Answer(known, [by_index[index] for index in range(len(found))])


def _index(choice: Any, at: int) -> Any:
    index = choice.get("index", at) if isinstance(choice, dict) else at
    return index if isinstance(index, int) else -1


def _choice(choice: Any) -> _Choice:
    if not isinstance(choice, dict):
        raise GarbageError("a choice of the answer is no object")
    message = choice.get("message")
    text = message.get("content") if isinstance(message, dict) else choice.get("text")
    if text is None and isinstance(message, dict):
        text = ""
    reason = choice.get("finish_reason")
    if not isinstance(text, str) or not (reason is None or isinstance(reason, str)):
        raise GarbageError("a choice of the answer has no text")
    return _Choice(text, reason)


def _models(answer: Any) -> Mapping[str, Any]:
    listed = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise GarbageError("the answer lists no models")
    return {str(one.get("id")): one.get("max_model_len") for one in listed if isinstance(one, dict)}


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
