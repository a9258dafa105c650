"""What workers do with a shard of questions: grade what was sampled, and pair it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl

from curate.corpus.frame import record_of
from curate.grading import grade_frame, graders
from curate.grading.boundary import Boundary, unmeasured
from curate.grading.pairs import Drawn, draw_pairs
from curate.grading.policies import AnyPolicy
from curate.grading.tiers import Form, ground_truths, sampled_sides
from curate.models import Question
from curate.runs import WorkFolder, json_sha256
from curate.sampling import RESPONSE_SCHEMA, ChatTemplate, Prompt, TextTemplate
from curate.tables import ROW_SCHEMA

SHARD_BYTES = 1 << 23
MESSAGES = pl.List(pl.Struct({"role": pl.String, "content": pl.String}))
ASKED = pl.Schema({**ROW_SCHEMA, "prompt": pl.String(), "messages": MESSAGES})
"""Questions that were asked: their rows, and their prompts as one text and as turns."""
PAIR_SCHEMA = pl.Schema(
    {
        "prompt": pl.String(),
        "chosen": pl.String(),
        "rejected": pl.String(),
        "chosen_tier": pl.String(),
        "rejected_tier": pl.String(),
        "question_id": pl.String(),
        "year": pl.Int64(),
        "chosen_sha256": pl.String(),
        "rejected_sha256": pl.String(),
        "chosen_index": pl.Int64(),
        "rejected_index": pl.Int64(),
        "prompt_tokens": pl.Int64(),
        "chosen_tokens": pl.Int64(),
        "rejected_tokens": pl.Int64(),
    }
)
"""The record `Pair` but for `audit`, which is known when all pairs are."""
_STORED = pl.Schema({**RESPONSE_SCHEMA, "reason": pl.String()})


class Group(NamedTuple):
    """A shard: the questions that were asked, and the files with what became of them."""

    name: str
    asked: Path
    stored: tuple[Path, ...]


@dataclass(frozen=True)
class Graded:
    """A graded shard; `skipped` counts why questions have no response."""

    group: Group
    responses: Path
    solutions: Path
    skipped: Counter[str]


@dataclass
class Accounts:
    """What became of the questions, responses, solutions and combinations of one or more shards."""

    asked: int = 0
    questions: Counter[str] = field(default_factory=Counter)
    responses: int = 0
    response_reasons: Counter[str] = field(default_factory=Counter)
    grades: Counter[str] = field(default_factory=Counter)
    edited: Counter[str] = field(default_factory=Counter)
    solutions: int = 0
    solution_reasons: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    drawn: Drawn = field(default_factory=Drawn)

    def add(self, other: "Accounts") -> None:
        """Adds the accounts of another shard."""
        for name, value in vars(other).items():
            if isinstance(value, int):
                setattr(self, name, getattr(self, name) + value)
            elif isinstance(value, Counter):
                getattr(self, name).update(value)
        for name in ("combinations", "made", "left", "used"):
            getattr(self.drawn, name).update(getattr(other.drawn, name))


class Paired(NamedTuple):
    """A paired shard: its tables, and what became of everything in it."""

    responses: Path
    pairs: Path
    accounts: Accounts


@dataclass(frozen=True)
class Grading:
    """Grades shards. `template` says how a solution is written."""

    work: WorkFolder
    template: TextTemplate | ChatTemplate

    def grade(self, group: Group) -> Graded:
        """Returns a shard with its responses graded and its solutions written, made now unless they are there."""
        graded = self.work.table(f"graded-{group.name}")
        solutions = self.work.table(f"solutions-{group.name}")
        stored = _stored(group.stored)
        if not (graded.exists() and solutions.exists()):
            rows = pl.read_parquet(group.asked, glob=False)
            answered = stored.filter(pl.col("reason").is_null()).select(RESPONSE_SCHEMA.names())
            label = Form.of(self.template).label
            responses = grade_frame(answered, graders(questions_of(rows), label))
            own = rows.join(
                answered.select("question_id").unique(),
                left_on="id",
                right_on="question_id",
                how="semi",
                maintain_order="left",
            )
            self.work.write_table(solutions.stem, ground_truths(own, self.template))
            self.work.write_table(graded.stem, responses.select(RESPONSE_SCHEMA.names()))
        return Graded(group, graded, solutions, Counter(stored["reason"].drop_nulls()))


@dataclass(frozen=True)
class Pairing:
    """Pairs graded shards. `boundary` knows the model's tokenizer; None where nobody does."""

    work: WorkFolder
    policy: AnyPolicy
    form: Form
    seed: int
    boundary: Boundary | None

    def pair(self, given: tuple[Graded, pl.DataFrame]) -> Paired:
        """Returns a shard's pairs; the texts that leak, as the audit lists them, stand in none."""
        graded, leaks = given
        rows = pl.read_parquet(graded.group.asked, glob=False)
        responses = _with_leaks(pl.read_parquet(graded.responses, glob=False), leaks)
        solutions = _clean_solutions(pl.read_parquet(graded.solutions, glob=False), leaks)
        sides, edited = sampled_sides(responses, questions_of(rows), self.policy, self.form)
        samples, solutions = self._measured(sides, rows), self._measured(solutions, rows)
        fit = pl.concat([solutions, samples]).filter(pl.col("reason").is_null())
        drawn = draw_pairs(fit, self.policy, self.seed)
        accounts = Accounts(
            asked=rows.height,
            questions=graded.skipped + _leaking_prompts(leaks),
            responses=responses.height,
            response_reasons=_counted(samples["reason"]),
            grades=Counter(responses["grade"].fill_null("none")),
            edited=edited,
            solutions=solutions.height,
            solution_reasons=_counted(solutions["reason"]),
            sides=Counter(fit["tier"]),
            drawn=Drawn(
                combinations=drawn.combinations, made=drawn.made, left=drawn.left, used=drawn.used
            ),
        )
        name = graded.group.name
        pairs = _completed(drawn.frame(), rows, fit)
        return Paired(
            self.work.write_table(f"responses-of-{name}", _flagged(responses)),
            self.work.write_table(f"pairs-{name}", pairs),
            accounts,
        )

    def _measured(self, sides: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        if self.boundary is None:
            return unmeasured(sides)
        return self.boundary.measured(sides, dict(rows.select("id", "prompt").iter_rows()))


def grouped(
    work: WorkFolder, fingerprint: str, asked: pl.DataFrame, stored: Sequence[Path], per_file: int
) -> Iterator[Group]:
    """Yields the shards: files of stored responses that follow each other, with their questions.

    `asked` has the questions in the order of the files, `per_file` to each.
    """
    first = 0
    while first < len(stored):
        last, size = first + 1, stored[first].stat().st_size
        while last < len(stored) and size + stored[last].stat().st_size <= SHARD_BYTES:
            size += stored[last].stat().st_size
            last += 1
        files = tuple(stored[first:last])
        name = json_sha256([fingerprint, *(file.name for file in files)])[:32]
        rows = asked[first * per_file : last * per_file]
        yield Group(name, work.write_table(f"asked-{name}", rows), files)
        first = last


def asked_rows(rows: pl.DataFrame, prompts: Sequence[Prompt], texts: Sequence[str]) -> pl.DataFrame:
    """Returns the rows of the questions that are asked, in the order of their prompts, with those."""
    turns = [None if p.messages is None else [dict(turn) for turn in p.messages] for p in prompts]
    asked = pl.DataFrame(
        {"id": [prompt.question_id for prompt in prompts], "prompt": texts, "messages": turns},
        schema={"id": pl.String, "prompt": pl.String, "messages": MESSAGES},
    )
    first = rows.unique("id", keep="first", maintain_order=True)
    return asked.join(first, on="id", how="left", maintain_order="left").select(ASKED.names())


def questions_of(rows: pl.DataFrame) -> dict[str, Question]:
    """Returns the questions of rows by their ids."""
    found: dict[str, Question] = {}
    for row in rows.select(ROW_SCHEMA.names()).iter_rows(named=True):
        record = record_of(row)
        if isinstance(record, Question):
            found[record.id] = record
    return found


def _stored(files: Sequence[Path]) -> pl.DataFrame:
    """Returns what stands in files of stored responses; `reason` is that of a question without one."""
    frames = [pl.read_ndjson(file, schema=_STORED) for file in files]
    sampled = pl.col("sampling").struct.field("n").is_not_null()
    return pl.concat(frames).with_columns(pl.when(sampled).then("sampling"))


def _with_leaks(responses: pl.DataFrame, leaks: pl.DataFrame) -> pl.DataFrame:
    """Returns the responses with `leak`: the reason of a leaking sample, or that its prompt leaks."""
    samples = leaks.filter(pl.col("part") == "sample").select("question_id", "index", leak="reason")
    prompts = leaks.filter(pl.col("part") == "prompt").select(
        "question_id", of_prompt=pl.lit("prompt.leaks")
    )
    joined = responses.join(
        samples, on=["question_id", "index"], how="left", maintain_order="left"
    ).join(prompts, on="question_id", how="left", maintain_order="left")
    return joined.with_columns(leak=pl.coalesce("leak", "of_prompt")).drop("of_prompt")


def _clean_solutions(solutions: pl.DataFrame, leaks: pl.DataFrame) -> pl.DataFrame:
    """Returns the solutions, those that leak, or whose prompt does, with the reason."""
    own = leaks.filter(pl.col("part") == "ground_truth").select("question_id", leak="reason")
    prompts = leaks.filter(pl.col("part") == "prompt").select(
        "question_id", of_prompt=pl.lit("prompt.leaks")
    )
    joined = solutions.join(own, on="question_id", how="left", maintain_order="left").join(
        prompts, on="question_id", how="left", maintain_order="left"
    )
    reason = pl.coalesce("reason", "leak", "of_prompt")
    return joined.with_columns(reason=reason).drop("leak", "of_prompt")


def _leaking_prompts(leaks: pl.DataFrame) -> Counter[str]:
    return Counter(leaks.filter(pl.col("part") == "prompt")["reason"])


def _flagged(responses: pl.DataFrame) -> pl.DataFrame:
    """Returns responses.parquet's rows: one that leaks carries the reason among its flags."""
    leak = pl.col("leak")
    own = leak.is_not_null() & (leak != "prompt.leaks")
    flags = pl.when(own).then(pl.col("flags").list.concat(pl.concat_list(leak))).otherwise("flags")
    return responses.with_columns(flags.alias("flags")).select(RESPONSE_SCHEMA.names())


def _completed(drawn: pl.DataFrame, rows: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    """Returns the pairs with what their questions add, and the turns of their prompts."""
    own = rows.select(pl.col("id").alias("question_id"), "prompt", "messages", "year")
    lengths = sides.select("question_id", "prompt_tokens").unique("question_id")
    joined = drawn.join(own, on="question_id", how="left", maintain_order="left")
    joined = joined.join(lengths, on="question_id", how="left", maintain_order="left")
    return joined.select(*PAIR_SCHEMA.names(), "messages").cast(dict(PAIR_SCHEMA))


def _counted(reasons: pl.Series) -> Counter[str]:
    return Counter(reasons.drop_nulls())
