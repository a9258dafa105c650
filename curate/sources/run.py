"""The kept rows of a finished run, with the provenance they had there."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from curate.errors import InputError
from curate.models import Document, Provenance, Question, Status
from curate.runs import MANIFEST, SHARDS, read_manifest
from curate.sources.base import Column, Convert, Source
from curate.sources.files import InputFile
from curate.sources.values import Cells
from curate.sources.years import FieldRule, YearRule

KEPT = "kept.parquet"


class RunSource(Source):
    """A run folder of `build-corpus`, read back through kept.parquet."""

    layout: Literal["run"] = "run"
    year: YearRule = FieldRule(field="year")

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Tells whether the path is a run folder with kept rows.

        Raises:
            InputError: It is a part of a run, which has none before it is joined.
        """
        is_run = (path / MANIFEST).is_file()
        if is_run and (path / SHARDS).is_dir():
            raise InputError(
                "is a part of a run and has no kept rows",
                where=str(path),
                hint="Join the parts first: the command that made it, with --join instead of --shard.",
            )
        return is_run and (path / KEPT).is_file()

    def files(self) -> list[Path]:
        """Returns kept.parquet alone; raises InputError for a run that did not end well."""
        status = read_manifest(Path(self.path)).status
        if status is not Status.DONE:
            raise InputError(
                f"the run is {status.value}, not done",
                where=self.path,
                hint="Run its command again until it is done.",
            )
        return [Path(self.path) / KEPT]

    def left_out(self, files: Iterable[InputFile]) -> list[str]:  # noqa: ARG002 (a run has no others)
        """Returns nothing: the other files of a run are no rows to be read."""
        return []

    def needed_columns(self) -> list[Column]:
        """Returns the columns that only a run's rows have together."""
        return [Column(ours=name, names=(name,)) for name in ("kind", "id", "text", "provenance")]

    def converter(self) -> Convert:
        """Returns the converter; rows do not depend on each other."""
        return _record


def _record(cells: Cells, provenance: Provenance) -> Question | Document:  # noqa: ARG001 (rows bring theirs)
    model = Document if cells["kind"] == "document" else Question
    return model.model_validate({name: cells[name] for name in model.model_fields if name in cells})
