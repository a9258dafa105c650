"""The shipped recipe of pairs, and what it publishes."""

from pathlib import Path

import pytest

from curate.artefacts import share
from curate.errors import RecipeError, UsageError
from curate.grading.policies import GroundTruth, Hierarchy, Samples
from curate.grading.recipe import PairsRecipe
from curate.jobs.pairs_recipe import Asked, PairsOptions, resolved_recipe
from curate.models import Tier

RECORDED = Asked(responses=Path("answers.jsonl"))


def _resolved(asked=RECORDED, **keys):
    return resolved_recipe(PairsOptions(corpus=Path("corpus"), asked=asked, **keys))


def test_the_shipped_recipe_is_good_and_says_the_defaults():
    recipe = _resolved()
    assert recipe.policy == Hierarchy()
    assert (recipe.template.name, recipe.images) == ("paper", "leave_out")
    bare = PairsRecipe(recipe="pairs/1", template=recipe.template, engine=recipe.engine)
    same = recipe.model_copy(update={"name": bare.name})
    assert same.model_dump() == bare.model_dump()


def test_no_path_of_this_machine_is_published(tmp_path):
    held_out = share("pipelines", "demo", "held_out.jsonl")
    recipe = _resolved(benchmarks=[f"held-out={held_out}"], examples=tmp_path / "own.jsonl")
    told = recipe.published()
    assert told["engine"]["responses"] == "answers.jsonl"
    assert told["benchmarks"] == [{"name": "held-out", "path": "held_out.jsonl"}]
    assert told["examples"] == "own.jsonl"
    assert str(tmp_path) not in str(told)


def test_one_seed_for_all_that_draws_unless_one_has_its_own():
    recipe = _resolved(seed=7, settings=["template.shots.seed=3"])
    assert (recipe.seed, recipe.sampling.seed, recipe.template.shots.seed) == (7, 7, 3)


def test_an_engine_of_the_command_line_replaces_that_of_the_recipe():
    vllm = _resolved(Asked(engine="vllm", model="org/name", n=8))
    assert (vllm.engine.engine, vllm.engine.model, vllm.sampling.n) == ("vllm", "org/name", 8)
    assert vllm.published()["engine"]["model"] == "org/name"


def test_a_recipe_of_another_kind_is_refused():
    with pytest.raises(RecipeError, match="wants a recipe of kind pairs/1, found corpus/1"):
        _resolved(recipe=share("pipelines", "corpus.yaml"))


def test_an_engine_is_needed():
    with pytest.raises(UsageError, match="no engine is named"):
        _resolved(Asked())


@pytest.mark.parametrize("policy", [Hierarchy(), Samples(), GroundTruth()])
def test_every_policy_puts_the_better_tier_first(policy):
    ranks = {tier: rank for rank, tier in enumerate(Tier)}
    assert all(ranks[better] < ranks[worse] for better, worse in policy.tiers)
