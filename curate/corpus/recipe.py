"""The corpus recipe: what a person writes, validated whole before anything is read."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, NonNegativeInt, model_validator

from curate.corpus.sft import SftTemplate
from curate.corpus.stages import AnyStage, Leakage
from curate.errors import did_you_mean
from curate.leakage import BenchmarkRef
from curate.models import Record
from curate.models.question import Year
from curate.sources import AnySource


class CorpusRecipe(Record):
    """A recipe of `build-corpus` (`corpus/1`) or `audit` (`audit/1`)."""

    recipe: Literal["corpus/1", "audit/1"]
    name: Annotated[str, Field(min_length=1, max_length=100)] = "corpus"
    seed: int = 0
    sources: Annotated[list[AnySource], Field(min_length=1)]
    max_year: Year | None = None
    applies_to: list[str] | None = None
    max_bad: NonNegativeInt = 0
    benchmarks: list[BenchmarkRef] = []
    stages: list[AnyStage]
    sft: SftTemplate | None = None
    """What sft.parquet is made with; in a recipe also a template's name or file."""

    @model_validator(mode="after")
    def _applies_to_known_sources(self) -> Self:
        if self.applies_to is not None:
            known = {alias for source in self.sources for alias in aliases(source)}
            for name in self.applies_to:
                if name not in known:
                    raise ValueError(
                        f"applies_to: no source {name!r}; there are {', '.join(sorted(known))}."
                        f"{did_you_mean(name, known)}"
                    )
        return self

    @model_validator(mode="after")
    def _sft_of_a_corpus(self) -> Self:
        if self.sft is not None and self.recipe != "corpus/1":
            raise ValueError("sft: an audit keeps no rows to write")
        return self

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for what, names in (
            ("sources", [source.name for source in self.sources]),
            ("benchmarks", [benchmark.name for benchmark in self.benchmarks]),
        ):
            twice = {name for name in names if name is not None and names.count(name) > 1}
            if twice:
                raise ValueError(f"{what}: the name {min(twice)!r} is used twice")
        return self

    @property
    def leakage(self) -> Leakage | None:
        """The leakage stage, if the recipe has one."""
        return next((stage for stage in self.stages if isinstance(stage, Leakage)), None)

    def applied_names(self) -> frozenset[str] | None:
        """Returns the names of the sources that the year filter looks at; None means all."""
        if self.applies_to is None:
            return None
        asked = set(self.applies_to)
        return frozenset(s.name for s in self.sources if s.name and asked & aliases(s))

    def published(self) -> dict[str, Any]:
        """Returns the recipe as data without this machine's folders: every path by its last part."""
        data = self.model_dump(mode="json", exclude_none=True)
        for entry in (*data["sources"], *data["benchmarks"]):
            entry["path"] = Path(entry["path"]).name
        for stage in data["stages"]:
            if "model" in stage.get("semantic", {}):
                stage["semantic"]["model"] = Path(stage["semantic"]["model"]).name
        return data


def aliases(source: AnySource) -> set[str]:
    """Returns the words that name a source in `applies_to`: its name, its file or folder, their stem."""
    path = Path(source.path)
    return {name for name in (source.name, path.name, path.name.split(".")[0]) if name}
