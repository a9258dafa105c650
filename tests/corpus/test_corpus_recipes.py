"""Recipes say where they are wrong and what was probably meant."""

import pytest

from curate.corpus.recipe import CorpusRecipe
from curate.corpus.recipes import apply_settings, read_recipe, validate_recipe
from curate.errors import RecipeError
from curate.jobs.overlay import parse_settings
from curate.tables import share

GOOD = """\
recipe: corpus/1
name: mine
sources:
  - path: a.jsonl
    layout: questions
    name: a
    year: {exam_plus: 1906}
  - path: b.jsonl
    layout: documents
    name: b
max_year: 2017
benchmarks:
  - {name: held-out, path: h.jsonl}
stages:
  - {stage: year}
  - stage: length
    min_chars: 10
  - {stage: leakage, drop: [contaminated]}
"""


@pytest.fixture
def load(tmp_path):
    def load(text, *settings):
        path = tmp_path / "my.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        raw = read_recipe(path)
        apply_settings(raw, parse_settings(settings))
        return validate_recipe(raw)

    return load


def test_a_good_recipe_is_read(load):
    recipe = load(GOOD)
    assert [stage.stage for stage in recipe.stages] == ["year", "length", "leakage"]
    assert recipe.applied_names() is None
    assert recipe.leakage.drop == ["contaminated"]
    assert CorpusRecipe.model_validate(recipe.model_dump(mode="json")) == recipe


@pytest.mark.parametrize("name", ["audit", "corpus"])
def test_shipped_recipes_are_good(name):
    raw = read_recipe(share("pipelines", f"{name}.yaml"))
    raw.data["sources"] = raw.data["sources"] or [{"path": "a", "layout": "questions"}]
    assert validate_recipe(raw).stages


