"""The grader on real outputs: labels read by hand, and the published scorer."""

import hashlib

import pytest
from grading_real import published_key, published_score

from curate.grading import Grader
from perf.grading.accuracy import PUBLISHED, agreement, points
from perf.grading.real import FRESH, Real, labels

LEAST = {"dev": 0.985, "held": 0.985}
LEAST_FRESH = {"dev": 0.9, "held": 0.8}
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


def test_there_are_160_fresh_labels_of_other_texts(real):
    fresh = {label.key: label.sha256 for label in labels(FRESH)}
    assert len(fresh) == len(labels(FRESH)) == 160
    assert fresh.keys().isdisjoint(label.key for label in labels())
    for key, sha256 in fresh.items():
        assert hashlib.sha256(real.outputs[key].encode()).hexdigest() == sha256, key


@pytest.mark.parametrize("split", ["dev", "held"])
def test_fresh_labels_are_met_as_far_as_they_were(real, split):
    right, invented = agreement(real, [label for label in labels(FRESH) if label.split == split])
    assert right.some / right.all >= LEAST_FRESH[split]
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
