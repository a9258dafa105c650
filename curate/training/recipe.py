"""The recipe of a training: data, model and loss are ours, the rest are the libraries' own keys."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt, model_validator

from curate.models import NonEmpty, Record

Keys = dict[str, Any]
"""Keys of another library's own configuration class, which `training.keys` checks against that class."""


class Stage(StrEnum):
    """What is trained: continued pretraining, supervised fine-tuning, or preferences with and without NLL."""

    CPT = "cpt"
    SFT = "sft"
    RPO = "rpo"
    DPO = "dpo"

    @property
    def prefers(self) -> bool:
        """Whether the stage learns from pairs, against a reference model."""
        return self in (Stage.RPO, Stage.DPO)


class Handling(StrEnum):
    """How an adapter that training starts from becomes the policy, and the reference of rpo and dpo.

    `keep` goes on training it (the reference is a frozen copy of it). The others merge it into the base
    first: into the weights as the quantised base stands for them, then left in that precision
    (`dequantize_and_merge`) or quantised again (`merge_and_requantize`); what is trained is then new.
    """

    KEEP = "keep"
    DEQUANTIZE_AND_MERGE = "dequantize_and_merge"
    MERGE_AND_REQUANTIZE = "merge_and_requantize"


class ModelRef(Record):
    """The model that training starts from: a folder, or the name of one in the local cache of the Hub.

    `dtype` is that of the weights that are not quantised; `auto` is the one that they are stored in.
    """

    name: NonEmpty
    revision: NonEmpty | None = None
    adapter: NonEmpty | None = None
    adapter_handling: Handling = Handling.KEEP
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    attn_implementation: NonEmpty | None = None


class RpoLoss(Record):
    """The NLL part of RPO: its weight, and whether it is a mean over sequences or over tokens.

    `sequence` is Pang et al. (arXiv 2404.19733): each winner's NLL by its own length; `token` is TRL's `sft`
    loss: all winners' tokens of a micro-batch together.
    """

    alpha: NonNegativeFloat = 10.0
    nll: Literal["sequence", "token"] = "sequence"


class DataPolicy(Record):
    """What becomes of rows that cannot be trained on whole, and what must be known of the sampler.

    No text is ever cut: a row longer than the trainer's `max_length` fails the run, or is dropped
    and counted.
    `sampler: same` wants pairs whose tokenizer, chat template and weights are those that training starts
    from; `unchecked` goes on where they are others, or nobody knows, and that stands in all that is written.
    """

    on_long: Literal["fail", "drop"] = "fail"
    sampler: Literal["same", "unchecked"] = "same"


class Devices(Record):
    """The devices that a recipe is written for, a process each; absent, it takes what there is.

    `memory_gb` is that of one device, for the memory estimate where the devices are not at hand.
    """

    kind: Literal["cuda", "cpu"] = "cuda"
    count: PositiveInt = 1
    memory_gb: Annotated[float, Field(gt=0)] | None = None


class TrainRecipe(Record):
    """A recipe of `train` (`train/1`).

    `quantization` has keys of transformers' BitsAndBytesConfig, `lora` of PEFT's LoraConfig, `trainer` of
    TRL's SFTConfig (cpt, sft) or DPOConfig (rpo, dpo). Without `quantization` the weights stay as they are,
    without `lora` all of them are trained.
    """

    recipe: Literal["train/1"]
    name: Annotated[str, Field(min_length=1, max_length=100)] = "train"
    stage: Stage
    seed: NonNegativeInt = 0
    model: ModelRef
    quantization: Keys | None = None
    lora: Keys | None = None
    loss: RpoLoss | None = None
    data: DataPolicy = DataPolicy()
    devices: Devices | None = None
    trainer: Keys = {}

    @model_validator(mode="after")
    def _loss_of_rpo(self) -> Self:
        if self.loss is not None and self.stage is not Stage.RPO:
            raise ValueError(f"loss: it is rpo's; {self.stage.value} has no part with a weight")
        return self

    @model_validator(mode="after")
    def _something_can_be_trained(self) -> Self:
        keeps = self.model.adapter is not None and self.model.adapter_handling is Handling.KEEP
        if self.quantization is not None and self.lora is None and not keeps:
            raise ValueError(
                "lora: quantised weights cannot be trained; give `lora`, or --adapter to go on with one"
            )
        again = self.model.adapter_handling is Handling.MERGE_AND_REQUANTIZE
        if again and self.quantization is None:
            raise ValueError(
                "model.adapter_handling: merge_and_requantize wants `quantization`, to quantise again by"
            )
        return self

    @property
    def rpo(self) -> RpoLoss:
        """The NLL part of rpo, with its defaults where the recipe names none."""
        return self.loss or RpoLoss()

    @property
    def keeps_adapter(self) -> bool:
        """Whether training goes on with the adapter that it is given."""
        return self.model.adapter is not None and self.model.adapter_handling is Handling.KEEP

    @property
    def merges_first(self) -> bool:
        """Whether the adapter that it is given is merged into the base before anything is trained."""
        return self.model.adapter is not None and not self.keeps_adapter

    @property
    def trains_adapter(self) -> bool:
        """Whether an adapter is trained, and not all weights."""
        return self.lora is not None or self.keeps_adapter

    def published(self) -> dict[str, Any]:
        """Returns the recipe as data without this machine's folders: every path by its last part."""
        data = self.model_dump(mode="json", exclude_none=True)
        model = data["model"]
        for key in ("name", "adapter"):
            if key in model and Path(model[key]).is_dir():
                model[key] = Path(model[key]).name
        return data
