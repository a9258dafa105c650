"""Real engines with a tiny model made on the spot: vLLM offline and as a server, and transformers."""

import gc
import shutil
import threading
from importlib import import_module

import orjson
import pytest
from asked import flat, prompts, question, rows, solved, template
from real_engines import FOUR, killed_run, tiny_vllm

from curate.errors import UsageError
from curate.runs import WorkFolder
from curate.sampling import (
    LocalTokenizer,
    Message,
    OpenAI,
    Prompt,
    Sampling,
    Skipped,
    Transformers,
    Vllm,
    drawn_examples,
    fitting_prompts,
    make_prompts,
    stored_responses,
)

pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("ignore")]

GREEDY = Sampling(n=1, temperature=0, max_tokens=48)
CHAT = Prompt(
    question_id="chat",
    template="t",
    messages=(Message(role="system", content="解きます。"), Message(role="user", content="骨は？")),
)


def _same_text(one, other):
    """Whether two texts are one; vLLM keeps half a character at the end to itself."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (short == long or "\ufffd" in long[len(short) :])


def _agree(found, others):
    assert len(found) == len(others)
    for one, other in zip(found, others, strict=True):
        assert (one.question_id, one.prompt_sha256) == (other.question_id, other.prompt_sha256)
        assert one.finish_reason == other.finish_reason
        assert _same_text(one.text, other.text)


def test_four_seeded_samples_differ_and_come_again(vllm_sampler, tiny):
    _, sampler = vllm_sampler
    first = flat(sampler.sample(prompts(6), FOUR))
    again = flat(sampler.sample(prompts(6), FOUR))
    other = flat(sampler.sample(prompts(6), Sampling(n=4, max_tokens=48, seed=12)))
    assert first == again
    assert [(one.question_id, one.index) for one in first] == [
        (f"Q{at}", index) for at in range(6) for index in range(4)
    ]
    for at in range(6):
        assert len({one.text for one in first[at * 4 : at * 4 + 4]}) == 4
    assert [one.text for one in other] != [one.text for one in first]
    one = first[5]
    assert (one.engine, one.model, one.seed) == ("vllm", tiny.name, FOUR.seed_of(prompts(6)[1]))
    assert one.revision.startswith("sha256:")
    assert one.sampling == FOUR.told()
    assert one.finish_reason in ("stop", "length")


def test_a_shard_does_not_depend_on_those_before_it(vllm_sampler):
    _, sampler = vllm_sampler
    asked = prompts(12)
    whole = flat(sampler.sample(asked, FOUR))
    last = flat(sampler.sample(asked[8:], FOUR))
    assert whole[32:] == last


def _open_contexts():
    """What is still open of the sockets' contexts that vLLM makes, one for each engine."""
    kind = import_module("zmq").Context
    return {id(one) for one in gc.get_objects() if isinstance(one, kind) and not one.closed}


def test_a_closed_engine_leaves_nothing_open(tiny):
    before, threads = _open_contexts(), set(threading.enumerate())
    with tiny_vllm(tiny).open() as sampler:
        assert len(flat(sampler.sample(prompts(1), GREEDY))) == 1
        assert _open_contexts() > before
    assert _open_contexts() <= before
    assert not [one for one in threading.enumerate() if one not in threads and "Engine" in one.name]


def test_greedy_outputs_of_both_engines_agree(vllm_sampler, transformers_sampler):
    _, sampler = vllm_sampler
    asked = [*prompts(12), CHAT]
    _agree(flat(sampler.sample(asked, GREEDY)), flat(transformers_sampler.sample(asked, GREEDY)))


def test_the_server_says_the_same(vllm_sampler, vllm_server):
    _, sampler = vllm_sampler
    asked = [*prompts(6), CHAT]
    with OpenAI(url=vllm_server, model="tiny").open() as remote:
        assert remote.context == sampler.context == 1024
        _agree(flat(sampler.sample(asked, GREEDY)), flat(remote.sample(asked, GREEDY)))
        first = flat(remote.sample(asked, FOUR))
        assert first == flat(remote.sample(asked, FOUR))
        _agree(flat(sampler.sample(asked, FOUR)), first)


def test_a_prompt_too_long_is_skipped_by_every_engine(
    vllm_sampler, vllm_server, transformers_sampler
):
    _, sampler = vllm_sampler
    long = Prompt(question_id="long", template="t", text="骨" * 1000)
    length = sampler.tokenizer.count(long)
    wanted = Skipped(
        question_id="long", reason="prompt.too_long", tokens=length, context=sampler.context
    )
    assert length > sampler.context - GREEDY.max_tokens
    for one in (sampler, transformers_sampler):
        assert flat(one.sample([long, *prompts(1)], GREEDY))[0] == wanted
        assert fitting_prompts([long], one, GREEDY) == ([], [wanted])
    with OpenAI(url=vllm_server, model="tiny").open() as remote:
        found = flat(remote.sample([long, *prompts(1)], GREEDY))
    assert found[0] == wanted
    assert found[1].question_id == "Q0"


