"""The page is whole, escaped, self-contained and the same every time."""

import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
import report_samples as samples
from jinja2 import UndefinedError

from curate.models import AuditVerdict
from curate.reports import render_html
from curate.reports.environment import template
from curate.reports.render import render_page

VOID = {"meta", "link", "br", "img", "input", "circle", "line", "path", "use"}
SHAPES = {"pass": "s-pass", "undecided": "s-undecided", "fail": "s-fail", "none": "s-none"}


class Tree(HTMLParser):
    """Checks that tags balance, and collects ids, links and attributes."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in {"script", "style"}:
            self.text += data


def parsed(html):
    tree = Tree()
    tree.feed(html)
    tree.close()
    assert tree.open == []
    return tree


def with_power():
    audit = samples.audit(AuditVerdict.FAIL, power=samples.power(), power_floor=0.95)
    return samples.report(audit=audit, findings_total=1112)


def bare():
    audit = samples.audit(AuditVerdict.NONE, benchmarks=[], dropped={})
    return samples.report(
        audit=audit,
        where=[],
        years=[],
        findings=[],
        findings_total=0,
        not_checked=[],
        max_year=None,
    )


REPORTS = {
    **{verdict.value: samples.report(verdict) for verdict in AuditVerdict},
    "power": with_power(),
    "hostile": samples.hostile_report(),
    "bare": bare(),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_the_page_is_well_formed(report):
    tree = parsed(render_html(report))
    ids = Counter(attrs["id"] for _, attrs in tree.tags if "id" in attrs)
    assert max(ids.values()) == 1
    for _, attrs in tree.tags:
        if attrs.get("href", "").startswith("#"):
            assert attrs["href"][1:] in ids
        for name in ("aria-labelledby",):
            assert name not in attrs or attrs[name] in ids


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_the_page_asks_for_nothing(report):
    html = render_html(report)
    tree = parsed(html)
    assert not re.search(r"https?://|@import|url\(", html)
    assert not {tag for tag, _ in tree.tags} & {"link", "img", "iframe", "base", "object", "embed"}
    policy = next(attrs["content"] for _, attrs in tree.tags if "http-equiv" in attrs)
    assert policy.startswith("default-src 'none'; ")


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_the_same_record_gives_the_same_bytes(report):
    again = type(report).model_validate_json(report.model_dump_json())
    assert render_html(report) == render_html(again)


def test_hostile_text_stays_text():
    html = render_html(samples.hostile_report())
    tree = parsed(html)
    scripts = [attrs.get("type") for tag, attrs in tree.tags if tag == "script"]
    assert scripts == ["application/json", None]
    assert not [name for _, attrs in tree.tags for name in attrs if name.startswith("on")]
    assert "window.owned=1;alert(1)</script>" not in html
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "‹U+202E›" in tree.text
    assert "</style><script>window.owned=1;alert(1)</script>" in tree.text


@pytest.mark.parametrize("verdict", list(AuditVerdict))
def test_each_verdict_has_its_word_shape_and_colour(verdict):
    tree = parsed(render_html(samples.report(verdict)))
    assert any(attrs.get("class") == f"verdict is-{verdict.value}" for _, attrs in tree.tags)
    assert ("use", {"href": f"#{SHAPES[verdict.value]}"}) in tree.tags
    assert verdict.value.upper() in tree.text


def test_power_that_was_not_measured_is_said():
    text = parsed(render_html(samples.report())).text
    assert "power not measured" in text
    assert "does not say how many disguised copies the detector would have missed" in text


def test_measured_power_is_shown_with_interval_and_floor():
    tree = parsed(render_html(with_power()))
    assert "98.2 % [97.5, 98.6]" in tree.text
    assert "not measured" not in tree.text
    assert "Floor: 95.0 %" in tree.text
    assert sum(tag == "circle" and attrs.get("cy") == "10" for tag, attrs in tree.tags) == 6


def test_the_first_box_names_what_the_verdict_leaves_out():
    text = parsed(render_html(samples.report(AuditVerdict.PASS))).text
    assert "2,000/2,000 items" in text
    assert "41 of 2,000 items" in text
    assert "physio 2019. Nothing in this report speaks about them." in text
    assert "Images (312)" in text
    assert "2,400 → 2,073" in text


def test_the_data_of_the_script_is_what_the_record_says():
    html = render_html(samples.hostile_report())
    data = json.loads(re.search(r'id="data">(.*?)</script>', html)[1])
    assert data["lines"][0][2] == data["given"][0]["record_id"] == samples.HOSTILE
    assert data["audit"] == f"{samples.sha('7')}/{samples.sha('c')}"


def many(number):
    cards = [samples.card(number=at) for at in range(1, number + 1)]
    return samples.report(findings=cards, findings_total=number)


def test_cards_after_the_first_page_wait_as_data_and_stand_in_the_list_of_all():
    html = render_html(many(120))
    tree = parsed(html)
    ids = [attrs.get("id") for tag, attrs in tree.tags if tag == "article"]
    assert ids == [f"c{at}" for at in range(1, 51)]
    pages = re.findall(r'class="page">(.*?)</script>', html)
    later = [card for page in pages for card in json.loads(page)]
    assert [re.search(r'id="(c\d+)"', card)[1] for card in later] == [
        f"c{at}" for at in range(51, 121)
    ]
    lines = [attrs["id"] for tag, attrs in tree.tags if re.fullmatch(r"t\d+", attrs.get("id", ""))]
    assert lines == [f"t{at}" for at in range(1, 121)]


def test_a_page_is_made_piece_by_piece():
    report = many(400)
    pieces = list(render_page(report))
    assert max(map(len, pieces)) < len("".join(pieces)) / 4


def test_a_number_leads_to_a_card_or_to_its_line_in_the_list_of_all():
    cards = [samples.card(number=at) for at in range(1, 61)]
    cards.append(samples.cards()[2])
    links = re.findall(r'href="#([ct]\d+)" data-first', render_html(samples.report(findings=cards)))
    assert links == ["c1", "t61", "c1", "t61"]


def test_decisions_that_match_nothing_are_pointed_at():
    text = parsed(render_html(samples.report())).text
    assert "1 decision given to this run matches no finding" in text
    assert "decisions.jsonl:3nobody" in text
    assert "Decided: accepted by reader, 2025-01-01: quoted on purpose" in text


def test_options_carry_the_letters_they_had():
    html = render_html(samples.report())
    assert '<span class="letter moved">c</span>' in html


def test_what_is_not_checked_is_named():
    short = samples.NotChecked(what="too short", count=2, why="short", ids=["physio 1", "physio 2"])
    html = render_html(samples.report(not_checked=[short]))
    assert "<summary>2 items</summary><bdi>physio 1, physio 2</bdi>" in html


def test_cards_that_are_left_out_are_counted():
    assert "The first 4 of 1,112" in parsed(render_html(with_power())).text


def test_exam_text_is_japanese_to_the_browser():
    html = render_html(samples.report())
    assert re.search(r'<div class="text p-stem" lang="ja"><mark>安静時', html)


def test_a_text_the_template_misspells_is_an_error():
    with pytest.raises(UndefinedError):
        template("report.html.jinja").environment.from_string("{{ nothing }}").render()
