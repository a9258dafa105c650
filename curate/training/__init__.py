"""Training on TRL: recipes, losses, probes. torch and its kin are imported where they are needed."""

from curate.training.recipe import (
    DataPolicy,
    Devices,
    Handling,
    ModelRef,
    RpoLoss,
    Stage,
    TrainRecipe,
)
from curate.training.weights import weights_sha256

__all__ = [
    "DataPolicy",
    "Devices",
    "Handling",
    "ModelRef",
    "RpoLoss",
    "Stage",
    "TrainRecipe",
    "weights_sha256",
]
