"""Where shards are made: in processes of this machine, or on Ray."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal, TypeVar

from curate.corpus.workers import Crew, cores, crew
from curate.errors import UsageError

Job = TypeVar("Job")


@dataclass(frozen=True)
class Runner:
    """How a run's shards are made; what is written does not depend on it.

    `workers` is None for all cores, or all CPUs of a Ray cluster; `address` is that cluster's, None for a
    Ray of one's own on this machine.
    """

    workers: int | None = None
    name: Literal["local", "ray"] = "local"
    address: str | None = None

    def __post_init__(self) -> None:
        """Refuses an address that nobody would use.

        Raises:
            UsageError: There is an address and the runner is not Ray.
        """
        if self.address is not None and self.name != "ray":
            raise UsageError("--ray-address is for --runner ray", hint="Add --runner ray.")

    def connected(self) -> AbstractContextManager[object]:
        """Returns a block in which every crew works on one Ray; locally there is nothing to connect to.

        Raises:
            SetupError: Ray is not installed, or no cluster answers at the address.
        """
        if self.name == "local":
            return nullcontext()
        from curate.corpus.ray_crew import connected  # noqa: PLC0415 (an extra)

        return connected(self.workers, self.address)

    def crew(self, kind: type[Job], *, few: bool) -> AbstractContextManager[Crew[Job]]:
        """Returns a crew for one job; for `few` bytes no processes are started on this machine."""
        if self.name == "local":
            return crew(1 if few else self.workers or cores(), kind)
        from curate.corpus.ray_crew import ray_crew  # noqa: PLC0415 (an extra)

        return ray_crew(self.workers, self.address, kind)

    def told(self) -> dict[str, str | int | None]:
        """Returns the arguments that choose a runner, as a manifest has them; None where nothing is said."""
        named = None if self.name == "local" else self.name
        return {"workers": self.workers, "runner": named, "ray_address": self.address}
