"""Both engines of make-pairs say the same of a real model, when nothing is drawn."""

import pytest

from curate.sampling import Prompt, Sampling, Transformers, Vllm

pytestmark = [pytest.mark.real, pytest.mark.models, pytest.mark.filterwarnings("ignore")]

GREEDY = Sampling(n=1, temperature=0, max_tokens=24)
ASKED = [
    Prompt(question_id=str(number), template="t", text=text)
    for number, text in enumerate(
        (
            "問題: 血圧を下げるホルモンはどれか。\na: レニン\nb: 心房性ナトリウム利尿ペプチド\n解説:",
            "Question: Which organ makes bile?\nAnswer:",
            "日本でいちばん高い山は",
            "The heart has four",
        )
    )
]


def test_greedy_answers_agree(gemma):
    keys = {"model": str(gemma), "dtype": "float32", "context": 512}
    with Transformers(**keys).open() as sampler:
        slow = [one.text for some in sampler.sample(ASKED, GREEDY) for one in some]
    with Vllm(**keys, cpu_cache_gib=1).open() as sampler:
        fast = [one.text for some in sampler.sample(ASKED, GREEDY) for one in some]
    assert len(set(slow)) == len(ASKED)
    assert [text.rstrip("\ufffd") for text in fast] == [text.rstrip("\ufffd") for text in slow]
