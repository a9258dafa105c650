"""An engine without a model, whose process dies once where a file says so."""

import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from curate.models import Response
from curate.sampling import ModelEngine


class Echo(ModelEngine):
    """Answers with the prompt's text, turned round; of a prompt that a file in its folder names it dies."""

    engine: Literal["echo"] = "echo"

    def folder(self):
        return Path(self.model)

    def found_revision(self):
        return (self.folder() / "revision").read_text()

    @contextmanager
    def open(self):
        (self.folder() / f"opened-{os.getpid()}").touch()
        yield _Echoes(self)
        (self.folder() / f"closed-{os.getpid()}").touch()


class _Echoes:
    context = 99

    def __init__(self, engine):
        self._engine = engine

    def sample(self, prompts, sampling):
        for prompt in prompts:
            deadly = self._engine.folder() / f"kill@{prompt.question_id}"
            if deadly.exists():
                deadly.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
            yield [
                Response(
                    question_id=prompt.question_id,
                    engine="recorded",
                    index=index,
                    text=f"{sampling.seed}{prompt.text[::-1]}",
                )
                for index in range(sampling.n)
            ]
