"""Recipes for a tiny model, and the command line in this process."""

import contextlib
import io
import json
from pathlib import Path

import pytest
import yaml

from curate.cli import main

RECIPE = {
    "recipe": "train/1",
    "name": "tiny",
    "model": {"name": "model", "dtype": "float32"},
    "devices": {"kind": "cpu"},
    "data": {"on_long": "fail"},
    "trainer": {
        "max_steps": 4,
        "per_device_train_batch_size": 2,
        "gradient_accumulation_steps": 1,
        "learning_rate": 1.0e-3,
        "max_length": 1024,
        "logging_steps": 1,
        "save_steps": 2,
        "gradient_checkpointing": False,
    },
}
LORA = {"r": 4, "lora_alpha": 8, "target_modules": "all-linear"}
NF4 = {
    "load_in_4bit": True,
    "bnb_4bit_quant_type": "nf4",
    "bnb_4bit_use_double_quant": True,
    "bnb_4bit_compute_dtype": "float32",
}


def run(*words):
    """Runs curate; returns its exit code and what it says on stdout as JSON, or as it is."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    text = said.getvalue()
    return ended.value.code, json.loads(text) if text.startswith("{") else text


class Bench:
    """A folder with a tiny model and the demo's corpus and pairs, to train on."""

    def __init__(self, folder):
        self.folder = folder
        self.model = folder / "model"
        self.corpus = folder / "corpus"
        self.pairs = folder / "pairs"

    def recipe(self, stage, name="recipe", **changes):
        """Writes a recipe beside the model; a dict is laid over the one that stands there."""
        told = {**json.loads(json.dumps(RECIPE)), "stage": stage}
        if stage in ("rpo", "dpo"):
            told["data"]["sampler"] = "unchecked"
        for key, value in changes.items():
            mixes = isinstance(value, dict) and isinstance(told.get(key), dict)
            told[key] = {**told[key], **value} if mixes else value
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump({k: v for k, v in told.items() if v is not None}))
        return path

    def train(self, stage, recipe, out, *words):
        """Trains, and returns exit code and result."""
        data = self.pairs if stage in ("rpo", "dpo") else self.corpus
        given = () if "--data" in words else ("--data", data)
        return run(
            "train", stage, "--recipe", recipe, "--out", out, "--format", "json", *given, *words
        )


def metrics_of(out):
    return [json.loads(line) for line in (Path(out) / "metrics.jsonl").read_text().splitlines()]
