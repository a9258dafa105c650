"""Opens an engine where a run works: in this process, or once on each node of a Ray cluster."""

from contextlib import AbstractContextManager

from curate.corpus.runner import Runner
from curate.sampling.engine import Engine, Sampler
from curate.sampling.engines.model import ModelEngine


def opened(engine: Engine, runner: Runner) -> AbstractContextManager[Sampler]:
    """Returns a block with the engine's sampler.

    Only an engine that loads a model itself gains from other nodes: what is recorded is read, and a server
    asked, from here.
    """
    if runner.name == "local" or not isinstance(engine, ModelEngine):
        return engine.open()
    from curate.sampling.ray_sampler import ray_sampler  # noqa: PLC0415 (an extra)

    return ray_sampler(engine, runner)