WRONG = {
    "an unknown key": ("max_year: 2017", "max_yaer: 2017", 11, "'max_yaer'. Did you mean 'max_year'"),
    "a key named as a stage": ("max_year: 2017", "year: 2017", 11, "'year'"),
    "a key named as a layout": ("max_year: 2017", "questions: 1", 11, "'questions'"),
    "a value of another type": ("max_year: 2017", "max_year: soon", 11, "max_year: Input should"),
    "a year out of range": ("max_year: 2017", "max_year: 17", 11, "max_year: Input should"),
    "an unknown stage": ("{stage: year}", "{stage: years}", 15, "stages.0: no stage 'years'; there are"),
    "an unknown key of a stage": ("min_chars: 10", "min_char: 10", 17, "Did you mean 'min_chars'"),
    "a key of a stage named as another": ("min_chars: 10", "render: 10", 17, "'render'"),
    "a value of a stage": ("min_chars: 10", "min_chars: -1", 17, "stages.1.min_chars: "),
    "a verdict that is none": (
        "[contaminated]",
        "[contaminated, bad]",
        18,
        "stages.2.drop.1: Input should be",
    ),
    "an unknown layout": ("layout: questions", "layout: quest", 4, "Did you mean 'questions'?"),
    "a wrong year rule": ("{exam_plus: 1906}", "{exam_plus: x}", 7, "sources.0.year"),
    "an unknown key of a source": ("layout: documents", "layout: documents\n    licens: x", 10,
                                   "Did you mean 'licence'"),
    "a name used twice": ("name: b", "name: a", 1, "sources: the name 'a' is used twice"),
    "an unknown key of a benchmark": ("h.jsonl}", "h.jsonl, year: 1}", 13, "Did you mean 'years'"),
    "a source that is none": ("max_year: 2017", "applies_to: [c]", 1, "no source 'c'; there are"),
    "a wrong kind": ("corpus/1", "corpus/9", 1, "recipe: Input should be"),
    "a template's path": ("{stage: year}", "{stage: render, template: ../x}", 15, "lower-case"),
    "bounds in the wrong order": ("min_chars: 10", "min_chars: 10\n    max_chars: 5", 16, "greater"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_recipe_says_its_line(load, what):
    old, new, line, message = WRONG[what]
    assert GOOD.count(old) == 1
    with pytest.raises(RecipeError) as caught:
        load(GOOD.replace(old, new))
    assert message in caught.value.message
    assert caught.value.where == f"my.yaml:{line}"
    assert caught.value.exit == 2


BROKEN = {
    "no YAML": ("a: [1", "my.yaml:1"),
    "a tab": ("a: 1\n\tb: 2", "my.yaml:2"),
    "a list": ("- a", "my.yaml:1"),
    "nothing": ("", "my.yaml:1"),
    "a key twice": (GOOD + "max_year: 2018\n", "my.yaml:19"),
    "a key twice deep down": (
        GOOD.replace("{stage: year}", "{stage: year, stage: x}"),
        "my.yaml:15",
    ),
    "an anchor": ("a: &x 1\n", "my.yaml:1"),
    "an alias": ("b: 1\na: *x\n", "my.yaml:2"),
    "an object of Python": ("a: !!python/object/apply:os.system [id]", "my.yaml:1"),
    "a key that is a list": ("? [a]\n: b\n", "my.yaml:1"),
    "nested too deep": ("a: " + "[" * 5000, "my.yaml:1"),
    "a date that is none": ("a: 2017-99-99", "my.yaml"),
    "not UTF-8": (b"a: \xff", "my.yaml"),
    "too long": ("# " + "x" * 1_000_000, "my.yaml"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_recipe_is_refused(load, what):
    text, where = BROKEN[what]
    with pytest.raises(RecipeError) as caught:
        load(text)
    assert caught.value.where == where


def test_a_recipe_that_is_not_there_is_said(tmp_path):
    with pytest.raises(RecipeError, match="No such file"):
        read_recipe(tmp_path / "no.yaml")


def test_settings_overlay_a_recipe(load):
    recipe = load(
        GOOD,
        "max_year=2015",
        "name=other",
        "stages.length.max_chars=99",
        "stages.0.unknown=keep",
        "stages.leakage.drop=[review]",
        "sources.a.year.exam_plus=1915",
        "benchmarks.held-out.years=[2018, 2020]",
    )
    assert (recipe.max_year, recipe.name) == (2015, "other")
    assert (recipe.stages[1].min_chars, recipe.stages[1].max_chars) == (10, 99)
    assert recipe.stages[0].unknown == "keep"
    assert recipe.leakage.drop == ["review"]
    assert recipe.sources[0].year.exam_plus == 1915
    assert recipe.benchmarks[0].years == [2018, 2020]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("stages.lenght.max_chars=9", "no 'lenght' in the list. Did you mean 'length'?"),
        ("stages.9.max_chars=9", "no '9' in the list"),
        ("max_year.x=9", "'max_year' has no keys"),
        ("max_year.x.y=9", "'x' cannot be set there"),
        ("stages.length=9", "'stages' has no keys"),
    ],
)
def test_a_setting_that_leads_nowhere_says_so(load, setting, message):
    with pytest.raises(RecipeError) as caught:
        load(GOOD, setting)
    assert message in caught.value.message
    assert caught.value.where == f"--set {setting.partition('=')[0]}"


@pytest.mark.parametrize("setting", ["max_yaer=1", "max_year=soon", "stages.length.min_chars=-1"])
def test_a_wrong_setting_is_the_command_line_s(load, setting):
    with pytest.raises(RecipeError) as caught:
        load(GOOD, setting)
    assert caught.value.where == "command line"


def test_a_published_recipe_names_no_folder_of_this_machine(load):
    text = GOOD.replace("a.jsonl", "/home/kim/secret/a.jsonl").replace("h.jsonl", "/home/kim/h")
    published = load(text).published()
    assert "kim" not in str(published)
    assert [source["path"] for source in published["sources"]] == ["a.jsonl", "b.jsonl"]
    assert published["benchmarks"][0]["path"] == "h"
