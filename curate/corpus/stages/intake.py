"""The stage before all others: key clashes and rows without text. It is not part of a recipe."""

from typing import ClassVar, Literal

from curate.corpus.stage import CorpusStage

CONFLICT = "id.conflict"


class Intake(CorpusStage):
    """Drops later copies of a row (`duplicate.id`) and empty texts; sets clashing ids aside."""

    stage: Literal["intake"] = "intake"
    sql: ClassVar[str] = "intake.sql"
