"""What watches a training: metrics as they are logged, progress, and a stop that was asked for."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import torch
from transformers import TrainerCallback

from curate.models import MetricsRow

METRICS = "metrics.jsonl"
Progress = Callable[[str, int, int], None]
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether somebody asked the training to end; a second time it ends at once."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Takes Ctrl-C and the end of a machine's time as a wish for a checkpoint, while the block runs."""
        before = {number: signal.signal(number, self._heard) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _heard(self, *_: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


class Watch(TrainerCallback):
    """Writes metrics.jsonl as a training goes, tells progress, and saves and ends when asked to."""

    def __init__(self, stop: Stop, file: Path | None, progress: Progress) -> None:
        self._stop = stop
        self._file = file
        self._progress = progress

    def on_train_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        """Begins the file of metrics anew: with those up to the checkpoint, when one is gone on from."""
        if self._file is not None:
            lines = (
                orjson.dumps(row.model_dump(), option=orjson.OPT_APPEND_NEWLINE)
                for row in rows_of(state)
            )
            self._file.write_bytes(b"".join(lines))

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Tells how far training is; asked to stop, has a checkpoint saved and ends after this step."""
        self._progress("training (steps)", state.global_step, state.max_steps)
        if _any_asked(self._stop.asked, args):
            control.should_save = True
            control.should_training_stop = True

    def on_log(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        """Adds what was logged to the file of metrics."""
        row = row_of(state.log_history[-1])
        if row is not None and self._file is not None:
            with self._file.open("ab") as stream:
                stream.write(orjson.dumps(row.model_dump(), option=orjson.OPT_APPEND_NEWLINE))


def rows_of(state: Any) -> list[MetricsRow]:
    """Returns the logged steps of a trainer's state; its last entry, of times, is none."""
    return [row for entry in state.log_history if (row := row_of(entry))]


def row_of(entry: dict[str, Any]) -> MetricsRow | None:
    """Returns the metrics of a logged step; None for what is no step."""
    return (
        MetricsRow.model_validate(entry) if "loss" in entry and "learning_rate" in entry else None
    )


def _any_asked(asked: bool, args: Any) -> bool:
    """Whether any process was asked to stop: all must end after the same step."""
    if args.world_size == 1:
        return asked
    flag = torch.tensor([int(asked)], device=args.device)
    torch.distributed.all_reduce(flag)
    return bool(flag.item())
