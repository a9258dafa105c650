"""Templates of prompts: how a question, its few-shot examples and a solved answer are written."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

import polars as pl
from pydantic import (
    Field,
    NonNegativeInt,
    PositiveInt,
    TypeAdapter,
    ValidationError,
    field_validator,
)

from curate.corpus.recipes import RawRecipe, read_recipe
from curate.corpus.templates import FIELDS, Segments, Wording, fields_of, known_fields
from curate.errors import RecipeError
from curate.models import LETTERS, NonEmpty, Record
from curate.tables import share

_PLACES = {letter: place for place, letter in enumerate(LETTERS)}
_BLANKS = " \t\r\n\u3000"


class Shots(Record):
    """Which solved examples stand before a question.

    `count` of them are drawn from the corpus by `seed`; the `same` ones for all questions, as far as none is
    too near to a question, or others for `each`. An example has at most `max_chars` characters.
    """

    count: NonNegativeInt = 3
    seed: NonNegativeInt = 0
    draw: Literal["same", "each"] = "same"
    max_chars: PositiveInt = 2000


class Asking(Wording):
    """What all templates of prompts share: segments in order.

    `question` is what is asked, `completion` what a solved one goes on with. `printed` is the stem as the
    exam printed it, with the case that a first serial question holds; `text` the question alone, `vignette`
    its case. `answer` is the first of the accepted answers, `count` how many letters it has, `answer_texts`
    are its options' texts. `choice_texts` are the texts of all options, without their letters.
    `text_separator` stands between such texts.
    """

    known: ClassVar[tuple[str, ...]] = (*FIELDS, "count", "printed", "choice_texts", "answer_texts")

    question: Segments
    completion: Segments
    shots: Shots = Shots()
    stop: tuple[NonEmpty, ...] = ()
    images: Literal["leave_out", "keep"] = "leave_out"
    text_separator: str = ","

    @field_validator("question", "completion")
    @classmethod
    def _known_fields(cls, segments: list[str]) -> list[str]:
        return known_fields(segments, cls.known)

    def asked(self, rows: pl.DataFrame) -> pl.Series:
        """Returns the question of each row, as it is asked."""
        return self._written(rows, self.question)

    def completed(self, rows: pl.DataFrame) -> pl.Series:
        """Returns what a solved prompt goes on with; null where a field of it is empty."""
        return self._written(rows, self.completion, whole=True)

    def needs(self, name: str) -> bool:
        """Whether the question that is asked names the field."""
        return name in fields_of(self.question)

    def _written(
        self, rows: pl.DataFrame, segments: list[str], *, whole: bool = False
    ) -> pl.Series:
        first = pl.col("answers").list.first()
        places = first.list.eval(pl.element().replace_strict(_PLACES, default=None))
        fields = self.fields(
            rows,
            choice_texts=pl.col("choices").list.join(self.text_separator),
            answer_texts=pl.col("choices")
            .list.gather(places, null_on_oob=True)
            .list.join(self.text_separator),
            answer=first.list.join(self.letter_separator),
            count=first.list.len().cast(pl.String),
            printed=pl.coalesce("original_text", "text"),
        )
        text = self.filled(segments)
        if whole:
            empty = [pl.col(name).str.len_bytes().fill_null(0) == 0 for name in fields_of(segments)]
            text = pl.when(~pl.any_horizontal(empty)).then(text) if empty else text
        return fields.select(text.alias("text")).to_series()


class TextTemplate(Asking):
    """A prompt that is one text, for a model that goes on with it.

    It ends where a token ends: never with a blank, which belongs to the first token of what follows, but for
    the line breaks of `opening`.
    """

    template: Literal["prompt/1"] = "prompt/1"
    separator: str = "\n"
    opening: Annotated[str, Field(pattern=r"^\n*$")] = ""

    @field_validator("question")
    @classmethod
    def _ends_on_a_token(cls, segments: list[str]) -> list[str]:
        if segments[-1] != segments[-1].rstrip(_BLANKS):
            raise ValueError(
                "the last segment ends with a blank; begin the completion with it instead"
            )
        return segments


class ChatTemplate(Asking):
    """A prompt of turns: what `system` says, each example as a question and its answer, the question."""

    template: Literal["chat/1"] = "chat/1"
    system: NonEmpty | None = None


PromptTemplate = Annotated[TextTemplate | ChatTemplate, Field(discriminator="template")]
_TEMPLATES: TypeAdapter[TextTemplate | ChatTemplate] = TypeAdapter(PromptTemplate)


def prompt_templates() -> dict[str, Path]:
    """Returns the files of the shipped templates, by name."""
    folder = share("pipelines", "templates", "prompts")
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def read_template(path: Path) -> TextTemplate | ChatTemplate:
    """Returns the template in a file.

    Raises:
        RecipeError: It is none, or a key of it is wrong; with file and line.
    """
    return validate_template(read_recipe(path))


def validate_template(raw: RawRecipe) -> TextTemplate | ChatTemplate:
    """Returns the template that a file holds.

    Raises:
        RecipeError: A key is wrong; with file and line.
    """
    try:
        return _TEMPLATES.validate_python(raw.data)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        tags = ("prompt/1", "chat/1")
        place = [part for at, part in enumerate(first["loc"]) if at or part not in tags]
        message = str(first["msg"]).removeprefix("Value error, ")
        where = raw.where(place)
        raise RecipeError(
            f"{'.'.join(map(str, place)) or 'template'}: {message}", where=where
        ) from exc
