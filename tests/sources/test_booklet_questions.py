"""What a booklet's page may hold: every number is accounted for, and faults are told with their page."""

import pytest
from booklet_fonts import needs_noto, truetype_font
from booklet_press import Item, Style, print_booklet, print_sheet
from booklet_scraps import draw, question

from curate.models import Quarantined
from curate.sources import BookletSource

NAME = "98a_questions.pdf"
KEYS = dict.fromkeys(range(1, 9), "a")


@pytest.fixture
def booklet(tmp_path, read):
    """Reads a booklet of drawn pages: its questions by number, and the errors of the others."""

    def booklet(*pages, keys=KEYS, **recipe):
        draw(tmp_path / NAME, *pages)
        print_sheet(tmp_path / "98_answers.pdf", {"A": keys}, "HeiseiMin-W3", "98")
        rows = read(BookletSource, tmp_path, **recipe)
        bad = [row for row in rows if isinstance(row, Quarantined)]
        assert {row.file for row in bad} <= {f"own/{NAME}"}
        good = {row.number: row for row in rows if not isinstance(row, Quarantined)}
        return good, [(row.line, row.error) for row in bad]

    return booklet


def _keys(last):
    return dict.fromkeys(range(1, last + 1), "a")


def test_a_missing_number_is_one_row(booklet):
    good, bad = booklet(question(1, 700) + question(3, 500), question(4, 700), keys=_keys(5))
    assert list(good) == [1, 3, 4]
    assert bad == [
        (1, "page 1, question A2: expected, not found"),
        (2, "after page 2, question A5: expected, not found; 98_answers.pdf has its answer"),
    ]


def test_a_number_that_cannot_be_read_spoils_the_question_before_it(booklet):
    good, bad = booklet(question(1, 760) + question("", 600) + question(3, 400), keys=_keys(3))
    assert list(good) == [3]
    twice = "its options stand there twice: the next question's number may be unreadable"
    assert bad == [
        (1, f"page 1, question A1: {twice}"),
        (1, "page 1, question A2: expected, not found"),
    ]


def test_a_number_out_of_order(booklet):
    good, bad = booklet(question(1, 760) + question(2, 600) + question(1, 400), keys=_keys(2))
    assert list(good) == [1, 2]
    assert bad == [(1, "page 1, question A1: out of order: it stands after question 2")]


@pytest.mark.parametrize(
    ("letters", "error"),
    [
        ("", "no options a, b, … were found"),
        ("abcd", "4 options found, 5 expected"),
        ("abde", "option c expected, d found"),
    ],
)
def test_missing_options(booklet, letters, error):
    good, bad = booklet(question(1, 760) + question(2, 600, letters=letters), keys=_keys(2))
    assert list(good) == [1]
    assert bad == [(1, f"page 1, question A2: {error}")]


def test_four_options_where_the_recipe_allows_them(booklet):
    good, bad = booklet(question(1, 760, letters="abcd"), keys=_keys(1), min_options=4)
    assert (len(good[1].choices), bad) == (4, [])


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("", "no key: its answer is blank"),
        ("x", "no key: answers: is neither letters a-j nor one number"),
        ("f", "answers: 'f' is beyond the 5 choices"),
        ("26", "answers: the number '26' cannot be the key of a multiple choice"),
    ],
)
def test_a_key_that_does_not_fit(booklet, key, error):
    good, bad = booklet(question(1, 760) + question(2, 600), keys={1: "a", 2: key})
    assert list(good) == [1]
    assert [(line, told.split("; ")[0]) for line, told in bad] == [
        (1, f"page 1, question A2: {error}")
    ]


def test_no_key_on_the_sheet(booklet):
    good, bad = booklet(question(1, 760) + question(2, 600), keys={1: "a"})
    assert bad == [(1, "page 1, question A2: no key: 98_answers.pdf has no answer to it")]
    good, bad = booklet(question(1, 760) + question(2, 600), keys={1: "a"}, key="none")
    assert ([good[n].answers for n in (1, 2)], bad) == ([[["a"]], []], [])


def test_a_question_over_two_pages(booklet):
    whole = question(1, 700)
    good, _ = booklet(whole[:4], [(x, 760 - 15 * n, t) for n, (x, _, t) in enumerate(whole[4:])])
    assert good[1].provenance.page == 1
    assert good[1].choices == [f"選択肢{c}" for c in "abcde"]


