"""The job behind `merge`: finds the base, settles how the adapter was trained, and writes merged weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.errors import UsageError
from curate.jobs.outcome import Outcome
from curate.models import MergeHow
from curate.training import ModelRef
from curate.training.adapters import MERGE, Adapter, is_quantized, read_adapter
from curate.training.merge import MergeWork, refuse_filled, write_merge
from curate.training.weights import model_folder

NF4: Mapping[str, Any] = {
    "load_in_4bit": True,
    "bnb_4bit_quant_type": "nf4",
    "bnb_4bit_use_double_quant": True,
    "bnb_4bit_compute_dtype": "bfloat16",
}
"""QLoRA's own quantisation, which the shipped recipes train with."""


@dataclass(frozen=True)
class MergeOptions:
    """What the command line of `merge` says; None where it says nothing."""

    adapter: Path
    base: str | None = None
    how: MergeHow | None = None
    dtype: str = "auto"
    device: str = "cpu"


def merge(options: MergeOptions, out: Path) -> Outcome:
    """Merges an adapter into its base and tells how far the outcome is from what was trained.

    Raises:
        UsageError: Nobody knows how the adapter was trained, or `out` holds something.
        InputError: The adapter cannot be read, or is of another base.
        SetupError: The base, or a library, is not there.
    """
    refuse_filled(out)
    adapter = read_adapter(options.adapter)
    base = model_folder(_base(adapter, options.base))
    how, quantization = _settled(adapter, options.how, stored=is_quantized(base))
    work = MergeWork(base, adapter, how, quantization, options.dtype, options.device)
    told = write_merge(work, out)
    return Outcome(
        title="Adapter merged",
        data={
            "merged": str(out),
            **told.model_dump(mode="json", include={"how", "base", "adapter", "dtype"}),
            "quantized": told.quantization is not None,
            "difference_from_trained": told.difference.model_dump(mode="json"),
            "record": str(out / MERGE),
        },
        hint=f"curate make-pairs --corpus RUN --engine vllm --model {out} --out RUN",
    )


def _base(adapter: Adapter, given: str | None) -> ModelRef:
    if not (given or adapter.base):
        raise UsageError(
            "the adapter names no base model",
            where=str(adapter.folder),
            hint="Give it with --base.",
        )
    revision = None if given else adapter.config.get("revision")
    return ModelRef(name=given or adapter.base, revision=revision)


def _settled(
    adapter: Adapter, how: MergeHow | None, *, stored: bool
) -> tuple[MergeHow, Mapping[str, Any] | None]:
    """Returns how to merge, and with which quantisation the base was loaded in training.

    `stored` says that the base is quantised on the disk already, so that it was loaded as it is.
    """
    try:
        trained = None if stored else adapter.trained_quantization()
    except LookupError:
        if how is None:
            raise UsageError(
                "nothing says whether the adapter was trained on a quantised base",
                where=str(adapter.folder),
                hint="Say it: --how dequantize_and_merge (QLoRA, NF4) or --how full_precision (plain LoRA).",
            ) from None
        return how, NF4 if how.quantizes else None
    quantized = stored or bool(trained)
    if how is None:
        how = MergeHow.DEQUANTIZE_AND_MERGE if quantized else MergeHow.FULL_PRECISION
    if how.quantizes != quantized and not (trained and how is MergeHow.FULL_PRECISION):
        was = "quantised" if quantized else "not quantised"
        raise UsageError(
            f"the base that the adapter was trained on was {was}, so --how {how.value} does not fit",
            where=str(adapter.folder),
            hint="Leave --how out: the adapter is then merged as it was trained.",
        )
    return how, trained
