"""`curate evaluate` with vLLM against a bare LLM.generate: the same prompts, model and process.

What is compared is everything but the start of the engine: reading the benchmark, making prompts,
sampling, storing, grading, 10,000 draws and the report. The model is a tiny one made on the spot, or a
folder (--model).
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

LIMIT = 1.03
LETTERS = "abcde"


def rows(kind: str, number: int) -> list[dict[str, Any]]:
    """Made-up questions; those of the kind 例 can be examples."""
    return [
        {
            "id": f"{kind}{at}",
            "exam": "9",
            "year": 1915,
            "section": "A",
            "text": f"{kind}の部位{at}について正しいのはどれか。",
            "choices": [f"{kind}{at}の性質{name}" for name in "甲乙丙丁戊"],
            "answers": [[LETTERS[at % 5]]],
            "explanation": f"部位{at}の性質はこの通りである。",
        }
        for at in range(number)
    ]


def written(folder: Path, name: str, some: list[dict[str, Any]]) -> Path:
    path = folder / name
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in some)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def bare(llm: Any, plan: Any, made: list[list[str]]) -> None:
    """Samples without our code."""
    vllm = import_module("vllm")
    llm.reset_prefix_cache()
    for cell, prompts in zip(plan.cells, made, strict=True):
        params = vllm.SamplingParams(
            temperature=0, max_tokens=cell.sampling.max_tokens, stop=list(cell.sampling.stop)
        )
        llm.generate(prompts, params, use_tqdm=False)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Returns the seconds by the clock, and those of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def measured(words: argparse.Namespace, folder: Path, model: Path) -> int:
    jobs, recipes = (
        import_module("curate.jobs.evaluate"),
        import_module("curate.jobs.evaluate_recipe"),
    )
    plans, asks = (
        import_module("curate.jobs.evaluate_plan"),
        import_module("curate.jobs.evaluate_ask"),
    )
    engines, options = import_module("curate.sampling"), import_module("curate.jobs.engine_option")
    asked = recipes.EvaluateOptions(
        asked=options.Asked(engine="vllm", model=str(model)),
        benchmarks=[f"parts={written(folder, 'exam.jsonl', rows('問', words.items))}"],
        examples=written(folder, "examples.jsonl", rows("例", 3)),
        settings=[f"sampling.max_tokens={words.tokens}", f"engine.context={words.context}"],
    )
    plan = plans.evaluation_plan(asked)
    made = [[one.text for one in asks.prompts_of(plan, cell)[0]] for cell in plan.cells]
    with plan.recipe.engine.open() as sampler:

        @contextmanager
        def there(_: Any) -> Iterator[Any]:
            yield sampler

        engines.Vllm.open = there
        llm = sampler._llm  # noqa: SLF001 (the same model in the same process)

        def ours(at: int) -> None:
            sampler._llm.reset_prefix_cache()  # noqa: SLF001
            jobs.evaluate(asked, folder / f"run{at}", lambda *_: None)

        bare(llm, plan, made)
        pairs = []
        for at in range(words.rounds):
            pairs.append((timed(lambda at=at: ours(at)), timed(lambda: bare(llm, plan, made))))
            print(f"evaluate {pairs[-1][0][0]:.1f} s, bare {pairs[-1][1][0]:.1f} s", flush=True)
    prompts = sum(map(len, made))
    ratios = [statistics.median(one[at] / other[at] for one, other in pairs) for at in (0, 1)]
    print(
        f"{prompts:,} prompts of up to {words.tokens} tokens, median of {words.rounds}: evaluate takes "
        f"{ratios[0]:.3f} x a bare LLM.generate by the clock, {ratios[1]:.3f} x in processor time "
        f"(limit {LIMIT} x)"
    )
    return int(min(ratios) > LIMIT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--items", type=int, default=512)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--context", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    words = parser.parse_args()
    os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"  # so that its processor time is ours, too
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = words.model or import_module("tiny_model").make_tiny_model(folder / "tiny")
        return measured(words, folder, model)


if __name__ == "__main__":
    sys.exit(main())
