"""The recipe of preference pairs: what a person writes, validated whole before anything is read."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from curate.corpus.stages import Leakage
from curate.grading.policies import AnyPolicy, Hierarchy
from curate.leakage import BenchmarkRef
from curate.models import NonEmpty, Record
from curate.sampling import AnyEngine, PromptTemplate, Sampling


class PairsRecipe(Record):
    """A recipe of `make-pairs` (`pairs/1`).

    `template` is a prompt template; in a file also the name of a shipped one, or a file beside the recipe.
    Few-shot examples are drawn from the corpus by the template's `shots`, or read from the file `examples`.
    `images` says what becomes of questions that show an image. A side that is longer with its prompt than
    `max_length` tokens is left out; `tokenizer` is the folder of the model's tokenizer where the engine does
    not know it. `leakage` are the thresholds for prompts and samples: by default those of the corpus.
    """

    recipe: Literal["pairs/1"]
    name: Annotated[str, Field(min_length=1, max_length=100)] = "pairs"
    seed: NonNegativeInt = 0
    template: PromptTemplate
    examples: NonEmpty | None = None
    engine: AnyEngine
    sampling: Sampling = Sampling()
    policy: AnyPolicy = Hierarchy()
    images: Literal["leave_out", "keep"] = "leave_out"
    max_length: PositiveInt | None = 4096
    tokenizer: NonEmpty | None = None
    max_bad: NonNegativeInt = 0
    benchmarks: list[BenchmarkRef] = []
    leakage: Leakage | None = None

    @model_validator(mode="after")
    def _benchmarks_are_unique(self) -> Self:
        names = [benchmark.name for benchmark in self.benchmarks]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"benchmarks: the name {min(twice)!r} is used twice")
        return self

    def published(self) -> dict[str, Any]:
        """Returns the recipe as data without this machine's folders: every path by its last part."""
        return shown_paths(self.model_dump(mode="json", exclude_none=True))


def shown_paths(data: dict[str, Any]) -> dict[str, Any]:
    """Returns a recipe's data without this machine's folders: every path by its last part."""
    for entry in data["benchmarks"]:
        entry["path"] = Path(entry["path"]).name
    for holder, key in (
        (data, "examples"),
        (data, "tokenizer"),
        (data["engine"], "model"),
        (data["engine"], "adapter"),
        (data["engine"], "tokenizer"),
        (data["engine"], "responses"),
        (data.get("leakage", {}).get("semantic", {}), "model"),
    ):
        if key in holder and _is_path(holder, key):
            holder[key] = Path(holder[key]).name
    return data


def _is_path(holder: dict[str, Any], key: str) -> bool:
    """Whether a value names a place on this machine: a model may also have the name of one on a hub."""
    return key != "model" or Path(holder[key]).is_dir()
