"""The report in a real browser: quiet, safe, usable by keyboard, without JavaScript, narrow."""

from itertools import pairwise

import pytest
import report_samples as samples

from curate.models import AuditVerdict

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.page

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SHOWN = (
    "[...document.querySelectorAll('article.card')].filter(c => c.checkVisibility()).map(c => c.id)"
)
INK = """char => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const pen = canvas.getContext("2d");
  pen.font = "48px " + getComputedStyle(document.querySelector("[lang=ja]")).fontFamily;
  pen.fillText(char, 4, 52);
  return [...pen.getImageData(0, 0, 64, 64).data].filter((_, at) => at % 4 === 3).join(",");
}"""


def full():
    audit = samples.audit(AuditVerdict.FAIL, power=samples.power(), power_floor=0.95)
    return samples.report(audit=audit)


@pytest.mark.parametrize("report", [full(), samples.hostile_report()], ids=["full", "hostile"])
def test_nothing_is_asked_for_written_or_run(open_report, report):
    opened = open_report(report)
    opened.page.wait_for_timeout(200)
    assert opened.console == []
    assert [url for url in opened.requests if not url.startswith("file:")] == []
    assert len(opened.requests) == 1
    assert opened.page.evaluate("window.owned === undefined")


def test_headings_descend_one_step_at_a_time(open_report):
    page = open_report(full()).page
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    titles = page.locator("h2").all_inner_texts()
    assert titles == [
        "How sure", "Where", "What was done", "Findings", "Not checked", "How to redo",
    ]  # fmt: skip


def test_the_filter_hides_the_other_cards(open_report):
    page = open_report(full()).page
    page.get_by_role("radio", name="review").check()
    assert page.evaluate(SHOWN) == ["c3"]
    assert page.locator("#shown").inner_text() == "Showing 1 of 4 cards."
    page.get_by_role("button", name="Show all").click()
    sync_api.expect(page.locator("#shown")).to_have_text("Showing 4 of 4 cards.")
    page.get_by_label("Row", exact=True).select_option("dropped")
    assert page.evaluate(SHOWN) == ["c2", "c4"]


def test_a_number_leads_to_its_cards(open_report):
    page = open_report(full()).page
    page.get_by_role("link", name="13 recycled findings, physio 2022").click()
    assert page.evaluate(SHOWN) == ["c2"]
    assert page.evaluate("location.hash") == "#c2"


def test_a_link_to_a_hidden_card_shows_it(open_report):
    page = open_report(full()).page
    page.get_by_role("radio", name="review").check()
    page.evaluate("location.hash = '#c1'")
    sync_api.expect(page.locator("#c1")).to_be_visible()


def test_the_keyboard_reaches_the_content_and_the_filter(open_report):
    page = open_report(full()).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "verdict":
            break
    page.keyboard.press("ArrowRight")
    assert page.evaluate(SHOWN) == ["c1"]


def test_without_javascript_everything_is_there(open_report):
    page = open_report(full(), javascript=False).page
    assert page.locator("article.card").count() == 4
    for number in range(1, 5):
        assert page.locator(f"#c{number}").is_visible()
    assert not page.locator("#filter").is_visible()


@pytest.mark.parametrize("width", [320, 400, 1280])
@pytest.mark.parametrize("report", [full(), samples.hostile_report()], ids=["full", "hostile"])
def test_the_page_never_scrolls_sideways(open_report, report, width):
    page = open_report(report, width=width).page
    page.add_style_tag(content=".card { content-visibility: visible !important }")
    assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize(("width", "stacked"), [(400, True), (1280, False)])
def test_the_sides_stack_when_narrow(open_report, width, stacked):
    page = open_report(full(), width=width).page
    page.locator("#c1").scroll_into_view_if_needed()
    record, item = (page.locator("#c1 .side").nth(at).bounding_box() for at in (0, 1))
    assert (item["y"] > record["y"]) is stacked


@pytest.mark.parametrize("char", "囊嚢あ")
def test_japanese_glyphs_are_drawn(open_report, char):
    page = open_report(full()).page
    tofu, blank = page.evaluate(INK, "\U0010ffff"), page.evaluate(INK, " ")
    assert page.evaluate(INK, char) not in {tofu, blank}


def test_the_two_spellings_look_different(open_report):
    page = open_report(full()).page
    assert page.evaluate(INK, "囊") != page.evaluate(INK, "嚢")


def test_paper_shows_every_card_and_no_filter(open_report):
    page = open_report(full()).page
    page.get_by_role("radio", name="review").check()
    page.emulate_media(media="print")
    assert page.evaluate(SHOWN) == ["c1", "c2", "c3", "c4"]
    assert not page.locator("#filter").is_visible()


def test_a_thousand_cards_filter_at_once(open_report):
    many = [samples.card(number=number) for number in range(1, 1001)]
    many.append(samples.card(samples.Verdict.REVIEW, 1001))
    page = open_report(samples.report(findings=many, findings_total=1001)).page
    page.get_by_role("radio", name="review").check()
    assert page.evaluate(SHOWN) == ["c1001"]
