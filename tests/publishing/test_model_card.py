"""The card of trained weights: from the manifest alone, readable by the Hub, and closed to hostile names."""

import re

import pytest
import yaml

from curate.models import Audit, FileEntry, Manifest, Status
from curate.publishing import model_card

HASH = "ab" * 32
AUDIT = Audit.model_validate(
    {
        "verdict": "pass",
        "content_sha256": "cd" * 32,
        "rows": 1234,
        "benchmarks": [
            {
                "name": "held-out",
                "years": [2018, 2022],
                "sha256": HASH,
                "items_expected": 20,
                "items_indexed": 20,
                "items_undetermined": 1,
            }
        ],
        "counts": {},
        "power": {
            "recall": 0.987,
            "low": 0.95,
            "high": 0.999,
            "false_positive_rate": 0.0,
            "by_disguise": [],
        },
        "recipe_sha256": HASH,
        "version": "0.1.0",
    }
)


def _manifest(stage="rpo", name="rpo-72b", model="Qwen/Qwen2.5-72B", **result):
    recipe = {
        "name": name,
        "stage": stage,
        "model": {"name": model, "revision": "main", "adapter": "/runs/cpt/adapter"},
        "quantization": {"load_in_4bit": True},
        "lora": {"r": 64, "lora_alpha": 128},
        "loss": {"alpha": 10.0, "nll": "sequence"} if stage == "rpo" else None,
    }
    told = {
        "trained": "adapter/",
        "rows": 4321,
        "tokens": 98765,
        "dropped": 3,
        "steps": 77,
        "loss": 12.5,
        "dpo_loss": 0.61,
        "nll_loss": 1.19,
        "start_dpo_loss": 0.693147,
        "weights_sha256": "12" * 32,
        "data_sha256": "cd" * 32,
        "probes": {"reference": "the DPO loss before the first step is 0.693147"},
        "trainer": {"learning_rate": 5e-6, "beta": 0.1, "max_length": 3072, "save_steps": 50},
    }
    return Manifest(
        command=f"train {stage}",
        status=Status.DONE,
        fingerprint=HASH,
        arguments={},
        resolved={
            "recipe": recipe,
            "base_name": model,
            "weights": {"base": "34" * 32, "adapter": "56" * 32, "handling": "keep"},
            "unaudited": None,
            "processes": 2,
            "libraries": {"trl": "1.16.0", "torch": "2.13.0"},
        },
        recipe_sha256="78" * 32,
        inputs=[FileEntry("data/pairs.parquet", HASH), FileEntry("data/audit.json", "9a" * 32)],
        seed=7,
        version="0.1.0+deadbeef",
        code_sha256=HASH,
        result=told | result,
    )


def _front(card):
    return yaml.safe_load(card.split("---\n")[1])


def test_it_names_data_audit_recipe_base_and_versions():
    card = model_card(_manifest(), AUDIT)
    for said in (
        "**Not for clinical use.**",
        "RPO (DPO with the NLL of the better side) of `Qwen2.5-72B`",
        f"`{'cd' * 32}`",
        f"| audit.json (SHA-256) | `{'9a' * 32}` |",
        "| Audit of the data against held-out exams | `pass`, of 1,234 rows |",
        "20 of 20 items indexed, 1 too short to check",
        "98.7% (95% interval 95.0% to 99.9%)",
        f"seed 7 (SHA-256 `{'78' * 32}`)",
        "4,321 (98,765 tokens; 3 rows were too long and left out)",
        "| α, the weight of the NLL | 10.0, by `sequence` |",
        "| `beta` | `0.1` |",
        "| `learning_rate` | `5e-06` |",
        "| `lora.r` | `64` |",
        "0.693147 (ln 2 = 0.6931",
        "`1.16.0`",
        "`0.1.0+deadbeef`",
    ):
        assert said in card, said
    assert "save_steps" not in card
    assert "/runs/" not in card


def test_its_metadata_is_what_the_hub_reads():
    front = _front(model_card(_manifest(), AUDIT))
    assert front["base_model"] == "Qwen/Qwen2.5-72B"
    assert front["library_name"] == "peft"
    assert "rpo" in front["tags"]
    whole = model_card(_manifest("cpt", model="tiny", trained="model/"), AUDIT)
    assert _front(whole)["base_model"] == "tiny"
    assert _front(whole)["library_name"] == "transformers"
    assert "α" not in whole


def test_without_a_passing_audit_it_says_so():
    manifest = _manifest()
    resolved = manifest.resolved | {"unaudited": "the audit of the pairs is no pass: fail"}
    card = model_card(manifest.model_copy(update={"resolved": resolved}), None)
    assert "**none that counts**: `the audit of the pairs is no pass: fail`" in card
    assert "Held-out exam" not in card


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "a`b|c\nd", "---\nlicense: mit", "x\u202ey"]
)
def test_hostile_names_stay_names(name):
    card = model_card(_manifest(name=name, model=f"who/{name}"), AUDIT)
    assert set(_front(card)) == {"base_model", "language", "library_name", "pipeline_tag", "tags"}
    body = card.split("---\n", 2)[2]
    assert "\u202e" not in body
    assert "<script>" not in re.sub(r"`[^`\n]*`", "", body)
    assert not [line for line in body.splitlines() if line.startswith("license")]


@pytest.mark.models
def test_the_hubs_own_reader_takes_it():
    hub = pytest.importorskip("huggingface_hub")
    card = hub.ModelCard(model_card(_manifest(), AUDIT))
    assert card.data.base_model == "Qwen/Qwen2.5-72B"
    assert card.data.to_dict()["library_name"] == "peft"
    assert "Not for clinical use" in card.text
