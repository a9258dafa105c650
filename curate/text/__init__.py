"""Text below sources and leakage: folding that keeps a way back, characters that hide others."""

from curate.text.columns import normalised
from curate.text.fold import VARIANTS, Folded, fold, fold_all, fold_table, folds_between, normalise
from curate.text.judgements import (
    RIGHT_WORDS,
    VERDICT_END,
    VERDICT_WORD,
    Judgement,
    judgement,
    wants_right,
)
from curate.text.plain_yaml import TangledYamlError, refuse_tangles
from curate.text.suspicious import SUSPICIONS, Suspicion, suspicions
from curate.text.visible import visible

__all__ = [
    "RIGHT_WORDS",
    "SUSPICIONS",
    "VARIANTS",
    "VERDICT_END",
    "VERDICT_WORD",
    "Folded",
    "Judgement",
    "Suspicion",
    "TangledYamlError",
    "fold",
    "fold_all",
    "fold_table",
    "folds_between",
    "judgement",
    "normalise",
    "normalised",
    "refuse_tangles",
    "suspicions",
    "visible",
    "wants_right",
]
