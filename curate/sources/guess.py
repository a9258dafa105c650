"""Which column of a file is which of ours: by name, and by what its values look like."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, get_args

from curate.sources.looks import MOST, Looks
from curate.sources.options import KeyForm
from curate.sources.questions import OurField
from curate.sources.values import Cells, folded

_NAMES = {
    "id": "id problem_id question_id qid _id uid uuid doc_id no 問題番号 番号",
    "text": "text problem_text question stem question_text body content passage prompt 問題文 問題 設問 本文",
    "choices": "choices options candidates 選択肢",
    "answers": "answers answer answer_idx answer_index answer_key correct correct_answer correct_option "
    "key label gold target cop 正解 正答 解答 答え",
    "explanation": "explanation rationale explain solution comment exp 解説",
    "exam": "exam 試験回 回",
    "section": "section 区分",
    "year": "year exam_year 実施年 年",
    "published": "published publication_date published_at pub_date date created created_at written updated "
    "公開日 発行日 掲載日 更新日",
}
"""Our names, and those that others give to the same; the surest first."""

_CHATS = frozenset(
    [
        "messages",
        "conversations",
        "conversation",
        "chosen",
        "rejected",
        "completion",
        "instruction",
        "output",
    ]
)
_INDEXES = frozenset(["answer_idx", "answer_index", "label", "cop", "target", "gold"])
_DOCUMENT = ("id", "text", "year")
_NEAR = 0.75  # as near as a column is refused for
_SHOWN, _NAME_SHOWN = 20, 40


@dataclass(frozen=True)
class Guess:
    """The keys of a source's entry in a recipe, why they are so, and what a person should look at."""

    layout: str
    keys: Mapping[str, Any] = field(default_factory=dict)
    reasons: Sequence[str] = ()
    doubts: Sequence[str] = ()


def guess(rows: Sequence[Cells]) -> Guess:
    """Returns what the rows of a file seem to mean."""
    return _Guesser(Looks(rows)).guess()


