"""The grader: named patterns over Japanese and English answers, a strict and a tolerant grade."""

from curate.grading.graded import Graded

__all__ = ["Graded"]
