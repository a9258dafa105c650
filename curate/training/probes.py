"""Probes: checks that stop a training before it goes wrong silently; each says what it found."""

import math
from collections.abc import Sequence

from curate.errors import GateError

LN2 = math.log(2)


def check_start(dpo: float, rewards: Sequence[float], tolerance: float) -> None:
    """Checks the first DPO loss: before any weight changes, policy and reference must be one model.

    A reference that moves both sides alike leaves the loss at ln 2, so the rewards are looked at, too: the
    loss changes by half of what a reward does.

    Raises:
        GateError: The loss is not ln 2, or a reward is not 0.
    """
    off = max(abs(dpo - LN2), *(abs(reward) / 2 for reward in rewards))
    if not off <= tolerance:
        shown = ", ".join(f"{reward:.4f}" for reward in rewards)
        raise GateError(
            f"at step 0 the DPO loss is {dpo:.4f} and not ln 2 = {LN2:.4f} (rewards {shown} and not 0): "
            "the reference is not the model that training starts from",
            hint="Give the adapter that the pairs were sampled with as --adapter, and no other reference.",
        )
