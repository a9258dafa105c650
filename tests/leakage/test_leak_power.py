"""Power is what the detector finds of what was planted, with intervals that are known by hand."""

import pytest
from leak_items import BY_ID, ITEMS, OTHERS, PAGES, copy, page

from curate.intervals import wilson
from curate.leakage import Detector, Thresholds
from curate.leakage.calibrate import judge, plant, shares_run
from curate.leakage.disguises import DISGUISES
from curate.models import Verdict

CLEAN = [*OTHERS, PAGES["tb01"], PAGES["tb02"]]


class Blind(Detector):
    """Finds nothing."""

    def find_many(self, records):
        return [[] for _ in records]


class Jumpy(Detector):
    """Calls every record a leak of whatever the real detector finds in one copy."""

    def find_many(self, records):
        return super().find_many([copy("20A2")] * len(records))


def measured(detector, records=CLEAN, **keys):
    planted = plant(ITEMS, records, detector, **{"count": 10, "seed": 0} | keys)
    return judge(planted, detector.find_many, ITEMS)


@pytest.mark.parametrize(
    ("found", "planted", "low", "high"),
    [
        (0, 10, 0.0, 0.277533),  # upper: z2 / (n + z2), z = 1.959964
        (10, 10, 0.722467, 1.0),
        (5, 10, 0.236593, 0.763407),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
    ],
)
def test_wilson_intervals(found, planted, low, high):
    assert wilson(found, planted) == pytest.approx((found / planted, low, high), abs=5e-5)


def test_every_disguise_is_measured_on_as_many_items_as_admit_it(detector):
    power = measured(detector).power()
    assert [one.disguise for one in power.by_disguise] == [d.name for d in DISGUISES]
    counts = {one.disguise: one.planted for one in power.by_disguise}
    assert counts["verbatim"] == counts["several in one"] == 10
    assert counts["English translation"] == 2
    assert power.recall == sum(o.found for o in power.by_disguise) / sum(counts.values())
    assert all(one.low <= one.recall <= one.high for one in power.by_disguise)


def test_undetermined_items_are_not_planted(detector):
    ids = {item.question.id for item in detector.undetermined()}
    assert ids
    planted = plant(ITEMS, [], detector, count=1000, seed=0)
    assert not ids & {i.question.id for one in planted.plants for i in one.disguised.items}


def test_a_detector_that_finds_nothing_has_no_power():
    power = measured(Blind(ITEMS)).power()
    assert (power.recall, power.low) == (0, 0)
    assert {one.found for one in power.by_disguise} == {0}


def test_with_nothing_to_plant_there_is_no_power(detector):
    short = [BY_ID["21B3"]]
    planted = plant(short, CLEAN, detector, count=10, seed=0)
    assert judge(planted, detector.find_many, short).power() is None


def test_without_a_corpus_nothing_carries_an_item(detector):
    judged = measured(detector, records=[])
    assert "buried in a page" not in [one.disguise for one in judged.by_disguise]
    assert judged.power().false_positive_rate == 0


def test_a_record_with_findings_carries_no_item(detector):
    leaking = page(copy("20A2").full_text)
    names = [one.disguise for one in measured(detector, records=[leaking]).by_disguise]
    assert "buried in a page" not in names


def test_the_sample_follows_seed_and_content_not_the_order(detector):
    one, again = (
        [p.disguised for p in plant(items, CLEAN, detector, count=3, seed=1).plants]
        for items in (ITEMS, ITEMS[::-1])
    )
    assert one == again
    other = [p.disguised for p in plant(ITEMS, CLEAN, detector, count=3, seed=2).plants]
    assert one != other


def test_a_review_where_a_leak_was_planted_is_a_miss(detector):
    lenient = measured(detector, count=40)
    strict = measured(Detector(ITEMS, Thresholds(options=1.0)), count=40)
    named = {o.disguise: o for o in strict.by_disguise}
    assert named["one option replaced"].found < named["one option replaced"].planted
    assert strict.power().recall < lenient.power().recall
    assert named["options only"].expected is Verdict.REVIEW


def test_false_positives_are_leaks_without_common_text(detector):
    assert measured(detector).flagged == 0
    leaking = [copy("20A2"), page(copy("20A2").full_text)]
    judged = measured(detector, records=[*CLEAN, *leaking])
    assert (judged.flagged, judged.records) == (0, len(CLEAN) + 2)
    jumpy = measured(Jumpy(ITEMS))
    assert jumpy.flagged == jumpy.records == len(CLEAN)
    assert jumpy.power().false_positive_rate == 1


def test_independent_evidence_is_a_run_of_characters():
    item = BY_ID["20A2"]
    stem = item.question.text
    assert shares_run(page(stem), item)
    assert shares_run(page(f"前置き。{stem[: len(stem) // 2 + 2]}"), item)
    assert not shares_run(page(stem[: len(stem) // 3]), item)
    assert not shares_run(page("何も共有しない文。"), item)
    english = BY_ID["20A1"]
    assert shares_run(page(english.text_en), english)
