"""Where prompt and completion meet in tokens."""

import polars as pl

from curate.grading.boundary import ENDING, Boundary, unmeasured


class Words:
    """A tokenizer of pieces: a blank belongs to what follows it, and "：は" is one piece."""

    def encode(self, text):
        return [ord(char) for char in text.replace("：は", "※")]

    def ids(self, prompt):
        return [0, *self.encode(prompt.text)]


def _sides(*texts):
    reasons = [None] * len(texts)
    return pl.DataFrame(
        {"question_id": ["Q"] * len(texts), "text": texts, "reason": reasons},
        schema_overrides={"reason": pl.String},
    )


def _measured(*texts, max_length=None, is_chat=False, prompt="解説："):
    boundary = Boundary(Words(), max_length, is_chat)
    found = boundary.measured(_sides(*texts), {"Q": prompt})
    return found.select("prompt_tokens", "tokens", "reason").rows()


def test_lengths_are_counted_on_both_sides_of_the_boundary():
    assert _measured(" 左室", "胃") == [(4, 3, None), (4, 1, None)]
    assert _measured(" 左室", is_chat=True) == [(3, 3, None)]


def test_a_side_that_moves_the_boundary_is_left_out():
    assert _measured("はい") == [(4, None, "boundary.moved")]


def test_a_side_too_long_to_be_trained_on_whole_is_left_out():
    fits = 4 + 3 + ENDING
    assert _measured(" 左室", " 左室壁", max_length=fits) == [
        (4, 3, None),
        (4, None, "length.too_long"),
    ]


def test_a_side_that_is_left_out_already_keeps_its_reason():
    sides = _sides(None).with_columns(reason=pl.lit("grade.refused"))
    found = Boundary(Words(), None, is_chat=False).measured(sides, {"Q": "解説："})
    assert found.select("tokens", "reason").row(0) == (None, "grade.refused")


def test_without_a_tokenizer_no_length_is_told():
    assert unmeasured(_sides("左室")).select("prompt_tokens", "tokens").row(0) == (None, None)
