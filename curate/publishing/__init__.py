"""What is published of a run: cards made of its manifest and its audit, and of nothing else."""

from curate.publishing.card import release_card
from curate.publishing.model_card import model_card
from curate.publishing.notes import read_notes
from curate.publishing.release import Release, ReleaseTable, read_release
from curate.publishing.stage import read_staged, stage_release

__all__ = [
    "Release",
    "ReleaseTable",
    "model_card",
    "read_notes",
    "read_release",
    "read_staged",
    "release_card",
    "stage_release",
]
