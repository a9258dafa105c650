"""Items as they are asked: in a language, and with or without the case of a series."""

from collections.abc import Mapping, Sequence
from typing import Literal

from curate.leakage import BenchmarkItem, Language
from curate.models import Question

Vignettes = Literal["published", "linked"]


def in_language(items: Sequence[BenchmarkItem], language: Language) -> dict[str, Question]:
    """Returns the items that there are in a language, by id.

    English is the translation that stands beside an item. It has the whole of a series' first question as
    one text, which is the case of the later ones.
    """
    if language == "ja":
        return {one.question.id: one.question for one in items if one.language == "ja"}
    texts = {one.question.id: one.text_en for one in items}
    return {one.question.id: _english(one, texts) for one in items if one.text_en.strip()}


def _english(item: BenchmarkItem, texts: Mapping[str, str]) -> Question:
    question = item.question
    if item.language == "en":
        return question
    begins = question.original_text is not None
    case = None if begins else texts.get(question.vignette_id or "", "").strip() or None
    told = {
        "text": item.text_en,
        "choices": [*item.choices_en],
        "original_text": item.text_en if begins else None,
        "vignette": case,
        "explanation": None,
    }
    return question.model_copy(update=told)


def as_asked(question: Question, vignettes: Vignettes) -> Question:
    """Returns the question with what is shown of its case.

    As published, the first question of a series is printed with the case, and the later ones without. Where
    cases are linked, every one of them shows it. A context of an item's own is always shown.
    """
    case = question.vignette
    if case is None or question.original_text is not None:
        printed = question.original_text if vignettes == "published" else None
        change = {"text": printed, "vignette": None} if printed is not None else {}
    elif vignettes == "linked" or question.vignette_id == question.id:
        change = {"original_text": f"{case}\n{question.text}"}
    else:
        change = {"vignette": None}
    return question.model_copy(update=change)
