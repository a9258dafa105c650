"""The recipe of an evaluation: what a person writes, validated whole before anything is read."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from curate.evaluation.asked import Vignettes
from curate.grading.recipe import shown_paths
from curate.leakage import BenchmarkRef, Language
from curate.models import Method, NonEmpty, Record
from curate.sampling import AnyEngine, Asking, PromptTemplate, Sampling


class Mode(Record):
    """A way to ask: its name, the template for each language, and the longest answer, if it has its own."""

    mode: Annotated[str, Field(min_length=1, max_length=100)]
    ja: PromptTemplate | None = None
    en: PromptTemplate | None = None
    max_tokens: PositiveInt | None = None

    def template(self, language: Language) -> PromptTemplate | None:
        """Returns the template for a language."""
        return self.ja if language == "ja" else self.en


class EvaluationRecipe(Record):
    """A recipe of `evaluate` (`evaluation/1`).

    In a file a mode may be the name of one. Each benchmark is asked in every mode and language that it
    has, `repeats` times with seeds of their own, one sample each. `vignettes` says whether the later
    questions of a series are asked as printed, without the case, or with it. `sections` and `limit` (items
    a benchmark) ask less. `examples` is the file of few-shot examples; without, those beside IgakuQA.
    """

    recipe: Literal["evaluation/1"]
    name: Annotated[str, Field(min_length=1, max_length=100)] = "evaluation"
    seed: NonNegativeInt = 0
    modes: Annotated[list[Mode], Field(min_length=1)]
    languages: Annotated[list[Language], Field(min_length=1)] = ["ja"]
    vignettes: Vignettes = "published"
    method: Method = "generation"
    repeats: Annotated[PositiveInt, Field(le=1000)] = 1
    engine: AnyEngine
    sampling: Sampling = Sampling(n=1, temperature=0)
    benchmarks: Annotated[list[BenchmarkRef], Field(min_length=1)]
    sections: list[NonEmpty] = []
    limit: PositiveInt | None = None
    examples: NonEmpty | None = None

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for key, names in (
            ("benchmarks", [one.name for one in self.benchmarks]),
            ("modes", [one.mode for one in self.modes]),
            ("languages", [str(one) for one in self.languages]),
        ):
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"{key}: {min(twice)!r} stands there twice")
        return self

    @model_validator(mode="after")
    def _one_sample(self) -> Self:
        if self.sampling.n != 1:
            raise ValueError("sampling.n: an answer is one sample; `repeats` asks more often")
        if self.method == "loglikelihood":
            self._refuse_writing()
        return self

    def _refuse_writing(self) -> None:
        if self.repeats > 1:
            raise ValueError("repeats: a likelihood is the same each time")
        if self.engine.engine not in ("vllm", "transformers"):
            raise ValueError(f"method: the engine {self.engine.engine} tells no likelihoods")
        for one in self.modes:
            if any("{explanation}" in part for t in _templates(one) for part in t.completion):
                raise ValueError(
                    f"modes: {one.mode!r} asks for an explanation, and an option's likelihood is wanted"
                )

    def published(self) -> dict[str, Any]:
        """Returns the recipe as data without this machine's folders: every path by its last part."""
        return shown_paths(self.model_dump(mode="json", exclude_none=True))


def _templates(mode: Mode) -> Iterator[Asking]:
    yield from (one for one in (mode.ja, mode.en) if one is not None)
