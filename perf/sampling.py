"""Tokens a second of the vLLM engine against a bare LLM.generate over the same prompts in the same process.

The model is a tiny one made on the spot (or a folder, --model). With --server URL NAME it tells instead how
many requests are in flight, and how fast, at several settings of `in_flight`.
"""

import argparse
import statistics
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

ROUNDS = 5
PROMPTS = 256
LIMIT = 0.95


def asked(number: int) -> list[Any]:
    """Made-up prompts that share their beginning, as few-shot prompts do."""
    prompt = import_module("curate.sampling").Prompt
    shots = "".join(
        f"Question: 第{at}の臓器はどれか。\na: 心臓\nb: 肺\n Explanation: {at}番の解説である。\n Answer: a\n"
        for at in range(3)
    )
    return [
        prompt(
            question_id=f"Q{at}",
            template="perf",
            text=f"{shots}Question: 部位{at}について正しいのはどれか。\na: 甲\nb: 乙\n Explanation:",
        )
        for at in range(number)
    ]


def bare(llm: Any, prompts: list[Any], settings: Any) -> tuple[int, list[str]]:
    """Samples without our engine, by the same seeds; returns the number of tokens, and the texts."""
    vllm = import_module("vllm")
    params = [
        vllm.SamplingParams(
            n=settings.n,
            temperature=settings.temperature,
            top_p=settings.top_p,
            max_tokens=settings.max_tokens,
            seed=settings.seed_of(one),
        )
        for one in prompts
    ]
    llm.reset_prefix_cache()
    outputs = llm.generate([one.text for one in prompts], params, use_tqdm=False)
    made = [one for output in outputs for one in output.outputs]
    return sum(len(one.token_ids) for one in made), [one.text for one in made]


def ours(opened: Any, prompts: list[Any], settings: Any) -> list[str]:
    """Samples with our engine, stores the responses and reads them again; returns the texts."""
    sampling, runs = import_module("curate.sampling"), import_module("curate.runs")
    with tempfile.TemporaryDirectory() as folder:
        work = runs.WorkFolder(Path(folder))
        stored = sampling.stored_responses(work, opened, prompts, settings, lambda *_: None)
        return [one.text for one in stored.responses()]


def offline(model: Path, number: int) -> int:
    sampling = import_module("curate.sampling")
    engine = sampling.Vllm(model=str(model), dtype="float32")
    settings = sampling.Sampling(n=4, max_tokens=64, temperature=0.8)
    prompts = asked(number)
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    with engine.open() as sampler:
        llm = sampler._llm  # noqa: SLF001 (the same model in the same process)
        tokens, texts = bare(llm, prompts, settings)
        if ours((engine, sampler), prompts, settings) != texts:
            print("note: the two do not say the same")
        for _ in range(ROUNDS):
            for name, run, on in (("bare", bare, llm), ("ours", ours, (engine, sampler))):
                start = time.perf_counter()
                run(on, prompts, settings)
                rates[name].append(tokens / (time.perf_counter() - start))
                print(f"{name}: {rates[name][-1]:,.0f} tokens/s", flush=True)
    medians = {name: statistics.median(some) for name, some in rates.items()}
    ratio = medians["ours"] / medians["bare"]
    print(
        f"{number} prompts x {settings.n}, {tokens:,} tokens, median of {ROUNDS}: "
        f"bare {medians['bare']:,.0f} tokens/s, ours {medians['ours']:,.0f}: "
        f"{ratio:.3f} (at least {LIMIT})"
    )
    return int(ratio < LIMIT)


def server(url: str, name: str, number: int) -> int:
    sampling = import_module("curate.sampling")
    settings = sampling.Sampling(n=1, max_tokens=64)
    prompts = asked(number)
    for in_flight in (1, 4, 16, 64, 256):
        engine = sampling.OpenAI(url=url, model=name, in_flight=in_flight)
        with engine.open() as sampler:
            start = time.perf_counter()
            made = sum(1 for _ in sampler.sample(prompts, settings))
            seconds = time.perf_counter() - start
        print(f"{in_flight} in flight: {made / seconds:.1f} prompts/s", flush=True)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--prompts", type=int, default=PROMPTS)
    parser.add_argument("--server", nargs=2, metavar=("URL", "NAME"))
    words = parser.parse_args()
    if words.server:
        return server(*words.server, words.prompts)
    if words.model:
        return offline(words.model, words.prompts)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    with tempfile.TemporaryDirectory() as folder:
        return offline(import_module("tiny_model").make_tiny_model(folder), words.prompts)


if __name__ == "__main__":
    sys.exit(main())
