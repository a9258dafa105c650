"""Workers on Ray, here or on a cluster: Ray places the calls, and tries again what a lost worker had."""

import gc
import logging
import os
import pickle
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar, cast
from uuid import uuid4

from curate.ahead import in_flight
from curate.corpus.workers import AHEAD, THREADS, Crew, cores, keep_to, own_cores
from curate.errors import CurateError, SetupError, UsageError

_PATIENCE = 10
"""Seconds to wait for a cluster's head to answer; Ray itself would try for many minutes."""
_AUTO = "auto"
_AGAIN = "Run the same command again: it goes on from here."

Job = TypeVar("Job")
Item = TypeVar("Item")
Made = TypeVar("Made")


class _Working(Protocol):
    """A job with a folder for its files, which all nodes share."""

    @property
    def work(self) -> "_Folder": ...


class _Folder(Protocol):
    @property
    def path(self) -> Path: ...


class _Ticket(NamedTuple):
    """What a node is checked by: the code and packages of the driver, and a file in the run folder.

    `apart` says that each worker process keeps to a core of its own.
    """

    code: tuple[str, dict[str, str]]
    mark: Path
    apart: bool


class _Ready(NamedTuple):
    """Ray, connected to, and how many workers a crew has there; `apart` as for a ticket."""

    ray: Any
    workers: int
    apart: bool


class RayCrew(Crew[Job]):
    """Calls functions of a job as tasks of Ray, which tries a call again whose worker or node dies."""

    def __init__(self, ready: "Future[_Ready]") -> None:
        super().__init__(1, None, None)
        self._ready = ready
        self._ray: Any = None
        self._task: Any = None
        self._ticket: _Ticket | None = None
        self._package: list[Any] = []

    def give(self, job: Job) -> None:
        """Puts the job into Ray's object store, once; each worker process takes it from there.

        Raises:
            SetupError: Ray is not installed, or no cluster answers at the address.
            UsageError: The address is none.
        """
        self.job = job
        self._ray, self._workers, apart = self._ready.result()
        self._task = self._ray.remote(_worked)
        mark = cast("_Working", job).work.path / f"{uuid4().hex}.seen"
        mark.touch()
        self._ticket = _Ticket(_own_code(), mark.absolute(), apart)
        self._package = [self._ray.put(pickle.dumps(job, pickle.HIGHEST_PROTOCOL))]

    def map(
        self,
        call: Callable[[Job, Item], Made],
        items: Iterable[Item],
        died: Callable[[Job, Item], Made] | None = None,
    ) -> Iterator[Made]:
        """Yields `call(job, item)` for each item, in order; `died` is called where every try's worker died.

        Raises:
            SetupError: Workers died and there is no `died`, or a node lacks the run folder or this code.
        """

        def submit(item: Item) -> Any:
            return self._submitted(call, item)

        exceptions = self._ray.exceptions
        for item, made in in_flight(submit, items, self._workers * AHEAD):
            try:
                yield self._got(made)
            except (exceptions.WorkerCrashedError, exceptions.OutOfMemoryError) as exc:
                if died is None:
                    raise _killed(exc) from exc
                yield self._salvaged(died, item)

    def _salvaged(self, died: Callable[[Job, Item], Made], item: Item) -> Made:
        exceptions = self._ray.exceptions
        try:
            return cast("Made", self._got(self._submitted(died, item)))
        except (exceptions.WorkerCrashedError, exceptions.OutOfMemoryError) as exc:
            raise _killed(exc) from exc

    def _submitted(self, call: Callable[[Job, Item], Made], item: Item) -> Any:
        called = pickle.dumps((call, item), pickle.HIGHEST_PROTOCOL)
        return self._task.remote(self._ticket, self._package, called)

    def _got(self, made: Any) -> Any:
        """Returns what a task made, or raises what it raised."""
        try:
            return self._ray.get(made)
        except self._ray.exceptions.RayTaskError as exc:
            raise exc.cause from exc


@contextmanager
def connected(workers: int | None, address: str | None) -> Iterator[Any]:
    """Gives Ray, connected to a cluster or started on this machine; within such a block, the same again.

    Raises:
        SetupError: Ray is not installed, or no cluster answers at the address.
        UsageError: The address is none.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray = _installed()
    if ray.is_initialized():
        yield ray
        return
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address is not None:
        _refuse_unreachable(address)
        with _told(address):
            ray.init(address=address, **quiet)
        try:
            yield ray
        finally:
            ray.shutdown()
        return
    folder = tempfile.mkdtemp(prefix="curate-ray-", dir="/tmp")
    try:
        with _told("this machine"):
            ray.init(
                address="local",
                num_cpus=workers or cores(),
                include_dashboard=False,
                _temp_dir=folder,
                **quiet,
            )
        yield ray
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def ray_crew(workers: int | None, address: str | None, kind: type[Job]) -> Iterator[Crew[Job]]:
    """Gives a crew on Ray, which need not be there yet; without `workers` it has one for each CPU there."""
    session = ExitStack()

    def ready() -> _Ready:
        ray = session.enter_context(connected(workers, address))
        cpus = max(1, int(ray.cluster_resources().get("CPU", 1)))
        warm_up = ray.remote(_imported)
        for _ in range(workers or cpus):
            warm_up.remote(pickle.dumps(kind))
        return _Ready(ray, workers or cpus, apart=address is None and cpus == cores() > 1)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end_in_order)  # as Ray does where the main thread connects
    # One thread connects and leaves: a Ray of one's own dies with the thread that started it.
    with ThreadPoolExecutor(1, "ray") as beside:
        try:
            yield RayCrew(beside.submit(ready))
        finally:
            beside.submit(session.close).result()


def _end_in_order(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def nodes(ray: Any) -> list[dict[str, float]]:
    """Returns what each living node of the cluster has, by Ray's names."""
    return [node["Resources"] for node in ray.nodes() if node["Alive"]]


