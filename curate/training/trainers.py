"""TRL's trainers, guarded, and RPO on its DPOTrainer. Importing this module imports torch and TRL."""

import math
from pathlib import Path
from typing import Any

import torch
from transformers.trainer_utils import rotate_checkpoints
from trl import DPOTrainer, SFTTrainer

from curate.errors import GateError
from curate.training.checkpoints import Identity, saving, seal
from curate.training.loss import NLL
from curate.training.probes import check_start
from curate.training.recipe import RpoLoss

REFERENCE = "ref"
"""TRL's name of the frozen copy of an adapter that training goes on with."""


class Guarded:
    """What both trainers share: whole checkpoints, a stop before a NaN spreads, nothing sent anywhere."""

    identity: Identity
    start_loss: float | None = None
    """The DPO loss before any weight changed, once it is known."""

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the loss of a micro-batch, its gradients added.

        Raises:
            GateError: The loss is not a finite number; no weight has been changed by it.
        """
        loss = super().training_step(*args, **kwargs)  # type: ignore[misc]
        if not torch.isfinite(loss):
            raise self._not_finite("loss", float(loss))
        return loss

    def _get_grad_norm(self, *args: Any, **kwargs: Any) -> Any:
        norm = super()._get_grad_norm(*args, **kwargs)  # type: ignore[misc]
        scaled = getattr(self, "args").fp16  # noqa: B009 (its scaler expects overflows, and skips them)
        if norm is not None and not scaled and not math.isfinite(float(norm)):
            raise self._not_finite("gradient", float(norm))
        return norm

    def _not_finite(self, what: str, value: float) -> GateError:
        step = getattr(self, "state").global_step + 1  # noqa: B009
        return GateError(
            f"the {what} of step {step} is {value}: training stops before it reaches the weights",
            hint="Lower learning_rate, or train in bf16 or float32; --resume goes on from a checkpoint.",
        )

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Saves a checkpoint, seals it when all of it is there, and only then removes older ones."""
        trainer: Any = self
        step = trainer.state.global_step
        folder = Path(trainer.args.output_dir) / f"checkpoint-{step}"
        limit, trainer.args.save_total_limit = trainer.args.save_total_limit, None
        try:
            with saving(folder, step):
                super()._save_checkpoint(model, trial)  # type: ignore[misc]
        finally:
            trainer.args.save_total_limit = limit
        trainer.accelerator.wait_for_everyone()
        if trainer.args.should_save:
            seal(folder, step, self.identity, self.start_loss)
            rotate_checkpoints(str(folder.parent), limit, trainer.state.best_model_checkpoint)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """Loads a checkpoint in the precision that was trained in, where PEFT would widen an adapter.

        Beside the frozen copy of an adapter, transformers would pass the trained one over.
        """
        trainer: Any = self
        weights = dict(trainer.model.named_parameters())
        precision = {name: weight.dtype for name, weight in weights.items()}
        super()._load_from_checkpoint(resume_from_checkpoint, model)  # type: ignore[misc]
        if REFERENCE in getattr(trainer.model, "peft_config", {}):
            trainer.model.load_adapter(resume_from_checkpoint, "default", is_trainable=True)
            trainer.model.set_adapter("default")
        for name, weight in trainer.model.named_parameters():
            weight.data = weight.data.to(precision[name])

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """Writes none: the card of what was trained is ours."""

    def _send_telemetry(self) -> None:
        """Sends none."""


class TextTrainer(Guarded, SFTTrainer):
    """Continued pretraining and supervised fine-tuning."""


class PairTrainer(Guarded, DPOTrainer):
    """DPO, and RPO: the same with the winners' NLL, as `rpo` says (None: without)."""

    def __init__(self, *args: Any, rpo: RpoLoss | None, **kwargs: Any) -> None:
        self._rpo = rpo
        super().__init__(*args, **kwargs)
        self._match_reference()

    def _match_reference(self) -> None:
        """Gives the frozen copy of an adapter the precision that TRL gives the trained one."""
        for name, weight in self.model.named_parameters():
            if f".{REFERENCE}." in name:
                trained = self.model.get_parameter(name.replace(f".{REFERENCE}.", ".default."))
                weight.data = weight.data.to(trained.dtype)

    def _compute_loss(self, model: Any, inputs: dict[str, Any], return_outputs: Any) -> Any:
        heard = _Heard(model)
        loss = super()._compute_loss(heard, inputs, return_outputs)
        dpo = loss
        if self.aux_loss_enabled:
            dpo = loss - self.router_aux_loss_coef * heard.outputs.aux_loss
        self._note("dpo_loss", dpo)
        if self.model.training and self.state.global_step == 0:
            self._check_start(float(dpo.detach()))
        if self._rpo is None:
            return loss
        mask = inputs["completion_mask"][..., 1:]
        log_probs = heard.outputs.log_probs[:, -mask.size(1) :]
        winners = mask.size(0) // 2
        nll = NLL[self._rpo.nll](log_probs[:winners], mask[:winners])
        self._note("nll_loss", nll)
        return loss + self._rpo.alpha * nll

    def _note(self, name: str, value: Any) -> None:
        """Has a part of the loss logged beside TRL's own numbers, averaged as they are."""
        mode = "train" if self.model.training else "eval"
        mean = self.accelerator.gather(value.detach()).mean().item()
        self._metrics[mode][name].append(mean)

    def _check_start(self, dpo: float) -> None:
        """Checks, before any weight changes, that policy and reference are the same model."""
        rewards = [self._metrics["train"][f"rewards/{side}"][-1] for side in ("chosen", "rejected")]
        check_start(dpo, rewards, self._tolerance())
        self.start_loss = dpo if self.start_loss is None else self.start_loss

    def _tolerance(self) -> float:
        """Returns how far from ln 2 rounding alone may lead: batches of other widths round differently."""
        reduced = self.args.bf16 or self.args.fp16 or self.model.dtype != torch.float32
        return 0.05 if self.precompute_ref_logps and reduced else 0.01


class _Heard:
    """A model that remembers what it last returned: TRL keeps the log-probabilities to itself."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.outputs: Any = None

    def __call__(self, **kwargs: Any) -> Any:
        self.outputs = self._model(**kwargs)
        return self.outputs
