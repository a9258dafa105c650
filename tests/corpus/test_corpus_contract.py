"""One contract for every stage and every source of the unions: a new one is covered by being there."""

from typing import Any, Literal, get_args, get_origin

import polars as pl
import pytest
from corpus_rows import document, question
from pydantic import ValidationError

from curate.corpus.frame import record_of, shard_frame
from curate.corpus.stage import CorpusStage, Prepared, RowStage
from curate.corpus.stages import AnyStage, Intake
from curate.leakage import BenchmarkItem, Detector
from curate.models import Document, Provenance, Question
from curate.sources import AnySource
from curate.sources.base import Source
from curate.tables import WORK_SCHEMA, Sandbox, share, sql_text

STAGES = get_args(get_args(AnyStage)[0])
SOURCES = get_args(get_args(AnySource)[0])
ROW_STAGES = [stage for stage in STAGES if issubclass(stage, RowStage)]
CORPUS_STAGES = [Intake, *(stage for stage in STAGES if issubclass(stage, CorpusStage))]


def _record(row, line, kind=Question):
    row = dict(row)
    row["answers"] = [row["answers"]] if row.get("answers") else []
    if kind is Document:
        row = {"id": row["id"], "text": row["text"], "published": row["year"]}
    place = Provenance(source="s", path="a.jsonl", sha256="0" * 64, line=line)
    return kind(**row, provenance=place)


@pytest.fixture(scope="module")
def records():
    return [
        _record(question("1"), 1),
        _record(question("2"), 2),
        _record(question("3", "短い", year=None, choices=[], answers=[]), 3),
        _record(question("4", "長" * 30_000, year=2021), 4),
        _record(question("5", "", vignette="６０歳の男性。", vignette_id="5"), 5),
        _record(question("6", explanation="心臓である。", published=2014), 6),
        _record(document("7"), 7, Document),
        _record(document("8", year=None), 8, Document),
    ]


@pytest.fixture(scope="module")
def frame(records):
    """Rows of all kinds, of which the second was dropped before."""
    made = shard_frame(records, range(8))
    dropped = pl.when(pl.col("row") == 1).then(pl.lit("earlier.reason"))
    return made.with_columns(dropped.otherwise(pl.col("dropped_by")).alias("dropped_by"))


@pytest.fixture(scope="module")
def prepared(records):
    item = records[0].model_copy(update={"id": "item", "year": 2020})
    return Prepared(max_year=2017, detector=Detector([BenchmarkItem("held-out", item)]))


def _is_frozen_with_a_tag(model, tag):
    assert model.model_config["frozen"] is True
    assert model.model_config["extra"] == "forbid"
    field = model.model_fields[tag]
    assert get_origin(field.annotation) is Literal
    assert get_args(field.annotation) == (field.default,)
    assert model.__doc__


@pytest.mark.parametrize("stage", [Intake, *STAGES])
def test_a_stage_is_frozen_closed_and_named(stage):
    _is_frozen_with_a_tag(stage, "stage")
    made = stage()
    with pytest.raises(ValidationError):
        made.stage = "other"
    with pytest.raises(ValidationError, match="Extra inputs"):
        stage(unheard_of=1)
    assert issubclass(stage, RowStage) != issubclass(stage, CorpusStage)
    assert stage.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_is_frozen_closed_and_named(source):
    _is_frozen_with_a_tag(source, "layout")
    assert issubclass(source, Source)
    made = source(path="a")
    with pytest.raises(ValidationError):
        made.path = "b"
    assert source.model_validate_json(made.model_dump_json()) == made
    assert callable(made.converter())


@pytest.mark.parametrize("models", [STAGES, SOURCES])
def test_names_are_unique(models):
    tags = [model.model_fields[key].default for model in models for key in _tag(model)]
    assert len(tags) == len(set(tags)) == len(models)


def _tag(model: Any) -> list[str]:
    return [key for key in ("stage", "layout") if key in model.model_fields]


@pytest.mark.parametrize("stage", ROW_STAGES)
def test_a_row_stage_keeps_rows_order_and_columns(stage, frame, prepared):
    done = stage().ready(prepared).apply(frame)
    assert done["row"].to_list() == frame["row"].to_list()
    assert set(done.columns) == set(WORK_SCHEMA)
    assert done.schema == {name: WORK_SCHEMA[name] for name in done.columns}
    untouched = [
        c for c in frame.columns if c not in ("rendered", "findings", "flags", "dropped_by")
    ]
    assert done.select(untouched).equals(frame.select(untouched))


@pytest.mark.parametrize("stage", ROW_STAGES)
def test_a_row_stage_lets_the_first_reason_stand(stage, frame, prepared):
    done = stage().ready(prepared).apply(frame)
    assert done["dropped_by"][1] == "earlier.reason"
    fresh = set(done["dropped_by"]) - {None, "earlier.reason"}
    assert all("." in reason for reason in fresh)


@pytest.mark.parametrize("stage", ROW_STAGES)
def test_a_row_stage_is_pure(stage, frame, prepared):
    before = frame.clone()
    ready = stage().ready(prepared)
    first = ready.apply(frame)
    assert frame.equals(before)
    assert ready.apply(frame).equals(first)
    assert stage() == stage.model_validate(stage().model_dump())


@pytest.mark.parametrize("stage", ROW_STAGES)
def test_a_row_stage_sees_rows_one_by_one(stage, frame, prepared):
    ready = stage().ready(prepared)
    cut = pl.concat([ready.apply(frame[n : n + 1]) for n in range(len(frame))])
    assert cut.equals(ready.apply(frame))


@pytest.mark.parametrize("stage", ROW_STAGES)
def test_the_empty_frame_stays_the_empty_frame(stage, prepared):
    empty = shard_frame([], [])
    assert empty.schema == WORK_SCHEMA
    for ready in (stage(), stage().ready(prepared)):
        done = ready.apply(empty)
        assert len(done) == 0
        assert done.schema == WORK_SCHEMA


@pytest.mark.parametrize("stage", CORPUS_STAGES)
@pytest.mark.parametrize("empty", [True, False])
def test_a_corpus_stage_is_a_statement_that_names_rows_and_reasons(stage, empty, frame, tmp_path):
    assert share("pipelines", "sql", stage.sql).is_file()
    keyed = stage().keyed(frame.clear() if empty else frame)
    assert keyed.schema == frame.schema
    keyed.write_parquet(tmp_path / "corpus.parquet")
    with Sandbox(tmp_path) as db:
        db.view("corpus", [tmp_path / "corpus.parquet"], "dropped_by IS NULL")
        db.write(sql_text(stage.sql), tmp_path / "drops.parquet", **stage().parameters())
    drops = pl.read_parquet(tmp_path / "drops.parquet")
    assert drops.schema == {
        "row": pl.Int64,
        "id": pl.String,
        "dropped_by": pl.String,
        "survivor_id": pl.String,
        "survivor_row": pl.Int64,
    }
    rows = drops["row"].to_list()
    assert rows == sorted(set(rows))
    assert drops["dropped_by"].null_count() == 0
    if empty:
        assert rows == []


def test_every_statement_of_a_stage_folder_is_used():
    files = {path.name for path in share("pipelines", "sql").glob("*.sql")}
    assert {stage.sql for stage in CORPUS_STAGES} <= files


def test_records_become_rows_and_rows_records_again(records):
    frame = shard_frame(records, range(10, 18))
    assert frame["row"].to_list() == list(range(10, 18))
    assert [record_of(row) for row in frame.iter_rows(named=True)] == records
