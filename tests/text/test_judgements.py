"""An explanation's own verdicts: what they come to beside the key, and where nothing is said."""

import pytest

from curate.text import judgement

RIGHT = "心臓について正しいのはどれか。2つ選べ。"
WRONG = "心臓について誤っているのはどれか。1つ選べ。"

SUPPORTS = [
    (RIGHT, "ac", "1:正\n四つの部屋がある。2:誤\n弁は四つある。3:正 4:誤 5:誤"),
    (RIGHT, "ac", "1：正しい\n2：誤っている\n3：正しい\n4：誤っている\n5：誤っている"),
    (RIGHT, "ac", "ａ 正しい。ｂ 誤り。ｃ 正しい。ｄ 誤り。ｅ 誤り。"),
    (RIGHT, "ac", "○a：四つの部屋がある。\n×b：弁は四つある。\n○c：左にある。\n×d：ない。\n×e：ない。"),
    (RIGHT, "ac", "○ a ：正面\n× b ：弁\n○ c ：左\n× d ：ない\n× e ：ない"),
    (RIGHT, "ac", "a ○ 四つ\nb × 二つ\nc ○ 左\nd × 右\ne × 無い"),
    (RIGHT, "ac", "1 ○ 2 × 3 ○ 4 × 5 ×"),
    (RIGHT, "ac", "四つの部屋がある。\n正答 1、3"),
    (RIGHT, "ac", "解答：a, c"),
    (RIGHT, "ac", "したがって正解は１と３である。"),
    (RIGHT, "ac", "解答\n1、3\n解説\n1:正\n部屋は四つ。2:誤\n弁の数。3:正\n左にある。"),
    (RIGHT, "ac", "1:適切\n2:不適切\n3:適切である\n4:適切でない"),
    (WRONG, "b", "1:正\n2:誤\n弁は四つある。3:正\n4:正\n5:正"),
    (WRONG, "b", "選択肢1は正しい。選択肢2（弁の数）は、誤っている。"),
    ("心臓について適切でないのはどれか。", "b", "1:適切\n2:適切でない\n弁は四つある。3:適切"),
    ("記載に必ず含めなければならないのはどれか。", "a", "1:正\n2:誤\n3:誤"),
    ("心臓に含まれないのはどれか。", "b", "よって、選択肢2が正答である。"),
    ("これに関する記述のうち、正しいのはどれか。", "a", "1:正\n2:誤"),
    ("血液を送り出さない臓器についての記述として、適切なものはどれか。", "a", "1:適切\n2:不適切"),
    ("血液を送り出す臓器はと\u3099れか。1つ選へ\u3099。", "a", "1:正\n2:誤"),
]  # fmt: skip

CONTRADICTS = [
    (RIGHT, "ac", "1:正\n2:正\n弁は四つある。3:誤\n4:誤\n5:誤", "bc"),
    (RIGHT, "ac", "1:誤\n", "a"),
    (RIGHT, "ac", "正答 1、4", "cd"),
    (WRONG, "b", "1:誤\n2:正\n3:正\n4:正\n5:正", "ab"),
    ("心臓に含まれないのはどれか。", "b", "正解は3である。", "bc"),
]

SILENT = [
    (RIGHT, "ac", "心臓は四つの部屋からなり、左右の肺の間にある。"),
    (RIGHT, "ac", "1:正常な値である。2:誤差がある。3:正確に測る。"),
    (RIGHT, "ac", "1 正しい診断には検査が要る。"),
    (RIGHT, "ac", "1:正\n1:誤\n2:誤\n3:正"),
    (RIGHT, "ac", "1:正\nb:誤\n3:正"),
    (RIGHT, "ac", "1:正\n2:誤\n"),
    (RIGHT, "ac", "6:正\n7:誤\n"),
    (RIGHT, "ac", "処方1:正\n表2:誤"),
    (RIGHT, "ac", "①：正\n②：誤\n③：正"),
    (RIGHT, "ac", "1:正\n2:誤\n3:正\n正答 1、4"),
    (RIGHT, "ac", "正答 1、3\n別の問の正答 2、4"),
    (RIGHT, "ac", "「左」となっていれば、選択肢2が正答となる。"),
    ("心臓に含まれないのはどれか。", "b", "1:正\n2:誤\n3:正"),
    ("心臓についての記述の正誤の組合せとして正しいのはどれか。", "b", "a:正\nb:誤\nc:正"),
    ("不適切な記載が一つある。それはどれか。", "b", "1:正\n2:誤\n3:正"),
    ("図に示す心臓の部屋の数を数えよ。", "b", "1:正\n2:誤\n3:正"),
    (RIGHT, "", "1:正\n2:誤\n3:正"),
]


@pytest.mark.parametrize(("stem", "key", "explanation"), SUPPORTS)
def test_verdicts_that_agree_support_the_key(stem, key, explanation):
    found = judgement(stem, 5, [list(key)], explanation)
    assert found is not None
    assert (found.supports, found.letters) == (True, "")


@pytest.mark.parametrize(("stem", "key", "explanation", "letters"), CONTRADICTS)
def test_verdicts_that_differ_name_the_options_at_odds(stem, key, explanation, letters):
    found = judgement(stem, 5, [list(key)], explanation)
    assert found is not None
    assert (found.supports, found.letters) == (False, letters)


@pytest.mark.parametrize(("stem", "key", "explanation"), SILENT)
def test_what_is_not_sure_is_no_verdict(stem, key, explanation):
    assert judgement(stem, 5, [list(key)] if key else [], explanation) is None


@pytest.mark.parametrize("stem", [RIGHT, WRONG])
def test_the_stem_decides_which_options_the_answer_is_made_of(stem):
    text = "1:誤\n2:正\n3:正\n4:正\n5:正"
    of_the_wrong, of_the_right = (judgement(stem, 5, [list(k)], text) for k in ("a", "bcde"))
    assert of_the_wrong is not None
    assert of_the_right is not None
    assert of_the_wrong.supports == (stem == WRONG)
    assert of_the_right.supports == (stem == RIGHT)


def test_any_of_several_accepted_answers_is_supported_and_so_is_all_of_them():
    keys = [["a", "b"], ["a", "c"], ["b", "c"]]
    for told in ("1:正\n2:正\n3:誤", "1:正\n2:誤\n3:正", "1:正\n2:正\n3:正\n4:誤\n5:誤"):
        found = judgement(RIGHT, 5, keys, told)
        assert found is not None
        assert found.supports
    found = judgement(RIGHT, 5, keys, "1:正\n2:正\n3:誤\n4:正")
    assert found is not None
    assert (found.supports, found.letters) == (False, "d")


def test_a_number_is_no_key_to_compare_with_and_options_of_images_are_counted_by_the_key():
    assert judgement("何個あるか。", 0, [["26"]], "1:正\n2:誤") is None
    found = judgement(RIGHT, 0, [["e"]], "1:誤\n5:正")
    assert found is not None
    assert found.supports


@pytest.mark.parametrize("filler", [" ", "正", "誤 ", "どれ", "正解は1と", "選択肢1は、"])
def test_hostile_texts_take_no_more_than_their_length(filler):
    """A square of 200,000 characters would not end."""
    long = filler * (200_000 // len(filler))
    for stem, told in ((RIGHT, f"{long}\n1:正"), (f"{long}。{RIGHT}", "1:正")):
        found = judgement(stem, 5, [["a"]], told)
        assert found is not None
        assert found.supports