def test_pictures_as_options(booklet):
    good, _ = booklet(
        question(1, 760, "写真（別冊No. 1 ①～⑤）を別に示す。どれか。", ""), keys=_keys(1)
    )
    assert (good[1].choices, good[1].has_image, good[1].answers) == ([], True, [["a"]])


def test_raised_small_letters_and_ruby(booklet):
    stem = [
        *((60, 700, "1"), (82, 700, "齲歯の数は10"), (82, 711, "うし", 5)),
        *((142.5, 704, "3", 6), (146, 700, "/mLである。どれか。")),
    ]
    good, _ = booklet(stem + question("", 700)[2:], keys=_keys(1))
    assert good[1].text == "齲歯の数は103/mLである。どれか。"


def test_glyphs_printed_twice_count_once(booklet):
    good, _ = booklet([*question(1, 760), (82.3, 760, "どれか。")], keys=_keys(1))
    assert good[1].text == "どれか。"


def test_odd_glyphs_stay_to_be_seen(booklet):
    good, _ = booklet(question(1, 760, "全身°怠感が続く。どれか。"), keys=_keys(1))
    assert good[1].text == "全身°怠感が続く。どれか。"


@needs_noto
def test_characters_that_the_font_does_not_map(tmp_path, read):
    items = [
        Item(
            1,
            "全身倦怠感が続く。考えられる疾患はどれか。",
            ["胃炎", "肺炎", "腸炎", "肝炎", "膵炎"],
        )
    ]
    font = truetype_font("".join(items[0].choices) + items[0].text + "0123456789abcde", tmp_path)
    print_booklet(tmp_path / NAME, items, Style(font), "A", "98")
    print_sheet(tmp_path / "answers.pdf", {"A": {1: "a"}}, "HeiseiMin-W3", "98")
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes().replace(b"/ToUnicode", b"/ToNothing"))
    row = read(BookletSource, tmp_path)[0]
    assert row.error.startswith("page 2, question A1: ")
    assert "of its characters are unknown; at most 5% may be" in row.error
    seen = read(BookletSource, tmp_path, max_faults=1.0)[0]
    assert "\ufffd" in seen.text


def test_ages_and_amounts_at_a_line_start_begin_no_question(booklet):
    stem = [
        *((60, 700, "1"), (82, 700, "架空の男性。"), (60, 685, "2 歳から鱗がある。")),
        *((60, 670, "3　mg を飲む。"), (60, 655, "どれか。")),
    ]
    good, bad = booklet(stem + question("", 640)[2:], keys=_keys(1))
    assert (list(good), bad) == ([1], [])
    assert "2歳から" in good[1].text.replace(" ", "")


def test_running_heads_are_no_text(booklet):
    feet = [(290, 30, "― {} ―"), (430, 30, "DKIX―01―AH―{}"), (60, 820, "架空の試験　{}")]
    pages = [question(n, 700) + [(x, y, text.format(n)) for x, y, text in feet] for n in (1, 2, 3)]
    good, bad = booklet(*pages, keys=_keys(3))
    assert bad == []
    assert {row.choices[4] for row in good.values()} == {"選択肢e"}


@needs_noto
def test_several_sections_in_one_file(tmp_path, read):
    title = (60, 780, "第９８回医師国家試験")
    pages = [
        [title, *question(1, 700), *question(2, 500), (545, 810, "Ａ")],
        [*question(3, 700), (545, 810, "Ａ")],
        [(60, 780, "B問題"), *question(1, 700), *question(2, 500)],
        question(4, 700),
    ]
    draw(tmp_path / "questions.pdf", *pages)
    keys = {"A": _keys(3), "B": _keys(4)}
    print_sheet(tmp_path / "answers.pdf", keys, "HeiseiMin-W3", "98")
    rows = read(BookletSource, tmp_path)
    assert [row.id for row in rows if not isinstance(row, Quarantined)] == [
        *("98A1", "98A2", "98A3", "98B1", "98B2", "98B4")
    ]
    assert [row.error for row in rows if isinstance(row, Quarantined)] == [
        "page 4, question B3: expected, not found"
    ]
    assert {row.exam for row in rows if not isinstance(row, Quarantined)} == {"98"}