class _Guesser:
    """What was found so far: the file's columns by our names, and why."""

    def __init__(self, looks: Looks) -> None:
        self.looks = looks
        self.found: dict[str, str | list[str]] = {}
        self.key: KeyForm = "letters"
        self.reasons: list[str] = []
        self.doubts: list[str] = []

    def guess(self) -> Guess:
        """Returns the guess; questions have options or a key, documents an id and a text."""
        looks = self.looks
        self._find_choices()
        self._find_key()
        is_question = bool(self.found)
        self._by_name("explanation", looks.is_text)
        self._by_name("id", looks.is_id)
        self._by_name("year", looks.is_year)
        self._by_name("published", looks.is_date)
        chats = [name for name in self._free() if folded(name).lower() in _CHATS]
        self._by_name("text", looks.is_text)
        self._by_look("text", _longest, "its texts are the longest")
        self._by_look("id", _unique, "no two of the first rows share a value")
        if not {"id", "text"} <= self.found.keys() or (chats and not is_question):
            return self._texts(chats)
        return self._questions() if is_question else self._documents()

    def _questions(self) -> Guess:
        self._by_name("exam", self.looks.is_word)
        self._by_name("section", self.looks.is_text)
        absent = {
            "answers": "no column was found to be the key: rows have none",
            "choices": "no column was found to hold options: rows have none",
            "year": "no column was found to be the year: with a max_year rows drop as year.unknown, unless "
            "the exam's number tells it (year: {exam_plus: 1906}) or all have one (year: {year: 2015})",
        }
        self.doubts += [doubt for ours, doubt in absent.items() if ours not in self.found]
        if "explanation" in self.found and "published" not in self.found:
            self.doubts.append("explanations have no date of their own: the exam's year is assumed")
        self._tell_unread([*self.found.values(), *get_args(OurField)])
        key = {} if self.key == "letters" else {"key": self.key}
        return self._guess("questions", {"fields": self._fields(), **key})

    def _documents(self) -> Guess:
        fields = {ours: theirs for ours, theirs in self._fields().items() if ours in _DOCUMENT}
        published = self.found.get("published")
        if not published and "year" not in self.found:
            self.doubts.append(
                "no column was found to be a date: with a max_year rows drop as year.unknown, unless all "
                "have one year (published: {year: 2015}) or their file's name tells it (published: file_name)"
            )
        dated = {"published": {"field": published}} if published else {}
        self._tell_unread(self.found.values())
        return self._guess("documents", {"fields": fields, **dated})

    def _texts(self, chats: Sequence[str]) -> Guess:
        if chats:
            self.reasons = [f"{_shown(chats)}: chat or instruction data, read as texts"]
            self.doubts = []
        else:
            missing = "an id" if "id" not in self.found else "a text"
            self.doubts = [f"no column was found to be {missing}: every column is read as text"]
        self.doubts.append(
            "rows have no date here: with a max_year they drop as year.unknown ({stage: year, unknown: keep} "
            "keeps them); to look for leaks, `curate audit` needs no recipe"
        )
        return self._guess("texts", {})

    def _guess(self, layout: str, keys: Mapping[str, Any]) -> Guess:
        return Guess(layout, {k: v for k, v in keys.items() if v}, self.reasons, self.doubts)

    def _fields(self) -> dict[str, str | list[str]]:
        found = {ours: self.found[ours] for ours in _NAMES if ours in self.found}
        return {ours: theirs for ours, theirs in found.items() if ours != theirs}

    def _take(self, ours: str, theirs: str | list[str], why: str) -> None:
        self.found[ours] = theirs
        self.reasons.append(f"{ours}: {_shown(theirs)} ({why})")

    def _free(self) -> list[str]:
        taken = set(_single(self.found.values()))
        return [name for name in self.looks.names if name not in taken]

    def _named(self, ours: str) -> list[str]:
        """Returns the free columns that go by a name of ours, the surest first, misspelled ones last."""
        plain: dict[str, str] = {}
        for name in self._free():
            plain.setdefault(folded(name).lower().replace(" ", "_").replace("-", "_"), name)
        exact = [plain[name] for name in _NAMES[ours].split() if name in plain]
        near = [plain[one] for one in get_close_matches(ours, list(plain), cutoff=_NEAR)]
        return [*dict.fromkeys([*exact, *near])]

    def _by_name(self, ours: str, fits: Callable[[str], bool]) -> None:
        name = next(filter(fits, self._named(ours)), None)
        if name is not None:
            self._take(ours, name, "by its name")

    def _by_look(
        self, ours: str, pick: Callable[[Looks, Sequence[str]], str | None], why: str
    ) -> None:
        name = None if ours in self.found else pick(self.looks, self._free())
        if name is not None:
            self._take(ours, name, "by its look")
            self.doubts.append(f"{ours}: {_shown(name)} was taken because {why}")

    def _find_choices(self) -> None:
        self._by_name("choices", self.looks.holds_options)
        columns = self.looks.option_columns()
        if columns and "choices" not in self.found:
            self._take("choices", columns, "an option a column")

    def _find_key(self) -> None:
        """Takes the column and the form in which most values are keys; letters before numbers and texts."""
        choices = self.found.get("choices", "")
        forms: tuple[KeyForm, ...] = get_args(KeyForm)
        shares = {
            (form, name): self.looks.key_share(name, form, choices)
            for form in forms
            for name in self._named("answers")
        }
        best = max(shares, key=lambda one: shares[one], default=None)
        if best is None or shares[best] < MOST:
            return
        form, name = best
        unsure = form == "numbers" and shares["indexes", name] == shares[best]
        self.key = "indexes" if unsure and folded(name).lower() in _INDEXES else form
        self._take("answers", name, f"by its name; its values are {self.key}")
        if unsure:
            self.doubts.append(
                "key: numbers from 1 and indexes from 0 both fit the first rows; look at a question you know"
            )

    def _tell_unread(self, read: Iterable[str | list[str]]) -> None:
        known = set(_single(read))
        unread = [
            name for name in self.looks.names if name not in known and self.looks.is_text(name)
        ]
        if unread:
            self.doubts.append(f"texts in {_shown(unread)} are not read")


def _longest(looks: Looks, free: Sequence[str]) -> str | None:
    texts = [name for name in free if looks.is_text(name) and not looks.is_date(name)]
    return max(texts, key=looks.length, default=None)


def _unique(looks: Looks, free: Sequence[str]) -> str | None:
    return next(filter(looks.is_surely_id, free), None)


def _single(some: Iterable[str | list[str]]) -> list[str]:
    return [name for one in some for name in ([one] if isinstance(one, str) else one)]


def _shown(names: str | Sequence[str]) -> str:
    """Returns columns' names in quotes, cut, and without what a terminal would obey."""
    some = [names] if isinstance(names, str) else names
    return ", ".join(repr(name[:_NAME_SHOWN]) for name in some[:_SHOWN])
