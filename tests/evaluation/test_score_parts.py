"""Sections and years, points and parts, on an exam small enough to count by hand."""

import pytest
from score_exam import KEYS, right

from curate.evaluation import BenchmarkMarks, Metadata, Prediction, items_of, judge_all
from curate.jobs.score import score
from curate.models import Tally


def test_points_and_items_are_counted_apart(scored):
    found = scored({"40B1": "a", "40A2": "d,a", "41A1": "a, e"}).score
    year = found.years["1946"]
    assert (year.score, year.total, year.correct, year.count) == (6, 9, 4, 5)
    assert (year.points_rate, year.accuracy) == (6 / 9, 4 / 5)
    assert (year.required, year.general) == (3, 3)
    assert (found.pooled.score, found.pooled.total) == (7, 11)
    assert {name: tally.score for name, tally in found.sections.items()} == {
        "40-A": 3, "40-B": 3, "41-A": 1
    }  # fmt: skip


@pytest.mark.parametrize("said", ["a, d", "a,d.", "a,a,d", "ad", "答えはa,d", ""])
def test_nothing_is_stripped_or_read_into_a_prediction(scored, said):
    assert scored({"40A2": said}).score.sections["40-A"].score == 2


@pytest.mark.parametrize("said", ["d,a", "Ａ，ｄ", "A,D"])
def test_order_width_and_case_do_not_matter(scored, said):
    assert scored({"40A2": said}).score.sections["40-A"].score == 3


def test_numbers_are_strings_and_either_key_is_right(scored):
    found = scored({"40A3": "26.0", "40B2": "e"}).score
    assert (found.sections["40-A"].score, found.sections["40-B"].score) == (2, 6)
    assert found.metrics["tolerant"].pooled.score == found.metrics["tolerant"].pooled.total


def test_what_is_not_predicted_is_absent_and_not_scored(scored):
    found = scored(ids=["40B1", "40B2"]).score
    assert found.absent == ["1947", "40-A"]
    assert (list(found.years), found.pooled.total) == (["1946"], 6)


def test_an_explained_prediction_is_read_behind_its_label(scored):
    said = {"41A1": "答え: a ではない。\n答え: e"}
    assert scored(said).score.sections["41-A"].score == 1
    everything = {
        id_: f"考える。\n答え: {text}" for id_, text in {"41A1": "e", "41A2": "d"}.items()
    }
    found = scored(everything, ids=["41A1", "41A2"], label="答え:").score
    assert found.sections["41-A"].score == 2


def test_items_without_a_key_are_no_part_of_the_score(exam, predictions):
    said = predictions({id_: right(id_) for id_ in KEYS})
    found = score([said], exam(**{"40A1": {"answers": []}}))
    assert (found.score.pooled.count, found.score.pooled.total) == (6, 10)
    assert any("without a key" in note for note in found.notes)


def test_forbidden_choices_are_those_that_each_metric_reads(scored):
    found = scored()
    questions = [item.question for item in found.items.by_id.values()]
    told = {"40A1": Metadata("鳥", frozenset("a"), 50.0)}
    items = items_of("birds", questions, told, None)
    said = {id_: "a" if id_ == "40A1" else "b" for id_ in items.by_id}
    verdicts = judge_all((Prediction(i, t, None, "x:1") for i, t in said.items()), items)
    judged = verdicts["40A1"].by_metric
    assert judged["published"].forbidden is True
    assert judged["tolerant"].forbidden is True
    assert verdicts["40B1"].by_metric["published"].forbidden is None


MARKS = BenchmarkMarks.model_validate(
    {
        "marks": "benchmark-marks/1",
        "source": "invented",
        "confirmed": True,
        "forbidden": 3,
        "years": {1946: {"points": 9, "required": 5, "general": 2}},
    }
)


@pytest.mark.parametrize(
    ("required", "general", "kinki", "passed"),
    [(5, 2, 3, True), (4, 2, 0, False), (5, 1, 0, False), (5, 2, 4, False), (5, 2, None, None)],
)
def test_each_of_the_three_marks_must_be_reached(required, general, kinki, passed):
    tally = Tally(
        score=required + general, total=9, correct=1, count=5, accuracy=0.2, points_rate=0.5,
        required=required, general=general, kinki=kinki,
    )  # fmt: skip
    assert MARKS.passed(1946, tally) is passed
    assert MARKS.passed(1947, tally) is None
