"""Merges a LoRA adapter into its base: into what the quantised base stands for, as it was trained."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from curate.errors import InputError, UsageError
from curate.models import LogitDifference, Merge, MergeHow
from curate.runs import code_version, storing
from curate.sampling import LocalTokenizer
from curate.training.adapters import (
    MERGE,
    Adapter,
    is_quantized,
    refuse_other_layers,
    refuse_other_origin,
)
from curate.training.extras import installed
from curate.training.weights import weights_sha256

SHARD = "5GB"
PROBE = (
    "次の症例を読み、もっとも考えられるものを一つ選べ。患者は六十歳の男性で、今朝から胸の痛みが続いている。"
    "心電図と採血の結果を待つあいだに、まず何を確かめるか。理由を述べてから答えよ。 Answer:"
)
"""The text over which logits are compared; invented, and of the kind that the models are asked for."""

PACKAGES = ("bitsandbytes", "peft", "torch", "transformers")
_TOKENIZER = (
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "vocab.*",
    "merges.txt",
    "*.model",
)


@dataclass(frozen=True)
class MergeWork:
    """An adapter, its base, and how the two become one.

    `quantization` has the keys of BitsAndBytesConfig with which the base was loaded in training; None: as
    it is stored (which may be quantised). `dtype` is that of weights that are not quantised; `device` one of
    torch's, or auto to spread the model over all there are.
    """

    base: Path
    adapter: Adapter
    how: MergeHow
    quantization: Mapping[str, Any] | None = None
    dtype: str = "auto"
    device: str = "cpu"


def merged_model(work: MergeWork) -> tuple[Any, LogitDifference]:
    """Returns the merged model in memory, and how far it is from the base with its adapter on.

    Raises:
        InputError: The adapter is of another base, or a folder cannot be loaded.
        SetupError: A library is not installed.
    """
    refuse_other_layers(work.adapter, work.base)
    refuse_other_origin(work.adapter, work.base)
    model = with_adapter(work)
    tokens = _probe(work.base)
    trained = _logits(model, tokens)
    if work.how is MergeHow.DEQUANTIZE_AND_MERGE:
        dtype = model.dtype
        model = _tuned(model.unload().dequantize().to(dtype), work.adapter)
    elif work.how is MergeHow.FULL_PRECISION and work.quantization:
        model = _tuned(_base(work, None), work.adapter)
    merged = model.merge_and_unload(safe_merge=True)
    return merged, _difference(trained, _logits(merged, tokens))


def with_adapter(work: MergeWork) -> Any:
    """Returns the base, quantised as it was, with the adapter on top: the model as it was trained."""
    return _tuned(_base(work, work.quantization), work.adapter)


def write_merge(work: MergeWork, out: Path) -> Merge:
    """Merges, writes weights, tokenizer and merge.json into the folder `out`, whole or not at all.

    Raises:
        UsageError: The folder holds something.
        InputError: The adapter is of another base, or the disk refuses.
    """
    refuse_filled(out)
    merged, difference = merged_model(work)
    told = Merge(
        how=work.how,
        base=work.base.name,
        base_sha256=weights_sha256(work.base),
        adapter=work.adapter.folder.name,
        adapter_sha256=weights_sha256(work.adapter.folder),
        quantization=dict(work.quantization) if work.quantization else None,
        dtype=str(merged.dtype).removeprefix("torch."),
        difference=difference,
        version=code_version(),
        packages={name: metadata.version(name) for name in PACKAGES},
    )
    with _making(out) as folder:
        # what was loaded from 4 bits cannot be written as it was read
        as_read = not is_quantized(work.base)
        merged.save_pretrained(str(folder), max_shard_size=SHARD, save_original_format=as_read)
        for path in _tokenizer_files(work):
            shutil.copyfile(path, folder / path.name)
        (folder / MERGE).write_text(told.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return told


def refuse_filled(out: Path) -> None:
    """Refuses a place for merged weights that is not free.

    Raises:
        UsageError: It is a link, a file, or a folder that holds something.
    """
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise UsageError(
            "there is something already",
            where=str(out),
            hint="Choose another --out, or remove what is there.",
        )


@contextmanager
def _making(out: Path) -> Iterator[Path]:
    """Gives a folder to fill that takes `out`'s place when the block has ended well."""
    folder = out.with_name(f".{out.name}.tmp")
    with storing(out):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
            folder.replace(out)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _base(work: MergeWork, quantized: Mapping[str, Any] | None) -> Any:
    transformers = installed("transformers")
    config = (
        {"quantization_config": transformers.BitsAndBytesConfig(**quantized)} if quantized else {}
    )
    with _loading(work.base):
        return transformers.AutoModelForCausalLM.from_pretrained(
            str(work.base),
            dtype=work.dtype,
            **config,  # None would be taken for a wish, of a base that is stored in 4 bits
            device_map=work.device if work.device == "auto" else {"": work.device},
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
        )


def _tuned(model: Any, adapter: Adapter) -> Any:
    """Returns the model with the adapter on, without the dropout of its training."""
    peft = installed("peft")
    with _loading(adapter.folder):
        config = peft.PeftConfig.from_pretrained(str(adapter.folder))
        config.lora_dropout = 0.0
        return peft.PeftModel.from_pretrained(model, str(adapter.folder), config=config)


@contextmanager
def _loading(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError) as exc:
        reason = str(exc).strip().partition("\n")[0]
        raise InputError(f"cannot be loaded: {reason}", where=str(folder)) from exc


def _probe(base: Path) -> Any:
    tokenizer = LocalTokenizer.load(base)
    return installed("torch").tensor([tokenizer.encode(PROBE)])


def _logits(model: Any, tokens: Any) -> Any:
    """Returns the logits as training sees them: on a CPU, bitsandbytes packs its weights anew to infer."""
    with installed("torch").no_grad():
        return model.train()(input_ids=tokens.to(model.device)).logits.float().cpu()


def _difference(trained: Any, merged: Any) -> LogitDifference:
    apart = (trained - merged).abs()
    same = (trained.argmax(-1) == merged.argmax(-1)).float().mean()
    return LogitDifference(
        tokens=trained.shape[1],
        largest=float(apart.max()),
        mean=float(apart.mean()),
        same_first=float(same),
    )


def _tokenizer_files(work: MergeWork) -> list[Path]:
    """Returns the tokenizer's files: the adapter's, which trained with them, or else the base's."""
    for folder in (work.adapter.folder, work.base):
        found = {path.name: path for one in _TOKENIZER for path in folder.glob(one)}
        if found:
            return list(found.values())
    return []
