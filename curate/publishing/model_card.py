"""The card of trained weights: a run's manifest and audit in words, with the metadata that the Hub reads."""

from pathlib import Path
from typing import Any

from markupsafe import Markup

from curate.models import Audit, FileEntry, Manifest
from curate.publishing.templates import front_matter, rendered
from curate.text import visible

TEMPLATE = "model.md.jinja"
_STAGES = {
    "cpt": "continued pretraining",
    "sft": "supervised fine-tuning",
    "rpo": "RPO (DPO with the NLL of the better side)",
    "dpo": "DPO",
}
_TRAINER = (
    "learning_rate",
    "beta",
    "num_train_epochs",
    "max_steps",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "lr_scheduler_type",
    "warmup_steps",
    "optim",
    "weight_decay",
    "max_length",
    "packing",
    "bf16",
    "fp16",
)
"""What the card tells of TRL's settings; the manifest has them all."""


def model_card(manifest: Manifest, audit: Audit | None) -> str:
    """Returns README.md for what a training made: every number in it stands in the manifest or the audit."""
    recipe: dict[str, Any] = manifest.resolved["recipe"]
    stage, trained = recipe["stage"], str(manifest.result["trained"]).strip("/")
    trainer = manifest.result["trainer"]
    context = {
        "front": _front(manifest.resolved["base_name"], stage, trained),
        "name": recipe["name"],
        "stage": _STAGES[stage],
        "trained": trained,
        "base": _last(manifest.resolved["base_name"]),
        "adapter": _last(recipe["model"]["adapter"]) if recipe["model"]["adapter"] else None,
        "recipe": recipe,
        "is_rpo": stage == "rpo",
        "alpha": (recipe["loss"] or {"alpha": 10.0, "nll": "sequence"}) if stage == "rpo" else None,
        "trainer": {key: trainer[key] for key in _TRAINER if trainer.get(key) is not None},
        "manifest": manifest,
        "result": manifest.result,
        "resolved": manifest.resolved,
        "audit": audit,
        "audit_sha256": _sha256(manifest.inputs, "data/audit.json"),
    }
    return rendered(TEMPLATE, context)


def _front(base: str, stage: str, trained: str) -> Markup:
    """Returns the metadata that the Hub reads, as YAML; the base by its name there, or its folder's."""
    tags = ["curate", "jmle", "medical", stage, *(["lora"] if trained == "adapter" else [])]
    data = {
        "base_model": visible(base, keep=""),
        "language": ["ja"],
        "library_name": "peft" if trained == "adapter" else "transformers",
        "pipeline_tag": "text-generation",
        "tags": tags,
    }
    return front_matter(data)


def _last(path: str) -> str:
    return Path(path).name


def _sha256(inputs: list[FileEntry], path: str) -> str | None:
    return next((entry.sha256 for entry in inputs if entry.path == path), None)
