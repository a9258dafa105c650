"""Cards compare what belongs together; the summary counts, links and finds decisions."""

import report_samples as samples

from curate.models import Part, Verdict, VerdictCounts, WhereRow
from curate.reports.cards import card_of
from curate.reports.shown import HeldCards
from curate.reports.summary import applied, summarise


def shown(card):
    return card_of(card, 1, None)


def with_passages(record, item):
    first = samples.card()
    return first.model_copy(
        update={
            "record": first.record.model_copy(update={"passages": record}),
            "item": first.item.model_copy(update={"passages": item}),
        }
    )


def summary(**changes):
    report = samples.report(**changes)
    return summarise(report, HeldCards(report.findings, applied(report.decisions)).lines())


def test_a_stem_in_an_explanation_is_compared_with_the_stem():
    stem, text = samples.whole("尿量は増える。"), samples.whole("尿量は減る。", Part.EXPLANATION)
    plain = stem.model_copy(update={"shared": []})
    card = shown(with_passages([plain, text], [stem]))
    assert "<b>減</b>" in card.record[1].body
    assert "<b>増え</b>" in card.item[0].body


def test_findings_are_compared_each_with_its_own_twin():
    case, stem = "夜の山で息が速い。", "何が下がるか。"
    both = samples.Passage(
        part="text",
        lang="ja",
        text=case + stem,
        shared=[
            samples.span(0, len(case), Part.VIGNETTE, 0),
            samples.span(len(case), len(case + stem), Part.STEM, 1),
        ],
    )
    item = [
        samples.whole("夜の海で息が速い。", Part.VIGNETTE, 0),
        samples.whole("何が上がるか。", finding=1),
    ]
    card = shown(with_passages([both], item))
    assert card.record[0].body.count("<b>") == 2
    assert '<mark class="p-vignette"><b>山</b></mark>' in card.record[0].body
    assert "<b>海</b>" in card.item[0].body
    assert "<b>上</b>" in card.item[1].body


def test_options_in_running_text_are_not_compared_letter_by_letter():
    text = samples.whole("一つ目は水、二つ目は塩。", Part.CHOICES)
    card = shown(with_passages([text], [samples.whole("塩\n水の一つ目", Part.CHOICES)]))
    assert "<b>" not in card.record[0].body + card.item[0].body


def test_unlike_options_are_not_compared_letter_by_letter():
    twin = shown(samples.cards()[1]).twins[2]
    assert (twin.record, twin.item, twin.similarity) == ("セクレチン", "モチリン", "0.25")


def test_each_part_shows_its_score_and_threshold():
    (stem, choices) = shown(samples.card()).found
    assert (stem.part, stem.score, stem.relation, stem.threshold) == ("stem", "0.97", "≥", "0.62")
    assert choices.part == "choices"
    assert shown(samples.cards()[3]).found[0].relation == "<"


def test_where_leads_to_the_first_card_of_each_kind():
    by_year = {row.row.year: row for row in summary().where}
    assert by_year[2022].cells == [
        (Verdict.CONTAMINATED, 2, 1),
        (Verdict.RECYCLED, 13, 2),
        (Verdict.REVIEW, 0, None),
        (Verdict.BOILERPLATE, 5, 4),
    ]
    assert by_year[2022].first_dropped == 2
    assert by_year[2018].first_dropped is None
    assert (summary().first("review"), summary().first("dropped")) == (3, 2)


def test_a_card_outside_the_table_is_listed():
    row = WhereRow(benchmark="other", year=None, items=1, counts=VerdictCounts(), pairs_dropped=0)
    found = summary(where=[row])
    assert [line.benchmark for line in found.lines] == ["physio"] * 4
    assert found.where[0].cells[0] == (Verdict.CONTAMINATED, 0, None)


def test_the_filters_offer_what_there_is():
    found = summary()
    assert found.years == {2022: 3, 2021: 1}
    assert found.sources == {"notes": 3, "chapters": 1}
    assert found.parts == {"stem": 3, "choices": 1, "vignette": 1, "explanation": 1}


def test_only_the_last_line_about_a_pair_applies():
    report = samples.report()
    assert applied(report.decisions)["renal-04", "physio", "117A5"].decision == "accepted"
    decided = [line.decision is not None for line in summary().lines]
    assert decided == [False, False, True, False]
