"""What is published of a run: cards made of its manifest and its audit, and of nothing else."""

from curate.publishing.card import CARDS, Language, card_metadata, release_card
from curate.publishing.croissant import CROISSANT, without_bytes
from curate.publishing.model_card import model_card
from curate.publishing.notes import read_notes
from curate.publishing.release import Release, ReleaseTable, read_release
from curate.publishing.stage import read_staged, stage_release

__all__ = [
    "CARDS",
    "CROISSANT",
    "Language",
    "Release",
    "ReleaseTable",
    "card_metadata",
    "model_card",
    "read_notes",
    "read_release",
    "read_staged",
    "release_card",
    "stage_release",
    "without_bytes",
]
