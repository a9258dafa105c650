"""Samples into a folder in a process of its own, so that a test can kill it: FOLDER MODEL NUMBER."""

import sys
from importlib import import_module
from pathlib import Path


def main(folder, model, number):
    # Imported here: vLLM's workers import this file, and what curate compiles disturbs them.
    sampling, runs = import_module("curate.sampling"), import_module("curate.runs")
    asked, engines = import_module("asked"), import_module("real_engines")
    engine = engines.tiny_vllm(model)
    with engine.open() as sampler:
        sampling.stored_responses(
            runs.WorkFolder(Path(folder)),
            (engine, sampler),
            asked.prompts(int(number)),
            engines.FOUR,
            lambda *_: None,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
