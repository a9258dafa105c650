"""The published predictions score what was published, to the digit: per section, year and all together."""

import json
from collections import defaultdict

import pytest

from curate.jobs.score import score

TOTALS = [499, 496, 496, 500, 494]
POINTS = {"gpt4": [382, 385, 387, 398, 392], "chatgpt": [266, 250, 266, 297, 287]}


@pytest.fixture(scope="module")
def published(real_data):
    """Scores the shipped predictions of a model, once."""
    known = {}

    def run(model):
        if model not in known:
            files = sorted(real_data.glob(f"igakuqa/baseline_results/*/*_{model}.jsonl"))
            known[model] = score(files, f"igakuqa={real_data / 'igakuqa'}")
        return known[model]

    return run


def _rows(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _by_hand(folder, model):
    """Restates the published scorer: (points, possible, right, items) of every section."""
    found = defaultdict(lambda: [0, 0, 0, 0])
    for path in sorted(folder.glob(f"igakuqa/baseline_results/*/*_{model}.jsonl")):
        section = path.name.split("_")[0]
        items = _rows(folder / "igakuqa" / "data" / path.parent.name / f"{section}.jsonl")
        for item, said in zip(items, _rows(path), strict=True):
            assert item["problem_id"] == said["problem_id"]
            points = int(item["points"])
            is_right = (
                said["prediction"] in ("a", "d")
                if item["problem_id"] == "112B30"
                else item["problem_id"] == "116A71"
                or sorted(said["prediction"].split(",")) == sorted(item["answer"])
            )
            for at, value in enumerate((points * is_right, points, int(is_right), 1)):
                found[section][at] += value
    return {section: tuple(counts) for section, counts in found.items()}


@pytest.mark.data
@pytest.mark.parametrize("model", POINTS)
def test_every_section_is_as_the_published_scorer_counts_it(real_data, published, model):
    found = published(model).score.sections
    ours = {name: (t.score, t.total, t.correct, t.count) for name, t in found.items()}
    assert ours == _by_hand(real_data, model)
    assert len(ours) == 30


@pytest.mark.data
@pytest.mark.parametrize("model", POINTS)
def test_the_years_and_all_together(published, model):
    found = published(model).score
    assert list(found.years) == ["2018", "2019", "2020", "2021", "2022"]
    assert [tally.score for tally in found.years.values()] == POINTS[model]
    assert [tally.total for tally in found.years.values()] == TOTALS
    assert (found.pooled.score, found.pooled.total) == (sum(POINTS[model]), 2485)
    assert (found.pooled.count, found.absent) == (2000, [])


@pytest.mark.data
@pytest.mark.parametrize(("model", "printed"), [("gpt4", ".782"), ("chatgpt", ".550")])
def test_what_table_1_prints(published, model, printed):
    rate = published(model).score.pooled.points_rate
    assert rate == sum(POINTS[model]) / 2485
    assert f"{rate:.3f}".removeprefix("0") == printed


@pytest.mark.data
def test_parts_forbidden_choices_and_passing(published):
    years = published("gpt4").score.years.values()
    assert [tally.required for tally in years] == [161, 170, 168, 173, 164]
    assert [tally.kinki for tally in years] == [1, 1, 0, 0, 1]
    assert all(tally.required + tally.general == tally.score for tally in years)
    assert [tally.passed for tally in years] == [True] * 5
    assert [tally.passed for tally in published("chatgpt").score.years.values()] == [False] * 5


@pytest.mark.data
def test_strata_are_every_item_once(published):
    found = published("gpt4").score
    by = defaultdict(list)
    for stratum in found.strata:
        by[stratum.stratum].append(stratum)
    for strata in by.values():
        assert sum(one.count for one in strata) == 2000
        assert sum(one.score for one in strata) == 1944
        assert sum(one.total for one in strata) == 2485
    counts = {(one.stratum, one.value): one.count for one in found.strata}
    assert counts["image", "yes"] == 529
    assert counts["serial_without_vignette", "yes"] == 150
    assert counts["numeric", "yes"] == 12
    assert counts["human_accuracy", "unknown"] == 13
    assert len(by["category"]) == 28


@pytest.mark.data
def test_other_metrics_stand_beside(published):
    found = published("gpt4").score.metrics
    assert found["tolerant"].pooled.score == 1969
    assert found["gestalt"].pooled.count == 1450
    assert found["gestalt"].pooled.passed is None


@pytest.mark.data
def test_the_interval_of_gpt_4(published):
    value, low, high = published("gpt4").interval(0)
    assert value == 1944 / 2485
    assert (low, high) == pytest.approx((0.763, 0.802), abs=0.002)


@pytest.mark.data
def test_follow_ups_are_drawn_with_their_case(published):
    items = published("gpt4").items.by_id.values()
    assert len({item.cluster for item in items}) == 1850


@pytest.mark.data
@pytest.mark.parametrize(("part", "expected"), [("A", [*"BCDEF"]), ("?", [])])
def test_years_and_sections_without_predictions(real_data, part, expected):
    files = sorted(real_data.glob(f"igakuqa/baseline_results/2022/116-{part}_gpt4.jsonl"))
    found = score(files, f"igakuqa={real_data / 'igakuqa'}").score
    lacking = [f"116-{section}" for section in expected]
    assert found.absent == ["2018", "2019", "2020", "2021", *lacking]
    assert found.years.keys() == {"2022"}
    assert found.years["2022"].passed is (None if expected else True)
