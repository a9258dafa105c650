"""The pairs' report in Chromium: quiet, safe, filtered and stepped through, narrow, on paper."""

from itertools import pairwise

import pairs_samples
import pytest

from curate.reports import render_pairs

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.page

SHOWN = (
    "[...document.querySelectorAll('article.card')]"
    ".filter(c => c.checkVisibility()).map(c => +c.id.slice(1))"
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
REPORT = pairs_samples.report()


def holding(grade):
    """Returns the numbers of the cards that show a grade."""
    return [at for at, one in enumerate(REPORT.examples, start=1) if grade in one.grades]


@pytest.fixture
def open_pairs(open_report, tmp_path):
    def open_(report=REPORT, **options):
        path = tmp_path / "pairs.html"
        path.write_text(render_pairs(report), encoding="utf-8")
        return open_report(path, **options)

    return open_


@pytest.mark.parametrize(
    "report", [REPORT, pairs_samples.hostile_report()], ids=["full", "hostile"]
)
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_quiet_safe_and_fits(open_pairs, report, width):
    opened = open_pairs(report, width=width)
    opened.page.wait_for_timeout(200)
    assert opened.console == []
    assert len(opened.requests) == 1
    assert opened.page.evaluate("window.owned === undefined")
    assert opened.page.evaluate(OVERFLOW) == 0


def test_headings_descend_one_step_at_a_time(open_pairs):
    page = open_pairs().page
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_filter_shows_the_cards_with_a_grade(open_pairs):
    page = open_pairs().page
    page.get_by_role("radio", name="refused").check()
    assert page.evaluate(SHOWN) == holding("refused")
    told = f"{len(holding('refused'))} of {len(REPORT.examples)} examples"
    assert page.locator("#shown").inner_text() == told
    page.get_by_role("radio", name="all").check()
    assert page.evaluate(SHOWN) == [*range(1, len(REPORT.examples) + 1)]


def test_a_number_leads_to_the_examples_of_its_grade(open_pairs):
    page = open_pairs().page
    page.get_by_role("link", name="responses truncated: examples").click()
    assert page.evaluate(SHOWN) == holding("truncated")
    assert page.evaluate("document.activeElement.id") == f"c{holding('truncated')[0]}"
    page.evaluate("location.hash = '#c1'")
    sync_api.expect(page.locator("#c1")).to_be_focused()


def test_keys_step_through_the_cards_that_are_shown(open_pairs):
    page = open_pairs().page
    page.get_by_role("radio", name="conflicting").check()
    page.keyboard.press("n")
    first, second = holding("conflicting")[:2]
    assert page.evaluate("document.activeElement.id") == f"c{first}"
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == f"c{second}"
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == f"c{first}"
    page.locator("#keys").uncheck()
    page.locator(f"#c{first}").focus()
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == f"c{first}"


def test_the_sides_stand_beside_each_other_and_stack_when_narrow(open_pairs):
    for width, stacked in [(1280, False), (400, True)]:
        page = open_pairs(width=width).page
        one, other = (page.locator("#c1 .side").nth(at).bounding_box() for at in (0, 1))
        assert (other["y"] > one["y"]) is stacked


def test_without_javascript_every_example_stands_there(open_pairs):
    page = open_pairs(javascript=False).page
    assert page.locator("article.card:visible").count() == len(REPORT.examples)
    assert not page.locator("#pick").is_visible()


def test_paper_has_every_example_and_no_controls(open_pairs):
    page = open_pairs().page
    page.get_by_role("radio", name="degenerate").check()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(page.evaluate(SHOWN)) == len(REPORT.examples)
    assert not page.locator("#pick").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(SHOWN) == holding("degenerate")


def test_plots_lie_within_their_axis(open_pairs):
    page = open_pairs().page
    for dot in page.locator("table.plot tbody svg").all():
        frame = dot.bounding_box()
        for mark in dot.locator("circle, rect").all():
            box = mark.bounding_box()
            assert frame["x"] <= box["x"]
            assert box["x"] + box["width"] <= frame["x"] + frame["width"]
