"""RPO's loss against a plain float64 computation, and beside TRL's own form."""

from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_rpo import ALPHA, WORDS, losses, plain, trainers

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def made(tmp_path_factory, tiny_model):
    tokenizer = import_module("transformers").AutoTokenizer.from_pretrained(tiny_model)
    return trainers(tokenizer, tmp_path_factory.mktemp("out"))


words = st.lists(st.integers(2, WORDS - 1), min_size=1, max_size=12)
batches = st.lists(st.tuples(words, words, words), min_size=1, max_size=4)


@settings(max_examples=25)
@given(batches, st.sampled_from(["left", "right"]))
def test_the_loss_is_that_of_a_plain_computation(made, pairs, side):
    found = losses(made, pairs, side)
    dpo, nll, token_nll = plain(pairs)
    assert found["dpo"] == pytest.approx(dpo, abs=1e-4)
    assert found["sequence"] == pytest.approx(dpo + ALPHA * nll, abs=1e-4)
    assert found["token"] == pytest.approx(dpo + ALPHA * token_nll, abs=1e-4)
    assert found["trl"] == pytest.approx(found["token"], abs=1e-4)
    logged = made["sequence"]._metrics["train"]
    assert logged["dpo_loss"][-1] == pytest.approx(dpo, abs=1e-4)
    assert logged["nll_loss"][-1] == pytest.approx(nll, abs=1e-4)


def test_of_unlike_lengths_the_two_forms_differ(made):
    pairs = [([3, 4], [5, 5], [6]), ([3], [7, 8, 9, 10] * 5, [6, 5])]
    dpo, nll, token_nll = plain(pairs)
    assert abs(nll - token_nll) > 1e-3
    found = losses(made, pairs, "right")
    assert found["sequence"] == pytest.approx(dpo + ALPHA * nll, abs=1e-4)
    assert found["trl"] == pytest.approx(dpo + ALPHA * token_nll, abs=1e-4)
