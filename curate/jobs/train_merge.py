"""Merges the adapter that a training starts from into its base first, where the recipe says so."""

from dataclasses import replace
from pathlib import Path

from curate.corpus.pipeline import Progress
from curate.errors import InputError
from curate.jobs.train_plan import Ready
from curate.models import Merge, MergeHow
from curate.sampling import LocalTokenizer
from curate.training import TrainRecipe
from curate.training.adapters import MERGE, read_adapter
from curate.training.fit import Work
from curate.training.merge import MergeWork, write_merge
from curate.training.probes import check_sampler
from curate.training.weights import Weights, weights_sha256

BASE = "base"
"""The folder in a run with the merged weights, on which its adapter stands."""


def merged_first(ready: Ready, out: Path, progress: Progress) -> Ready:
    """Returns the training on top of merged weights, if it merges; they are made unless they are there.

    Raises:
        GateError: The pairs were sampled with other weights than these.
    """
    recipe, work = ready.work.recipe, ready.work
    if not recipe.merges_first or work.adapter is None:
        return ready
    target = out / BASE
    if not (target / MERGE).is_file():
        progress("merging the adapter", 0, 1)
        device = "cpu" if work.place.kind == "cpu" else f"cuda:{work.place.local_rank}"
        how = how_of(recipe)
        adapter = read_adapter(work.adapter)
        write_merge(
            MergeWork(work.folder, adapter, how, recipe.quantization, recipe.model.dtype, device),
            target,
        )
    _refuse_other_merge(target, ready)
    weights = Weights(base=weights_sha256(target), precision=ready.weights.precision)
    probes = [*ready.probes]
    if recipe.stage.prefers:
        tokenizer = LocalTokenizer(work.tokenizer).state()
        probes += check_sampler(recipe, ready.plan.data.sampled, tokenizer, weights)
    return replace(ready, work=on_merged(work, out), probes=probes)


def on_merged(work: Work, out: Path) -> Work:
    """Returns the work on top of the merged weights in a run's folder, if the recipe merges."""
    return replace(work, folder=out / BASE, adapter=None) if work.recipe.merges_first else work


def how_of(recipe: TrainRecipe) -> MergeHow:
    """Returns how the adapter is merged: without quantisation into the weights that it was trained on."""
    if recipe.quantization is None:
        return MergeHow.FULL_PRECISION
    return MergeHow(recipe.model.adapter_handling.value)


def _refuse_other_merge(target: Path, ready: Ready) -> None:
    told = Merge.model_validate_json((target / MERGE).read_bytes())
    found = (told.base_sha256, told.adapter_sha256, told.how)
    if found != (ready.weights.base, ready.weights.adapter, how_of(ready.work.recipe)):
        raise InputError(
            "the merged weights in the run are of another base or adapter",
            where=str(target),
            hint="Choose another --out.",
        )
