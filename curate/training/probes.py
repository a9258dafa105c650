"""Probes: checks that stop a training before it goes wrong silently; each says what it found."""

import math
from collections.abc import Mapping, Sequence

from curate.errors import GateError
from curate.models import Probe, SampledWith, TokenLengths
from curate.training.recipe import TrainRecipe
from curate.training.weights import Weights

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


def passed(lengths: TokenLengths, dropped: int, max_length: int | None) -> list[Probe]:
    """Returns the probes of lengths and boundaries, which `measured` has checked."""
    room = f"of {max_length:,}" if max_length else "and there is no limit"
    left_out = f"; longer, and left out (data.on_long): {dropped:,}" if dropped else ""
    return [
        Probe(
            probe="nothing is cut",
            passed=True,
            found=f"the longest row has {lengths.longest:,} tokens {room}{left_out}",
        ),
        Probe(
            probe="token boundary",
            passed=True,
            found=f"prompt and completion meet between two tokens in all {lengths.rows:,} rows",
        ),
    ]


def check_sampler(
    recipe: TrainRecipe,
    sampled: SampledWith | None,
    tokenizer: Mapping[str, str | None],
    weights: Weights,
) -> list[Probe]:
    """Checks that the pairs were sampled with the tokenizer, chat template and weights of the reference.

    Raises:
        GateError: They were not, or nobody knows, and the recipe does not say `sampler: unchecked`.
    """
    told = sampled.model_dump() if sampled else {}
    ours = {
        **tokenizer,
        "weights_sha256": weights.base,
        "adapter_sha256": weights.adapter,
    }
    wrong = [_difference(name, told, ours) for name in _COMPARED]
    problem = next((one for one in wrong if one), None)
    if problem is None:
        note = f" (sampled in {told['dtype']}, trained in {weights.precision})"
        return [
            Probe(probe="sampler", passed=True, found="same tokenizer, template, weights" + note)
        ]
    if recipe.data.sampler == "unchecked":
        return [Probe(probe="sampler", passed=False, found=f"data.sampler=unchecked: {problem}")]
    raise GateError(
        f"{problem}: the reference must be the model that sampled the pairs",
        hint="Give that model (--model, --adapter), or sample again with this one; "
        "--set data.sampler=unchecked goes on, and stands in all that is written.",
    )


_COMPARED = {
    "tokenizer_sha256": "tokenizer",
    "chat_template_sha256": "chat template",
    "weights_sha256": "model",
    "adapter_sha256": "adapter",
}


def _difference(
    name: str, told: Mapping[str, str | None], ours: Mapping[str, str | None]
) -> str | None:
    what, found, own = _COMPARED[name], told.get(name), ours.get(name)
    if found == own and (found or told.get("weights_sha256")):
        return None
    if found is None and not told.get("weights_sha256"):
        return f"nobody knows which {what} the pairs were sampled with"
    if found is None:
        return f"the pairs were sampled without the {what} that training starts from"
    return f"the pairs were sampled with another {what}"
