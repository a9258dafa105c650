"""Shared spans are marked, differing characters emphasised, hostile characters shown."""

import pytest

from curate.reports.marks import DIFF_LIMIT, equal_spellings, marked_pair, marked_text, visible


def test_a_span_is_marked_and_the_rest_escaped():
    assert marked_text("a<b>水</b>", [[4, 5]]) == "a&lt;b&gt;<mark>水</mark>&lt;/b&gt;"


def test_overlapping_and_overlong_spans_are_harmless():
    assert marked_text("abcd", [[1, 3], [2, 99], [50, 60], [3, 1]]) == "a<mark>bcd</mark>"


def test_what_differs_inside_the_spans_is_emphasised():
    left, right = marked_pair(("上がる", [[0, 3]]), ("下がる", [[0, 3]]), {})
    assert left == "<mark><b>上</b></mark><mark>がる</mark>"
    assert right == "<mark><b>下</b></mark><mark>がる</mark>"


def test_what_differs_outside_the_spans_is_not():
    left, _ = marked_pair(("前 水", [[2, 3]]), ("後 水", [[2, 3]]), {})
    assert left == "前 <mark>水</mark>"


@pytest.mark.parametrize(("left", "right"), [("１L", "1l"), ("カ", "か"), ("胆囊", "胆嚢")])
def test_folded_spellings_do_not_count_as_different(left, right):
    both = marked_pair((left, [[0, 2]]), (right, [[0, 2]]), equal_spellings(["囊 = 嚢"]))
    assert both == (f"<mark>{left}</mark>", f"<mark>{right}</mark>")


def test_spans_of_unequal_number_are_marked_without_differences():
    left, right = marked_pair(("甲乙", [[0, 1], [1, 2]]), ("甲丙", [[0, 2]]), {})
    assert left == "<mark>甲乙</mark>"
    assert right == "<mark>甲丙</mark>"


def test_spans_on_one_side_only_are_not_called_different():
    _, right = marked_pair(("甲", []), ("乙", [[0, 1]]), {})
    assert right == "<mark>乙</mark>"


def test_very_long_spans_are_marked_without_differences():
    text = "水" * (DIFF_LIMIT + 1)
    left, _ = marked_pair((text, [[0, len(text)]]), ("血" + text, [[0, len(text)]]), {})
    assert left == f"<mark>{text}</mark>"


def test_long_texts_without_a_match_are_cut_and_say_so():
    shown = marked_text("水" * 2000 + "血", [[2000, 2001]])
    assert "[1,680 characters without a match not shown]" in shown
    assert shown.endswith("<mark>血</mark>")
    assert shown.count("水") == 320


@pytest.mark.parametrize("char", list("\u202e\u2066\u200e\u200b\ufeff\x00\x1b\x7f\r\u2028\ue000"))
def test_characters_that_hide_or_reorder_are_shown_as_code_points(char):
    assert visible(f"a{char}b") == f"a‹U+{ord(char):04X}›b"
    assert char not in marked_text(f"a{char}b", [[0, 3]])


def test_ordinary_white_space_and_variants_stay():
    assert visible("一　行\n\t葛󠄀") == "一　行\n\t葛󠄀"


def test_only_pairs_of_single_characters_count_as_equal_spellings():
    assert equal_spellings(["囊 = 嚢", "１ = 1", "mL = ミリリットル", "nothing"]) == {
        "嚢": "囊",
        "1": "１",
    }
