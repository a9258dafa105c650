"""The NLL part of RPO on per-token log-probabilities; plain tensor arithmetic, torch is the caller's."""

from collections.abc import Callable, Mapping
from typing import Any

Tensor = Any


def nll_per_sequence(log_probs: Tensor, mask: Tensor) -> Tensor:
    """Returns the mean over sequences of -log pi(w|x) / |w| (Pang et al. 2024, equation 1).

    Args:
        log_probs: Of each token given those before it, (sequences, tokens); any value outside the mask.
        mask: Nonzero where a token is the winner's own, of the same shape.
    """
    own = mask.bool()
    lengths = own.sum(dim=1).clamp(min=1)
    return -(log_probs.masked_fill(~own, 0.0).sum(dim=1) / lengths).mean()


def nll_per_token(log_probs: Tensor, mask: Tensor) -> Tensor:
    """Returns the mean of -log pi over all winners' tokens together, as TRL's loss type `sft` has it."""
    return -log_probs[mask.bool()].mean()


NLL: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "sequence": nll_per_sequence,
    "token": nll_per_token,
}
"""The forms of the NLL part, as a recipe names them."""
