"""The report of `make-pairs`: what it counts, which examples it shows, what the page says."""

import re
from pathlib import Path

import polars as pl
import pytest
from pairs_samples import (
    facts,
    hostile_report,
    ledger,
    pairs,
    questions,
    report,
    reported,
    responses,
)
from report_samples import audit, sha

from curate.models import AuditVerdict, Grade, PairsReport, Tier
from curate.reports import render_pairs
from curate.reports.examples import PER_GRADE
from curate.reports.pairs_page import audited, sentence
from curate.reports.reasons import why

CODE = Path(__file__).parents[2] / "curate"


def test_the_report_survives_its_own_json():
    made = report()
    assert PairsReport.model_validate_json(made.model_dump_json()) == made


def test_every_response_is_in_one_grade_and_every_pair_in_one_kind():
    made = report()
    assert sum(row.responses for row in made.grades) == made.responses == 240
    assert {row.grade for row in made.grades} == set(Grade)
    assert sum(kind.pairs for kind in made.kinds) == made.pairs
    assert sum(row.preferred for row in made.tiers) == made.pairs
    assert sum(row.questions for row in made.outcomes) == 60
    assert sum(row.paired for row in made.outcomes) == made.paired


def test_responses_in_pairs_are_those_whose_text_is_a_side():
    made = report()
    tiers = {row.tier: row.texts for row in made.tiers}
    in_pairs = {row.grade: row.in_pairs for row in made.grades}
    assert in_pairs[Grade.CORRECT] >= tiers[Tier.CHOSEN] > 0
    assert in_pairs[Grade.INCORRECT] >= tiers[Tier.REJECTED] > 0
    assert sum(in_pairs.values()) == in_pairs[Grade.CORRECT] + in_pairs[Grade.INCORRECT]


def test_examples_show_every_grade_beside_the_ground_truth():
    shown = report().examples
    for grade in Grade:
        having = [one for one in shown if grade.value in one.grades]
        total = responses(60).filter(grade=grade.value)["question_id"].n_unique()
        assert len(having) >= min(PER_GRADE, total)
        assert all(any(s.grade is grade for s in one.samples) for one in having)
    assert all(one.explanation and one.text.text and len(one.choices) == 5 for one in shown)
    assert len({one.question_id for one in shown}) == len(shown)


def test_a_sample_in_a_pair_is_shown_before_one_that_is_not():
    for one in report().examples:
        if one.pairs:
            tiers = {s.grade: s.tier for s in one.samples}
            assert tiers.get(Grade.CORRECT, Tier.CHOSEN) is Tier.CHOSEN
            assert tiers.get(Grade.INCORRECT, Tier.REJECTED) is Tier.REJECTED


def test_row_order_changes_no_byte():
    asked, sampled = questions(30), responses(30)
    made = pairs(asked, sampled)
    told = ledger(made.height, 30)
    one = reported(asked, sampled, made, told, facts())
    shuffled = [frame.sample(fraction=1, shuffle=True, seed=5) for frame in (asked, sampled, made)]
    assert reported(*shuffled, told, facts()) == one


def test_a_run_without_pairs_or_responses_has_a_page():
    asked, sampled = questions(3), responses(3)
    nothing = pairs(asked, sampled).clear()
    page = render_pairs(reported(asked, sampled, nothing, ledger(0, 3), facts()))
    assert "No pair from 10 questions" in page
    empty = reported(asked, sampled.clear(), nothing, ledger(0, 3), facts())
    assert "There is no response." in render_pairs(empty)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (AuditVerdict.PASS, "no leak in 2,073 pairs"),
        (AuditVerdict.UNDECIDED, "no leak, 4 findings undecided, in 2,073 pairs"),
        (AuditVerdict.FAIL, "3 leaks, 1 finding undecided, in 2,073 pairs"),
    ],
)
def test_the_first_line_says_what_the_audit_says(verdict, words):
    made = report(audit=audit(verdict, parent=sha("d")))
    assert audited(made).startswith(words)
    assert sentence(made) == f"{made.pairs} pairs from {made.paired} of 67 questions"


def test_unaudited_pairs_say_so_first():
    made = report()
    told = made.model_copy(update={"ledger": ledger(made.pairs, 60, audited=False)})
    page = render_pairs(told)
    assert '<span class="word">' in page
    assert "UNAUDITED</span>" in page
    assert "PASS</span>" not in page
    assert "the corpus has no passing audit" in page


def test_human_accuracy_is_compared_where_it_is_known():
    human = pl.DataFrame(
        {
            "question_id": [f"Q{at:03}" for at in range(30)],
            "human_accuracy": [at / 30 for at in range(30)],
        }
    )
    made = report(human=human)
    assert made.human.questions == 30
    assert "Pass rate against human accuracy, 30 questions" in render_pairs(made)
    assert "No human accuracy is known" in render_pairs(report())


def test_many_samples_a_question_are_a_list():
    made = report(6)
    row = made.outcomes[0].model_copy(update={"right": 30})
    page = render_pairs(made.model_copy(update={"outcomes": [row, *made.outcomes]}))
    assert 'class="matrix"' not in page
    assert ">30</td>" in page


def test_what_was_left_out_stands_with_its_reason():
    page = render_pairs(report())
    assert "<code>ground_truth.not_verified</code>" in page
    assert why("ground_truth.not_verified") in page
    assert why("leakage.contaminated") == why("leakage.recycled") != ""


def test_every_reason_of_the_code_has_a_meaning():
    kinds = "prompt|recorded|sample|ground_truth|boundary|length|pair|side"
    named = re.compile(rf'"((?:{kinds})\.[a-z_]+)"')
    files = [
        *CODE.glob("jobs/pairs_*.py"), *CODE.glob("grading/*.py"), *CODE.glob("sampling/**/*.py"),
    ]  # fmt: skip
    found = {reason for path in files for reason in named.findall(path.read_text("utf-8"))}
    found |= {f"grade.{grade.value}" for grade in set(Grade) - {Grade.CORRECT, Grade.INCORRECT}}
    assert len(found) > 30
    assert {reason for reason in found if not why(reason)} == set()


def test_hostile_text_is_text():
    page = render_pairs(hostile_report())
    assert "<img" not in page
    assert page.count("<script>") == 1
    assert "window.owned=1" in page
    assert "\u202e" not in page
    assert "\x00" not in page
