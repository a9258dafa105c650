"""The grader on real outputs: labels read by hand, and the published scorer."""

import hashlib

import pytest
from grading_real import published_key, published_score

from curate.grading import Grader
from perf.grading.accuracy import PUBLISHED, agreement, points
from perf.grading.real import Real, labels

LEAST = {"dev": 0.985, "held": 0.98}
"""Shares that were reached; on `held` nothing was tuned."""


@pytest.fixture(scope="module")
def real(real_data):
    return Real(real_data)


def test_there_are_600_labels_of_the_texts_that_were_read(real):
    everything = labels()
    assert len({label.key for label in everything}) == len(everything) == 600
    for label in everything:
        assert hashlib.sha256(real.outputs[label.key].encode()).hexdigest() == label.sha256, (
            label.key
        )
        assert label.answer or label.none


@pytest.mark.parametrize("split", ["dev", "held"])
def test_the_grader_agrees_with_the_labels_and_invents_nothing(real, split):
    ours = [label for label in labels() if label.split == split]
    right, invented = agreement(real, ours)
    assert right.all > 290
    assert right.some / right.all >= LEAST[split]
    assert invented.all >= 75
    assert invented.some == 0


def test_strict_grades_are_the_published_scorers(real):
    keys = published_key(real.folder)
    graded = {
        key: Grader(real.questions[key[1]]).grade(text).strict
        for key, text in real.outputs.items()
        if key[2] == "prediction"
    }
    assert len(graded) == 4000
    assert graded == {
        key: published_score(real.outputs[key], key[1], keys[key[1]]) for key in graded
    }


def test_the_published_totals_come_out(real):
    assert {model: strict for model, (strict, _) in points(real).items()} == PUBLISHED
