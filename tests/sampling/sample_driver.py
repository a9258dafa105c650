"""Samples into a folder in a process of its own, so that a test can kill it: FOLDER MODEL NUMBER."""

import sys
from pathlib import Path


def engine_of(model):
    from curate.sampling import Vllm

    return Vllm(model=str(model), dtype="float32", shard=4, cpu_cache_gib=1)


def main(folder, model, number):
    # Imported here: vLLM's workers import this file, and what curate compiles disturbs them.
    from asked import prompts

    from curate.runs import WorkFolder
    from curate.sampling import Sampling, stored_responses

    engine = engine_of(model)
    sampling = Sampling(n=4, max_tokens=48, seed=11)
    with engine.open() as sampler:
        opened = (engine, sampler)
        stored_responses(
            WorkFolder(Path(folder)), opened, prompts(int(number)), sampling, lambda *_: None
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
