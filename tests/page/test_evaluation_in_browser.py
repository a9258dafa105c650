"""The evaluation's report in Chromium: quiet, safe, filtered and stepped through, narrow, on paper."""

from itertools import pairwise

import evaluation_samples as samples
import pytest

from curate.reports import render_evaluation

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.page

SHOWN = "[...document.querySelectorAll('article.card')].map(c => +c.id.slice(1))"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
COPIES = 6
REPORT = samples.report(many=COPIES, leaks=samples.leaks())
LOST, ITEMS = 2 * COPIES, 15 * COPIES


@pytest.fixture
def open_evaluation(open_report, tmp_path):
    def open_(report=REPORT, **options):
        path = tmp_path / "evaluation.html"
        path.write_text("".join(render_evaluation(report)), encoding="utf-8")
        return open_report(path, **options)

    return open_


@pytest.mark.parametrize("report", [REPORT, samples.hostile()], ids=["full", "hostile"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_quiet_safe_and_fits(open_evaluation, report, width):
    opened = open_evaluation(report, width=width)
    opened.page.wait_for_timeout(200)
    assert opened.console == []
    assert len(opened.requests) == 1
    assert opened.page.evaluate("window.owned === undefined")
    assert opened.page.evaluate(OVERFLOW) == 0


def test_headings_descend_one_step_at_a_time(open_evaluation):
    page = open_evaluation().page
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_flip_and_a_stratum_filter_together(open_evaluation):
    page = open_evaluation().page
    assert page.locator("#shown").inner_text() == f"Cards 1-50 of {ITEMS}"
    page.get_by_role("radio", name="right → wrong").check()
    assert page.evaluate(SHOWN) == [*range(1, LOST + 1)]
    page.locator("#f-image").select_option("yes")
    shown = page.evaluate(SHOWN)
    assert len(shown) == COPIES
    assert page.locator(f"#c{shown[0]} .meta").inner_text().count("image") == 1
    assert page.locator("#shown").inner_text() == f"Cards 1-6 of 6, of {ITEMS} in all"
    page.get_by_role("button", name="Show all").click()
    assert len(page.evaluate(SHOWN)) == 50


def test_keys_step_over_the_end_of_a_page(open_evaluation):
    page = open_evaluation().page
    page.locator("#c50").focus()
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "c51"
    assert page.evaluate(SHOWN) == [*range(51, ITEMS + 1)]
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == "c50"


def test_a_number_of_the_matrix_leads_to_its_cards(open_evaluation):
    page = open_evaluation().page
    page.get_by_role("link", name="wrong → right, direct to explained").click()
    assert page.evaluate(SHOWN) == [*range(LOST + 1, LOST + COPIES + 1)]
    assert page.evaluate("document.activeElement.id") == f"c{LOST + 1}"


def test_the_sides_stand_beside_each_other_and_stack_when_narrow(open_evaluation):
    for width, stacked in [(1280, False), (400, True)]:
        page = open_evaluation(width=width).page
        one, other = (page.locator("#c1 .side").nth(at).bounding_box() for at in (0, 1))
        assert (other["y"] > one["y"]) is stacked


def test_without_javascript_the_tables_and_all_items_stand_there(open_evaluation):
    page = open_evaluation(javascript=False).page
    assert page.locator("article.card:visible").count() == 50
    assert page.locator("table.all-findings tbody tr:visible").count() == ITEMS
    assert page.get_by_text("Drop from mode to mode").is_visible()
    assert not page.locator("#filter").is_visible()


def test_plots_lie_within_their_axis(open_evaluation):
    page = open_evaluation().page
    for row in page.locator("table.plot tbody svg").all():
        frame = row.bounding_box()
        for mark in row.locator("circle").all():
            box = mark.bounding_box()
            assert frame["x"] <= box["x"]
            assert box["x"] + box["width"] <= frame["x"] + frame["width"]
