"""RPO's loss against a plain float64 computation, and beside TRL's own form."""

import math
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.training.recipe import RpoLoss

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("default")]

BETA, ALPHA, WORDS = 0.1, 10.0, 40


def _tiny(seed, scale):
    """A policy or a reference of one layer, its logits far from uniform."""
    torch, transformers = import_module("torch"), import_module("transformers")
    torch.manual_seed(seed)
    config = transformers.Qwen2Config(
        vocab_size=WORDS,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        initializer_range=scale,
        pad_token_id=0,
        eos_token_id=1,
    )
    return transformers.Qwen2ForCausalLM(config)


@pytest.fixture(scope="module")
def trainers(tmp_path_factory, bench):
    """Our trainer with either NLL and without, and TRL's own with its loss types; another reference each."""
    trl, datasets = import_module("trl"), import_module("datasets")
    ours = import_module("curate.training.trainers").PairTrainer
    tokenizer = import_module("transformers").AutoTokenizer.from_pretrained(bench.model)
    rows = datasets.Dataset.from_dict({"prompt": ["a"], "chosen": ["b"], "rejected": ["c"]})

    def made(kind, loss_type, loss_weights=None, **more):
        args = trl.DPOConfig(
            output_dir=str(tmp_path_factory.mktemp("out")),
            loss_type=loss_type,
            loss_weights=loss_weights,
            beta=BETA,
            use_cpu=True,
            bf16=False,
            report_to="none",
            gradient_checkpointing=False,
        )
        trainer = kind(
            model=_tiny(0, 0.5),
            ref_model=_tiny(1, 0.5),
            args=args,
            train_dataset=rows,
            processing_class=tokenizer,
            **more,
        )
        trainer.state.global_step = 1  # the probe of the first step is tested elsewhere
        return trainer

    return {
        "sequence": made(ours, ["sigmoid"], rpo=RpoLoss(alpha=ALPHA)),
        "token": made(ours, ["sigmoid"], rpo=RpoLoss(alpha=ALPHA, nll="token")),
        "dpo": made(ours, ["sigmoid"], rpo=None),
        "trl": made(trl.DPOTrainer, ["sigmoid", "sft"], [1.0, ALPHA]),
    }


def _batch(pairs, side):
    """A batch as TRL's collator makes it, padded on either side."""
    torch = import_module("torch")
    rows = [(p, c) for p, c, _ in pairs] + [(p, r) for p, _, r in pairs]
    width = max(len(p) + len(c) for p, c in rows)
    columns = {"input_ids": [], "attention_mask": [], "completion_mask": []}
    for prompt, completion in rows:
        room = [0] * (width - len(prompt) - len(completion))
        ids, mask = prompt + completion, [0] * len(prompt) + [1] * len(completion)
        for name, values in (
            ("input_ids", ids),
            ("attention_mask", [1] * len(ids)),
            ("completion_mask", mask),
        ):
            columns[name].append(room + values if side == "left" else values + room)
    return {name: torch.tensor(values) for name, values in columns.items()}


def _log_prob(model, prompt, completion):
    """Summed log-probability of a completion, a sequence at a time, in float64."""
    torch = import_module("torch")
    with torch.no_grad():
        logits = model(torch.tensor([prompt + completion])).logits[0].double().numpy()
    total = 0.0
    for at, token in enumerate(completion, start=len(prompt)):
        row = logits[at - 1]
        top = max(row)
        total += row[token] - top - math.log(sum(math.exp(one - top) for one in row))
    return total


def _plain(policy, reference, pairs):
    """DPO and NLL of Pang et al., and the token-mean NLL, each as written down."""
    dpo, nll, tokens, total = [], [], 0, 0.0
    for prompt, chosen, rejected in pairs:
        won, lost = (_log_prob(policy, prompt, one) for one in (chosen, rejected))
        margin = won - _log_prob(reference, prompt, chosen)
        margin -= lost - _log_prob(reference, prompt, rejected)
        dpo.append(math.log1p(math.exp(-BETA * margin)))
        nll.append(-won / len(chosen))
        tokens, total = tokens + len(chosen), total - won
    return sum(dpo) / len(dpo), sum(nll) / len(nll), total / tokens


words = st.lists(st.integers(2, WORDS - 1), min_size=1, max_size=12)
batches = st.lists(st.tuples(words, words, words), min_size=1, max_size=4)


@settings(max_examples=25)
@given(batches, st.sampled_from(["left", "right"]))
def test_the_loss_is_that_of_a_plain_computation(trainers, pairs, side):
    batch = _batch(pairs, side)
    found = {}
    for name, trainer in trainers.items():
        model = trainer.model.double().train()
        trainer.ref_model.double().eval()
        found[name] = float(trainer._compute_loss(model, dict(batch), False))
    policy, reference = trainers["dpo"].model.eval(), trainers["dpo"].ref_model
    dpo, nll, token_nll = _plain(policy, reference, pairs)
    assert found["dpo"] == pytest.approx(dpo, abs=1e-4)
    assert found["sequence"] == pytest.approx(dpo + ALPHA * nll, abs=1e-4)
    assert found["token"] == pytest.approx(dpo + ALPHA * token_nll, abs=1e-4)
    assert found["trl"] == pytest.approx(found["token"], abs=1e-4)
    logged = trainers["sequence"]._metrics["train"]
    assert logged["dpo_loss"][-1] == pytest.approx(dpo, abs=1e-4)
    assert logged["nll_loss"][-1] == pytest.approx(nll, abs=1e-4)
    lengths = {len(chosen) for _, chosen, _ in pairs}
    if len(lengths) == 1:
        assert found["trl"] == pytest.approx(found["sequence"], abs=1e-4)


def test_of_unlike_lengths_the_two_forms_differ(trainers):
    pairs = [([3, 4], [5] * 2, [6]), ([3], [7, 8, 9, 10] * 5, [6, 5])]
    batch = _batch(pairs, "right")
    ours, trls = (float(trainers[n]._compute_loss(trainers[n].model, dict(batch), False)) for n in ("sequence", "trl"))
    assert abs(ours - trls) > 0.1
