"""The benchmarks of an evaluation: their items in every language, and which of them are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from curate.corpus.frame import shard_frame
from curate.errors import UsageError, did_you_mean
from curate.evaluation import Item, Items
from curate.evaluation.asked import Vignettes, as_asked, in_language
from curate.evaluation.recipe import EvaluationRecipe
from curate.jobs.scored_items import read_items
from curate.leakage import Benchmark, BenchmarkRef, Language
from curate.models import Exclusion, Question

NO_KEY: Final = "item.no_key"
DROPPED: Final = "item.dropped"
UNSCORED: Final = frozenset({NO_KEY, DROPPED})
"""Why an item that nobody can get right or wrong is not asked: its section is whole without it."""
_SHOWN = 8


@dataclass(frozen=True)
class Exam:
    """A benchmark: its items by language, and the ids that are wanted.

    `left_out` are the items of wanted sections that are not asked in any language, with the reason;
    `untranslated` those that there are not in English.
    """

    ref: BenchmarkRef
    benchmark: Benchmark
    items: Mapping[Language, Items]
    wanted: Sequence[str]
    left_out: Mapping[str, str]
    untranslated: frozenset[str] = frozenset()

    @property
    def sections(self) -> list[str]:
        """The sections of which items are wanted."""
        wanted = frozenset(self.wanted)
        here = (one for items in self.items.values() for one in items.by_id.values())
        return list(dict.fromkeys(one.section for one in here if one.question.id in wanted))

    def reasons(self, language: Language) -> dict[str, str]:
        """Returns why items of wanted sections are not asked in a language."""
        return {**self.left_out, **dict.fromkeys(self._lacking(language), "item.no_translation")}

    def rows(self, language: Language, vignettes: Vignettes) -> pl.DataFrame:
        """Returns the wanted items as they are asked, with the columns of kept.parquet."""
        by_id, lacking = self.items[language].by_id, self._lacking(language)
        asked = [
            as_asked(by_id[id_].question, vignettes) for id_ in self.wanted if id_ not in lacking
        ]
        return shard_frame(asked, range(len(asked)))

    def _lacking(self, language: Language) -> frozenset[str]:
        return self.untranslated if language == "en" else frozenset()


def read_exams(recipe: EvaluationRecipe) -> list[Exam]:
    """Returns the benchmarks of a recipe.

    Raises:
        InputError: A benchmark is incomplete.
        UsageError: No benchmark has a section that is asked for.
    """
    exams = [_exam(ref, recipe) for ref in recipe.benchmarks]
    known = [name for exam in exams for items in exam.items.values() for name in _names(items)]
    for section in recipe.sections:
        if section not in known:
            raise UsageError(
                f"no benchmark has a section {section!r}.{did_you_mean(section, known)}",
                hint=f"There are: {', '.join(known[:_SHOWN])}{', …' if len(known) > _SHOWN else ''}.",
            )
    return exams


def _exam(ref: BenchmarkRef, recipe: EvaluationRecipe) -> Exam:
    read, items = read_items(ref)
    by_language: dict[Language, Items] = {}
    untranslated: set[str] = set()
    for language in recipe.languages:
        texts = in_language(read.items, language)
        if texts:
            by_language[language] = _said_in(items, texts)
            untranslated |= items.by_id.keys() - texts.keys()
    here = [item for item in items.by_id.values() if _is_in(item, recipe.sections)]
    scored = [item.question.id for item in here if item.is_scored]
    wanted = scored[: recipe.limit]
    touched = {items.by_id[id_].section for id_ in wanted}
    left_out = {
        item.question.id: _why_not(item)
        for item in here
        if item.section in touched and item.question.id not in set(wanted)
    }
    return Exam(ref, read, by_language, wanted, left_out, frozenset(untranslated))


def _said_in(items: Items, texts: Mapping[str, Question]) -> Items:
    told = {
        id_: item._replace(question=texts.get(id_, item.question))
        for id_, item in items.by_id.items()
    }
    return Items(items.name, told, items.absent_years, items.marks)


def _why_not(item: Item) -> str:
    if item.is_scored:
        return "limit"
    return DROPPED if item.question.exclusion is Exclusion.DROPPED else NO_KEY


def _is_in(item: Item, sections: Sequence[str]) -> bool:
    return not sections or bool({item.section, item.question.section} & set(sections))


def _names(items: Items) -> list[str]:
    """Returns the names by which sections go: as "112-B", and as "B" of every year."""
    letters = {one[0].question.section for one in items.sections.values()}
    return [
        *items.sections,
        *sorted(name for name in letters if name and name not in items.sections),
    ]
