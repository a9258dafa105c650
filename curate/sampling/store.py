"""Responses, stored a shard of prompts at a time: an interrupted run samples nothing twice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import orjson

from curate.batches import batched
from curate.models import Response
from curate.runs import WorkFolder, json_sha256
from curate.sampling.engine import Answers, Engine, Sampler
from curate.sampling.prompt import Prompt, Skipped
from curate.sampling.settings import Sampling

Progress = Callable[[str, int, int], None]
"""Is told what is done, how much of it, and how much there is."""

_NAME = 32
_MINUTE, _HOUR = 60, 3600
_INSTANT = 1e-9


@dataclass(frozen=True)
class Stored:
    """The responses to all prompts, in the order of the prompts and by index, however often it took."""

    files: Sequence[Path]

    def responses(self) -> Iterator[Response]:
        """Yields the responses, one at a time."""
        return (one for one in self._records() if isinstance(one, Response))

    def skipped(self) -> Iterator[Skipped]:
        """Yields the prompts that turned out to be too long, or have no recorded answer."""
        return (one for one in self._records() if isinstance(one, Skipped))

    def _records(self) -> Iterator[Response | Skipped]:
        for file in self.files:
            yield from _read(file)


@dataclass(frozen=True)
class _Shard:
    name: str
    prompts: Sequence[Prompt]

    @property
    def part(self) -> str:
        """The name of what was stored of it when its run was interrupted."""
        return f"{self.name}.part"


class Pace:
    """Tells how many prompts are answered, how fast, and how long the rest will take."""

    def __init__(
        self, total: int, done: int, progress: Progress, clock: Callable[[], float] = monotonic
    ) -> None:
        self._total = total
        self._done = self._before = done
        self._progress = progress
        self._clock = clock
        self._started = clock()
        progress("sampling", done, total)

    def another(self) -> None:
        """Tells that one more prompt is answered."""
        self._done += 1
        rate = (self._done - self._before) / max(self._clock() - self._started, _INSTANT)
        left = _span((self._total - self._done) / rate)
        self._progress(f"sampling, {rate:.3g} prompts/s, {left} left", self._done, self._total)


def stored_responses(
    work: WorkFolder,
    opened: tuple[Engine, Sampler],
    prompts: Sequence[Prompt],
    sampling: Sampling,
    progress: Progress,
) -> Stored:
    """Samples what the work folder lacks, and returns all responses.

    A shard's name is a hash of its prompts, the settings and the model, so that shards of other ones are
    passed over. Where prompts are sampled one by one, half a shard is kept at an interruption, too.
    """
    engine, sampler = opened
    if len({prompt.question_id for prompt in prompts}) < len(prompts):
        raise ValueError("a question stands twice among the prompts")
    shards = list(_shards(engine, prompts, sampling))
    missing = [shard for shard in shards if not work.lines(shard.name).exists()]
    parts = {shard.name: _part(work, shard) for shard in missing}
    wanted = [p for s in missing for p in s.prompts if p.question_id not in parts[s.name]]
    answers = sampler.sample(wanted, sampling)
    told = Pace(len(prompts), len(prompts) - len(wanted), progress)
    for shard in missing:
        answered = parts.pop(shard.name)
        try:
            for prompt in shard.prompts:
                if prompt.question_id not in answered:
                    answered[prompt.question_id] = _next(answers, prompt)
                    told.another()
        except BaseException:
            if engine.alone and answered:
                work.write_lines(shard.part, _in_order(shard, answered))
            raise
        work.write_lines(shard.name, _in_order(shard, answered))
        work.lines(shard.part).unlink(missing_ok=True)
    return Stored([work.lines(shard.name) for shard in shards])


def _shards(engine: Engine, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[_Shard]:
    state = engine.state()
    for some in batched(prompts, engine.shard):
        key = json_sha256(
            {
                "engine": type(engine).__name__,
                "state": state,
                "sampling": sampling.told(),
                "prompts": [[prompt.question_id, prompt.sha256] for prompt in some],
            }
        )
        yield _Shard(f"responses-{key[:_NAME]}", some)


Answered = dict[str, list[Response | Skipped]]


def _part(work: WorkFolder, shard: _Shard) -> Answered:
    """Returns what an interrupted run stored of a shard, by question."""
    answered: Answered = {}
    file = work.lines(shard.part)
    for one in _read(file) if file.exists() else ():
        answered.setdefault(one.question_id, []).append(one)
    return answered


def _next(answers: Iterator[Answers], prompt: Prompt) -> list[Response | Skipped]:
    found = next(answers, [])
    records: list[Response | Skipped] = [found] if isinstance(found, Skipped) else [*found]
    if not records or any(one.question_id != prompt.question_id for one in records):
        raise RuntimeError(f"the engine has no answer to {prompt.question_id!r} in its turn")
    return records


def _in_order(shard: _Shard, answered: Answered) -> Iterable[Response | Skipped]:
    return (one for p in shard.prompts for one in answered.get(p.question_id, ()))


def _read(file: Path) -> Iterator[Response | Skipped]:
    with file.open("rb") as lines:
        for line in lines:
            record = orjson.loads(line)
            is_skipped = "reason" in record
            yield (Skipped if is_skipped else Response).model_validate(record)


def _span(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < _HOUR else f"{seconds / _HOUR:.1f} h"