def test_an_answer_can_be_forced_into_a_pattern(vllm_sampler, vllm_server, transformers_sampler):
    forced = Sampling(n=2, max_tokens=12, regex=" [a-e]")
    _, sampler = vllm_sampler
    with OpenAI(url=vllm_server, model="tiny").open() as remote:
        for one in (sampler, remote):
            for found in flat(one.sample(prompts(2), forced)):
                assert found.text in {f" {letter}" for letter in "abcde"}
    with pytest.raises(UsageError, match="cannot force"):
        list(transformers_sampler.sample(prompts(1), forced))


def test_a_stop_string_ends_a_sample_before_it(vllm_sampler, transformers_sampler):
    _, sampler = vllm_sampler
    whole = flat(sampler.sample(prompts(4), GREEDY))
    chosen = next(one for one in whole if len(one.text.replace("\ufffd", "")) > 4)
    mark = next(letter for letter in chosen.text[2:] if letter not in "\ufffd " + chosen.text[:1])
    stopped = GREEDY.stopping_at((mark,))
    asked = [one for one in prompts(4) if one.question_id == chosen.question_id]
    for one in (sampler, transformers_sampler):
        (found,) = flat(one.sample(asked, stopped))
        assert found.text == chosen.text.partition(mark)[0]
        assert found.finish_reason == "stop"


def test_transformers_samples_by_seed_too(transformers_sampler):
    first = flat(transformers_sampler.sample(prompts(2), FOUR))
    assert first == flat(transformers_sampler.sample(prompts(2), FOUR))
    assert flat(transformers_sampler.sample(prompts(2)[1:], FOUR)) == first[4:]
    assert len({one.text for one in first[:4]}) == 4


def test_a_models_own_habits_are_not_asked_for(transformers_sampler, tiny, tmp_path):
    folder = tmp_path / "tiny"
    shutil.copytree(tiny, folder)
    path = folder / "generation_config.json"
    own = orjson.loads(path.read_bytes())
    path.write_bytes(orjson.dumps(own | {"top_k": 1, "do_sample": True, "repetition_penalty": 9.0}))
    plain = flat(transformers_sampler.sample(prompts(2), FOUR))
    with Transformers(model=str(folder), dtype="float32").open() as sampler:
        found = flat(sampler.sample(prompts(2), FOUR))
    assert [one.text for one in found] == [one.text for one in plain]


def test_a_killed_run_goes_on_and_samples_nothing_twice(vllm_sampler, tiny, tmp_path):
    whole, killed = WorkFolder(tmp_path / "whole"), WorkFolder(tmp_path / "killed")
    whole.path.mkdir()
    killed.path.mkdir()
    asked = prompts(60)
    wanted = stored_responses(whole, vllm_sampler, asked, FOUR, lambda *_: None)
    killed_run(killed.path, tiny, len(asked), shards=2)
    there = {file.name: file.stat().st_mtime_ns for file in killed.path.glob("*.jsonl")}
    assert 2 <= len(there) < len(wanted.files)
    told = []
    found = stored_responses(killed, vllm_sampler, asked, FOUR, lambda *words: told.append(words))
    assert told[0] == ("sampling", 4 * len(there), 60)
    assert [file.read_bytes() for file in found.files] == [
        file.read_bytes() for file in wanted.files
    ]
    for file in found.files:
        assert there.get(file.name, file.stat().st_mtime_ns) == file.stat().st_mtime_ns


def test_an_adapter_changes_what_is_said_and_both_engines_agree(
    transformers_sampler, tiny, tmp_path
):
    adapter = import_module("tiny_model").make_tiny_adapter(tmp_path / "tuned", tiny)
    keys = {"model": str(tiny), "adapter": str(adapter), "dtype": "float32"}
    with Transformers(**keys).open() as sampler:
        tuned = flat(sampler.sample(prompts(4), GREEDY))
    with Vllm(**keys, cpu_cache_gib=1).open() as sampler:
        _agree(flat(sampler.sample(prompts(4), GREEDY)), tuned)
    plain = flat(transformers_sampler.sample(prompts(4), GREEDY))
    assert [one.text for one in tuned] != [one.text for one in plain]
    assert tuned[0].model == "tiny+tuned"
    assert tuned[0].revision.count("sha256:") == 2


def test_prompt_and_completion_meet_between_two_tokens(tiny):
    tokenizer = LocalTokenizer.load(tiny)
    corpus = rows(*[solved(number) for number in range(6)])
    for name in ("paper", "direct", "explained", "igakuqa"):
        chosen = template(name)
        made, _ = make_prompts(rows(question("Q")), chosen, drawn_examples(corpus, chosen))
        (completion,) = chosen.completed(rows(question("Q", explanation="心臓が送る。")))
        prompt = made[0].text
        both = tokenizer.encode(prompt) + tokenizer.encode(completion)
        assert both == tokenizer.encode(prompt + completion), name


def test_a_chat_is_written_by_the_tokenizers_template(tiny):
    text = LocalTokenizer.load(tiny).chat(CHAT.messages)
    assert text == (
        "<|im_start|>system\n解きます。<|im_end|>\n<|im_start|>user\n骨は？<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