_jobs: dict[Path, Any] = {}
"""In a worker process: its one job, by the mark of its ticket."""


def _imported(kind: bytes) -> None:
    """Is a task for each CPU before all others: it imports what such a job needs, while one is being made."""
    os.environ[THREADS] = "1"
    pickle.loads(kind)  # noqa: S301 (made by the driver)


def _worked(ticket: _Ticket, package: list[Any], called: bytes) -> Any:
    """Is the task: nothing of a run is unpacked before Polars is told to use one thread."""
    os.environ[THREADS] = "1"  # a task has one CPU
    try:
        job = _taken(ticket, package)
        call, item = pickle.loads(called)  # noqa: S301 (made by the driver)
        return call(job, item)
    except CurateError as exc:
        exc.where = f"{exc.where} (on node {socket.gethostname()})".lstrip()
        raise


def _taken(ticket: _Ticket, package: list[Any]) -> Any:
    if ticket.mark not in _jobs:
        _refuse_stranger(ticket)
        if ticket.apart:
            _keep_to_free_core(ticket.mark)
        _jobs.clear()
        _jobs[ticket.mark] = pickle.loads(_installed().get(package[0]))  # noqa: S301 (made by the driver)
        gc.freeze()  # a job lives as long as its process: the collector need not walk it
    return _jobs[ticket.mark]


def _keep_to_free_core(mark: Path) -> None:
    """Has this process run on a core that no other has claimed, by a file beside the mark; or on any."""
    for core in own_cores():
        with suppress(FileExistsError):
            mark.with_suffix(f".{core}").touch(exist_ok=False)
            keep_to(core)
            return


def _refuse_stranger(ticket: _Ticket) -> None:
    """Refuses a node that does not see the run folder, or would make other bytes."""
    if not ticket.mark.exists():
        raise SetupError(
            "a node does not see the run folder",
            where=str(ticket.mark.parent),
            hint="Give an --out (and sources) on a file system that all nodes of the cluster share.",
        )
    own = _own_code()
    if own != ticket.code:
        packages = [name for name, version in own[1].items() if ticket.code[1][name] != version]
        raise SetupError(
            f"a node has another version of {packages[0] if packages else 'curate'}",
            hint="Install the same jmle-curate, with the same packages, on every node.",
        )


def _own_code() -> tuple[str, dict[str, str]]:
    from curate.runs import code_sha256, package_versions  # noqa: PLC0415 (they import Polars)

    return code_sha256(), package_versions()


def _installed() -> Any:
    try:
        import ray  # noqa: PLC0415 (an extra)
    except ImportError as exc:
        raise SetupError(
            "Ray is not installed", hint="pip install 'jmle-curate[scale]' (see docs/ray.md)."
        ) from exc
    return ray


def _refuse_unreachable(address: str) -> None:
    if address == _AUTO:
        return
    host, _, port = address.rpartition(":")
    if not (host and port.isdigit()) or "/" in host:
        raise UsageError(
            f"--ray-address wants HOST:PORT of the cluster's head, or {_AUTO}; got {address!r}"
        )
    try:
        socket.create_connection((host, int(port)), _PATIENCE).close()
    except (OSError, OverflowError) as exc:
        raise _no_cluster(address, str(exc)) from exc


@contextmanager
def _told(address: str) -> Iterator[None]:
    try:
        yield
    except (ConnectionError, RuntimeError, ValueError) as exc:
        raise _no_cluster(address, str(exc).strip().partition("\n")[0]) from exc


def _no_cluster(address: str, why: str) -> SetupError:
    return SetupError(
        f"no Ray cluster can be used at {address}: {why}",
        hint="Start one (`ray start --head --port=6379`) and run this on one of its nodes; or leave out "
        "--ray-address to use this machine alone.",
    )


def _killed(error: Exception) -> SetupError:
    why = str(error).strip().partition("\n")[0]
    return SetupError(f"a worker of Ray was killed again and again: {why}", hint=_AGAIN)
