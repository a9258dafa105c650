"""Whatever is misspelled, the error says what was probably meant."""

import pytest

from curate.errors import did_you_mean

RECIPE = """recipe: corpus/1
name: own
sources:
  - {{path: old.jsonl, layout: questions, name: exams{source}}}
{more}
stages:
  - {{stage: year}}
  - {{stage: leakage, drop: [contaminated]{leakage}}}
"""


@pytest.mark.parametrize(
    ("word", "known", "told"),
    [
        ("choises", ["choices", "id"], " Did you mean 'choices'?"),
        ("IGAKUQA", ["igakuqa"], " Did you mean 'igakuqa'?"),
        ("max_year", ["MAX_YEAR"], " Did you mean 'MAX_YEAR'?"),
        ("zzz", ["choices", "id"], ""),
        ("x", [], ""),
        ("", ["a"], ""),
        ("choices" + "x" * 10_000_000, ["choices"], ""),
    ],
)
def test_the_nearest_word(word, known, told):
    assert did_you_mean(word, known) == told


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["bild-corpus"], "'build-corpus'"),
        (["buildcorpus"], "'build-corpus'"),
        (["docter", "x"], "'doctor'"),
        (["build-corpus", "x", "--out", "r", "--max-yaer", "2017"], "'--max-year'"),
        (["audit", "x", "--out", "r", "--colums", "text"], "'--columns'"),
        (["verify", "x", "--format", "jsn"], "'json'"),
        (["schema", "questoin"], "'question'"),
        (["recipes", "corpsu"], "'corpus'"),
    ],
)
def test_commands_options_and_names(cli, words, meant):
    told = cli(*words)
    assert told.code == 2
    assert f"Did you mean {meant}?" in told.err
    if "--format" not in words and len(words) > 1:
        as_json = cli(*words, "--format", "json")
        assert f"Did you mean {meant}?" in as_json.data["error"]["message"]


@pytest.mark.parametrize(
    ("source", "more", "leakage", "meant"),
    [
        ("", "max_yaer: 2017", "", "max_year"),
        ("", "Max_year: 2017", "", "max_year"),
        ("", "max_year: 2017\napplies_to: [exam]", "", "exams"),
        ("", "benchmarks: [{name: b, path: b, yaers: [2018, 2022]}]", "", "years"),
        (", licnce: x", "", "", "licence"),
        (", year: {feild: y}", "", "", "field"),
        (", year: {exam_plis: 1906}", "", "", "exam_plus"),
        (", published: {feild: y}", "", "", "field"),
        (", fields: {choises: x}", "", "", "choices"),
        (", key: leters", "", "", "letters"),
        (", other_columns: refused", "", "", "refuse"),
        (", questions: 1", "", "", ""),
        ("", "", ", drop_: []", "drop"),
        ("", "", ", thresholds: {shar: 0.3}", "share"),
        ("", "", ", threshold: {share: 0.3}", "thresholds"),
    ],
)
def test_recipe_keys_at_any_depth(build, write, old, source, more, leakage, meant):
    recipe = write("own.yaml", RECIPE.format(source=source, more=more, leakage=leakage))
    told = build(write("old.jsonl", old()), "--recipe", recipe)
    assert told.code == 2
    assert "error: own.yaml:" in told.err
    assert f"Did you mean '{meant}'?" in told.err or not meant


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("{stage: year}", "{stage: yaer}", "stages.0: no stage 'yaer'; there are "),
        ("layout: questions", "layout: qestions", "sources.0: no layout 'qestions'; there are igakuqa, "),
        ("{stage: year}", "{min_chars: 5}", "stages.0: stage is missing"),
        ("[contaminated]", "[contaminatd]", "found 'contaminatd'. Did you mean 'contaminated'?"),
        ("{stage: year}", "{stage: year, unknown: drops}", "found 'drops'. Did you mean 'drop'?"),
        ("corpus/1", "corpus/2", "found 'corpus/2'. Did you mean 'corpus/1'?"),
        ("{stage: year}", "{stage: render, template: qestion}", "'qestion'. Did you mean 'question'?"),
    ],
)  # fmt: skip
def test_stages_layouts_and_values(build, write, old, before, after, message):
    text = RECIPE.format(source="", more="", leakage="").replace(before, after)
    told = build(write("old.jsonl", old()), "--recipe", write("own.yaml", text))
    assert told.code == 2
    assert message in told.err
    assert "Did you mean" in told.err or "missing" in message


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("max_yaer=2015", "max_year"),
        ("stage.leakage.drop=[]", "stages"),
        ("stages.lekage.drop=[]", "leakage"),
        ("stages.leakage.power_flor=1", "power_floor"),
        ("stages.leakage.thresholds.shar=0.5", "share"),
        ("stages.leakage.treshold.share=0.5", "thresholds"),
        ("stages.leakage.drop=[reviw]", "review"),
        ("benchmarks.held-ot.years=[2018, 2020]", "held-out"),
    ],
)
def test_paths_of_set(build, write, old, setting, meant):
    told = build(write("old.jsonl", old()), "--set", setting)
    assert told.code == 2
    assert f"Did you mean '{meant}'?" in told.err


@pytest.mark.parametrize(
    ("keys", "meant"),
    [
        (", fields: {text: txt}", "text"),
        (", published: exam_yaer", "exam_year"),
        (", published: file_nam", "file_name"),
        (", year: {field: yaer}", "year"),
    ],
)
def test_columns(build, write, old, keys, meant):
    recipe = write("own.yaml", RECIPE.format(source=keys, more="", leakage=""))
    told = build(write("old.jsonl", old()), "--recipe", recipe)
    assert told.code == 3
    assert f"Did you mean '{meant}'?" in told.err


def test_benchmarks(cli, write, old, tmp_path):
    words = ("--benchmark", f"igakuka={tmp_path}", "--out", tmp_path / "run")
    told = cli("build-corpus", write("old.txt", old()), *words)
    assert told.code == 3
    assert "Did you mean 'igakuqa'?" in told.err
