"""What is published of a run: cards made of its manifest and its audit, and of nothing else."""

from curate.publishing.model_card import model_card

__all__ = ["model_card"]
