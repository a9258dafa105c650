"""RPO written down plainly in float64; as a program, a table beside our trainer's losses and TRL's."""

import math
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from curate.training.recipe import RpoLoss

BETA, ALPHA, WORDS = 0.1, 10.0, 40
LENGTHS = ((4, 4), (4, 8), (4, 40), (2, 100), (4, 40, 4, 4))


def tiny(seed, words=WORDS):
    """A policy or a reference of one layer, its logits far from uniform."""
    torch, transformers = import_module("torch"), import_module("transformers")
    torch.manual_seed(seed)
    config = transformers.Qwen2Config(
        vocab_size=words,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        initializer_range=0.5,
        pad_token_id=0,
        eos_token_id=1,
    )
    return transformers.Qwen2ForCausalLM(config)


def trainers(tokenizer, folder):
    """Our trainer with either NLL and without, and TRL's own; the reference is another model."""
    trl, datasets = import_module("trl"), import_module("datasets")
    ours = import_module("curate.training.trainers").PairTrainer
    rows = datasets.Dataset.from_dict({"prompt": ["a"], "chosen": ["b"], "rejected": ["c"]})

    def made(kind, loss_type, loss_weights=None, **more):
        args = trl.DPOConfig(
            output_dir=str(folder),
            loss_type=loss_type,
            loss_weights=loss_weights,
            beta=BETA,
            use_cpu=True,
            bf16=False,
            report_to="none",
            disable_tqdm=True,
            gradient_checkpointing=False,
        )
        trainer = kind(
            model=tiny(0),
            ref_model=tiny(1),
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


def losses(made, pairs, side):
    """Each trainer's loss of the pairs, padded on a side."""
    batch = batch_of(pairs, side)
    return {name: _loss(trainer, batch) for name, trainer in made.items()}


def _loss(trainer, batch):
    return trainer._compute_loss(trainer.model.train(), dict(batch), False).item()


def batch_of(pairs, side):
    """A batch as TRL's collator makes it, padded on either side."""
    torch = import_module("torch")
    rows = [(p, c) for p, c, _ in pairs] + [(p, r) for p, _, r in pairs]
    width = max(len(p) + len(c) for p, c in rows)
    columns = {"input_ids": [], "attention_mask": [], "completion_mask": []}
    for prompt, completion in rows:
        room = [0] * (width - len(prompt) - len(completion))
        for name, values in (
            ("input_ids", prompt + completion),
            ("attention_mask", [1] * (len(prompt) + len(completion))),
            ("completion_mask", [0] * len(prompt) + [1] * len(completion)),
        ):
            columns[name].append(room + values if side == "left" else values + room)
    return {name: torch.tensor(values) for name, values in columns.items()}


def log_prob(model, prompt, completion):
    """Summed log-probability of a completion under a float64 model."""
    torch = import_module("torch")
    with torch.no_grad():
        logits = model(torch.tensor([prompt + completion])).logits[0].numpy()
    total = 0.0
    for at, token in enumerate(completion, start=len(prompt)):
        row = logits[at - 1]
        top = max(row)
        total += row[token] - top - math.log(sum(math.exp(one - top) for one in row))
    return total


def plain(pairs):
    """DPO and NLL of Pang et al., and TRL's token mean, each as written down."""
    policy, reference = tiny(0).double().eval(), tiny(1).double().eval()
    dpo, nll, tokens, total = [], [], 0, 0.0
    for prompt, chosen, rejected in pairs:
        won, lost = (log_prob(policy, prompt, one) for one in (chosen, rejected))
        margin = won - log_prob(reference, prompt, chosen)
        margin -= lost - log_prob(reference, prompt, rejected)
        dpo.append(max(0.0, -BETA * margin) + math.log1p(math.exp(-abs(BETA * margin))))
        nll.append(-won / len(chosen))
        tokens, total = tokens + len(chosen), total - won
    return sum(dpo) / len(dpo), sum(nll) / len(nll), total / tokens


def main():
    """Prints the losses of batches whose winners have some lengths."""
    torch, transformers = import_module("torch"), import_module("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(sys.argv[1])
    generator = torch.Generator().manual_seed(7)

    def words(length):
        return torch.randint(2, WORDS, (length,), generator=generator).tolist()

    with tempfile.TemporaryDirectory() as folder:
        made = trainers(tokenizer, Path(folder))
    lines = ["| winners, tokens | float64 | ours | ours, `nll: token` | TRL `sigmoid` + `sft` |"]
    lines.append("|---|---:|---:|---:|---:|")
    for lengths in LENGTHS:
        pairs = [(words(5), words(length), words(6)) for length in lengths]
        dpo, nll, _ = plain(pairs)
        found = losses(made, pairs, "right")
        shown = [dpo + ALPHA * nll, found["sequence"], found["token"], found["trl"]]
        cells = [", ".join(map(str, lengths)), *(f"{one:.4f}" for one in shown)]
        lines.append(f"| {' | '.join(cells)} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
