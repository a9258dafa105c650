"""Worker processes: shards are made in several at once and come back in order, a bounded number ahead."""

import atexit
import gc
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from multiprocessing.queues import SimpleQueue
from typing import Any, Generic, TypeVar, cast

from curate.ahead import in_flight
from curate.errors import SetupError

AHEAD = 2
THREADS = "POLARS_MAX_THREADS"

Job = TypeVar("Job")
Item = TypeVar("Item")
Made = TypeVar("Made")
Post = SimpleQueue[tuple[int | None, bytes]]
"""What each worker process takes one of: the core that it is to keep to, if any, and the packed job."""


def cores() -> int:
    """Returns how many cores this process may use."""
    return len(own_cores())


def own_cores() -> list[int]:
    """Returns the numbers of the cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def keep_to(core: int) -> None:
    """Has this thread, and those that it starts from now on, run on one core alone, if the system lets it."""
    with suppress(OSError):
        os.sched_setaffinity(0, {core})


class Crew(Generic[Job]):
    """Calls functions of a job in several processes; a crew of one is this process."""

    def __init__(self, workers: int, pool: ProcessPoolExecutor | None, post: Post | None) -> None:
        self._workers = workers
        self._pool = pool
        self._post = post
        self.job: Job | None = None

    def give(self, job: Job) -> None:
        """Gives the crew its one job, which every process takes when it has started.

        If there is a process for each core, each takes a core of its own with it.
        """
        self.job = job
        if self._post is not None:
            own = own_cores()
            places: Sequence[int | None] = (
                own if self._workers == len(own) else [None] * self._workers
            )
            packed = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
            post, copies = self._post, [(place, packed) for place in places]
            threading.Thread(target=lambda: [*map(post.put, copies)], daemon=True).start()

    def map(
        self,
        call: Callable[[Job, Item], Made],
        items: Iterable[Item],
        died: Callable[[Job, Item], Made] | None = None,  # noqa: ARG002 (a pool does not say of what)
    ) -> Iterator[Made]:
        """Yields `call(job, item)` for each item, in order; `died` where its worker dies, and this is known.

        Raises:
            SetupError: A worker process died.
        """
        if self._pool is None:
            yield from (call(cast("Job", self.job), item) for item in items)
            return
        pool = self._pool

        def submit(item: Item) -> Future[Made]:
            return pool.submit(_called, call, item)

        try:
            for _, made in in_flight(submit, items, self._workers * AHEAD):
                yield made.result()
        except BrokenProcessPool as exc:
            raise SetupError(
                "a worker process was killed, probably for lack of memory",
                hint="Run the same command with fewer --workers; it goes on from here.",
            ) from exc


@contextmanager
def uncollected() -> Iterator[None]:
    """Keeps the collector from walking what is there already, such as a benchmark's index."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def crew(workers: int, kind: type[Job]) -> Iterator[Crew[Job]]:
    """Gives a crew of `workers` processes, or of this one alone; where the block fails, they are ended.

    The processes start at once and import what a job of this kind needs while it is being made.
    """
    if workers == 1:
        yield Crew(1, None, None)
        return
    spawn = multiprocessing.get_context("spawn")  # Polars cannot be forked
    post: Post = spawn.SimpleQueue()
    pool = ProcessPoolExecutor(workers, spawn, _began, (post, kind))
    with _one_thread_each():
        for _ in range(workers):
            pool.submit(_nothing)
    team: Crew[Job] = Crew(workers, pool, post)
    try:
        yield team
        if team.job is None:
            _end(pool)
    except BaseException:
        _end(pool)
        raise
    pool.shutdown(wait=False)  # the processes end by themselves, while the run is written


def _end(pool: ProcessPoolExecutor) -> None:
    pool.shutdown(wait=False, cancel_futures=True)
    for process in multiprocessing.active_children():
        process.kill()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Has processes that are started in the block use one Polars thread: there is a process for each core."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = "1"
    try:
        yield
    finally:
        os.environ.pop(THREADS)
        if before is not None:
            os.environ[THREADS] = before


_jobs: list[Any] = []
"""In a worker process: its one job."""


def _began(post: Post, kind: type) -> None:  # noqa: ARG001 (to receive a class is to import its module)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    core, job = post.get()
    if core is not None:
        keep_to(core)  # before Polars has threads, which inherit it
    _jobs.append(pickle.loads(job))  # noqa: S301 (made by the main process, and passed in memory)
    gc.freeze()  # a job lives as long as its process: the collector need not walk it
    atexit.register(os._exit, 0)  # nor need it be taken apart, which takes a second


def _nothing() -> None:
    """Is submitted once for each process, so that it starts."""


def _end_with_parent() -> None:
    """Ends a worker whose main process was killed and can no longer end it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _called(call: Callable[[Job, Item], Made], item: Item) -> Made:
    return call(_jobs[0], item)
