"""Engines as actors of Ray: each loads the model once and answers whole shards of prompts, in their order."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from typing import Any

from curate.ahead import in_flight
from curate.batches import batched
from curate.corpus.ray_crew import connected, nodes
from curate.corpus.runner import Runner
from curate.errors import SetupError
from curate.sampling.engine import Answers, Sampler
from curate.sampling.engines.model import ModelEngine
from curate.sampling.engines.vllm import Vllm
from curate.sampling.prompt import Prompt
from curate.sampling.settings import Sampling
from curate.sampling.tokenizer import LocalTokenizer

_TRIES = 3
"""How often Ray starts an engine again whose process or node was lost, and asks it the same again."""
_AHEAD = 2
_REVISION = "the model on a node is another one than here"


@contextmanager
def ray_sampler(engine: ModelEngine, runner: Runner) -> Iterator[Sampler]:
    """Gives a sampler that shares out shards among engines on Ray.

    There is one for each GPU of the cluster, or for so many as an engine takes; without any GPU, one for
    each node.

    Raises:
        SetupError: Ray or the engine is not installed, or no cluster answers.
        InputError: There is no such model on a node.
    """
    with connected(runner.workers, runner.address) as ray:
        number, needs = _shared(nodes(ray), engine)
        actor = ray.remote(max_restarts=_TRIES, max_task_retries=_TRIES, **needs)(_Asked)
        asked = [actor.remote(engine) for _ in range(number)]
        try:
            yield _RaySampler(ray, engine, asked)
        finally:
            for one in asked:
                with suppress(ray.exceptions.RayError):
                    ray.get(one.close.remote())
                ray.kill(one)


def _shared(found: Sequence[dict[str, float]], engine: ModelEngine) -> tuple[int, dict[str, Any]]:
    """Returns how many engines the nodes have room for, and what each of them needs."""
    each = engine.tensor_parallel if isinstance(engine, Vllm) else 1
    gpus = sum(int(node.get("GPU", 0)) // each for node in found)
    if gpus:
        return gpus, {"num_gpus": each}
    working = [int(node["CPU"]) for node in found if node.get("CPU", 0) >= 1]
    return max(1, len(working)), {"num_cpus": min(working, default=1)}


class _Asked:
    """An engine in a process of its own; what it was is loaded again where Ray has to restart it."""

    def __init__(self, engine: ModelEngine) -> None:
        self._engine = engine
        self._stack = ExitStack()
        self._open: Sampler | None = None

    def told(self) -> tuple[str, int | None]:
        """Returns the model's revision on this node, and its context."""
        return self._engine.found_revision(), self._sampler().context

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[Answers]:
        """Returns the answers to a shard of prompts."""
        return list(self._sampler().sample(prompts, sampling))

    def close(self) -> None:
        """Ends what the engine has started."""
        self._stack.close()

    def _sampler(self) -> Sampler:
        if self._open is None:
            self._open = self._stack.enter_context(self._engine.open())
        return self._open


class _RaySampler:
    def __init__(self, ray: Any, engine: ModelEngine, asked: Sequence[Any]) -> None:
        self._ray = ray
        self._engine = engine
        self._asked = asked
        self.tokenizer = LocalTokenizer.load(engine.folder())
        told = [self._got(ref) for ref in [one.told.remote() for one in asked]]
        if any(revision != engine.found_revision() for revision, _ in told):
            raise SetupError(_REVISION, hint="Give every node the same model.")
        self.context: int | None = told[0][1]

    def sample(self, prompts: Iterable[Prompt], sampling: Sampling) -> Iterator[Answers]:
        """Yields the answers to each prompt in turn, a shard at a time, with others asked meanwhile."""
        turns = count()

        def submit(shard: list[Prompt]) -> Any:
            return self._asked[next(turns) % len(self._asked)].sample.remote(shard, sampling)

        shards = batched(prompts, self._engine.shard)
        for _, made in in_flight(submit, shards, len(self._asked) * _AHEAD):
            yield from self._got(made)

    def _got(self, made: Any) -> Any:
        exceptions = self._ray.exceptions
        try:
            return self._ray.get(made)
        except exceptions.RayTaskError as exc:
            raise exc.cause from exc
        except exceptions.RayActorError as exc:
            raise SetupError(
                f"an engine on Ray was lost again and again: {str(exc).partition(chr(10))[0]}",
                hint="Run the same command again: it goes on from here.",
            ) from exc
