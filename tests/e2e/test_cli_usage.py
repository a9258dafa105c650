"""Wrong options and recipes: exit 2, with the line and what was probably meant."""

import pytest

from curate.tables import share

HEAD = "recipe: corpus/1\nname: own\n"


@pytest.fixture
def build_with(cli, write, old, tmp_path):
    """Builds with a recipe of this text."""

    def build_with(text, *more):
        source, recipe = write("old.jsonl", old()), write("own.yaml", text)
        out = tmp_path / "run"
        told = cli("build-corpus", source, "--recipe", recipe, "--out", out, *more)
        assert not out.exists() or told.code != 2
        return told

    return build_with


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("max_yaer: 2017\nstages: []\n", 3, "unknown key 'max_yaer'. Did you mean 'max_year'?"),
        (
            "stages:\n  - {stage: year}\n  - {stage: length, min_char: 5}\n",
            5,
            "unknown key 'min_char'. Did you mean 'min_chars'?",
        ),
        (
            "sources:\n  - path: old.jsonl\n    layout: questions\n    licnce: MIT\nstages: []\n",
            6,
            "unknown key 'licnce'. Did you mean 'licence'?",
        ),
        (
            "benchmarks:\n  - {name: b, path: b, yaers: [2018, 2022]}\nstages: []\n",
            4,
            "unknown key 'yaers'. Did you mean 'years'?",
        ),
        ("max_year: 2017\nmax_year: 2018\nstages: []\n", 4, "the key 'max_year' stands twice"),
        (
            "stages:\n  - stage: length\n    min_chars: 1\n    min_chars: 2\n",
            6,
            "the key 'min_chars' stands twice",
        ),
        ("stages: [\n", 4, "not YAML"),
        ("seed: !!python/name:os.system\nstages: []\n", 3, "not YAML"),
        ("sources: &all []\nstages: []\n", 3, "anchors and aliases are not allowed"),
        ("stages: " + "[" * 200_000, 3, "nested more than 50 deep"),
        ("stages: *all\n", 3, "anchors and aliases are not allowed"),
        ("max_year: soon\nstages: []\n", 3, "max_year: Input should be a valid integer"),
        ("sources: 5\nstages: []\n", 3, "sources: Input should be a valid list"),
        ("benchmarks: 5\nstages: []\n", 3, "benchmarks: Input should be a valid list"),
        ("stages: year\n", 3, "stages: Input should be a valid list"),
        (
            "benchmarks: [{name: [b], path: b}]\nstages: []\n",
            3,
            "benchmarks.0.name: Input should be a valid string",
        ),
        ("stages:\n  - {stage: yaer}\n", 4, "stages.0: no stage 'yaer'"),
        (
            "stages:\n  - {stage: length, min_chars: 9, max_chars: 5}\n",
            4,
            "min_chars is greater than max_chars",
        ),
        (f"seed: {2**64}\nstages: []\n", 3, "seed: the number is too large"),
        (
            f"stages: [{{stage: length, max_chars: {10**30}}}]\n",
            3,
            "stages.0.max_chars: the number is too large",
        ),
        ('applies_to: ["\\uD800"]\nstages: []\n', 3, "applies_to.0: the text is not Unicode"),
        ("max_bad: -1\nstages: []\n", 3, "max_bad: Input should be greater than or equal to 0"),
    ],
)
def test_a_wrong_recipe(build_with, text, line, message):
    told = build_with(HEAD + text)
    assert told.code == 2
    assert f"error: own.yaml:{line}: " in told.err
    assert message in told.err
    assert told.out == ""


@pytest.mark.parametrize("text", ["- recipe\n", "recipe\n", "", "seed: 2017-99-99\n"])
def test_a_recipe_that_is_none(build_with, text):
    told = build_with(text)
    assert told.code == 2
    assert told.err.startswith("error: own.yaml")


def test_a_recipe_that_is_not_utf8(cli, write, tmp_path):
    recipe = write("own.yaml", "name: 肺\n".encode("cp932"))
    told = cli("build-corpus", "--recipe", recipe, "--out", tmp_path / "run")
    assert (told.code, told.err) == (2, "error: own.yaml: the recipe is not UTF-8\n")


def test_a_recipe_that_is_not_there(cli, tmp_path):
    told = cli("build-corpus", "--recipe", tmp_path / "no.yaml", "--out", tmp_path / "run")
    assert told.code == 2
    assert f"error: {tmp_path / 'no.yaml'}: reading the recipe: No such file" in told.err


def test_an_error_of_the_recipe_as_json(build_with):
    told = build_with(HEAD + "max_yaer: 2017\nstages: []\n", "--format", "json")
    assert (told.code, told.err) == (2, "")
    assert told.data == {
        "error": {
            "kind": "recipe",
            "message": "unknown key 'max_yaer'. Did you mean 'max_year'?",
            "where": "own.yaml:3",
            "hint": "`curate schema corpus_recipe` shows every key.",
        },
        "exit": 2,
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["build-corpus", "x", "--out", "r", "--max-yaer", "2017"], "No such option: --max-yaer"),
        (["build-corpus", "x"], "Missing option '--out'"),
        (["build-corpus", "--out", "r"], "no source is given"),
        (["audit", "--out", "r"], "no source is given"),
        (["buildcorpus"], "No such command 'buildcorpus'"),
        (["build-corpus", "x", "--out", "r", "--max-bad", "-1"], "Invalid value for '--max-bad'"),
        (["build-corpus", "x", "--out", "r", "--max-year", "soon"], "Invalid value for '--max-year'"),
        (["build-corpus", "x", "--out", "r", "--years", "nonsense"], "--years wants 2018-2022 or 2020"),
        (["build-corpus", "x", "--out", "r", "--years", "2022-2018"], "--years runs backwards"),
        (["audit", "x", "--out", "r", "--years", "20-22"], "--years wants 2018-2022 or 2020"),
        (["build-corpus", "x", "--out", "r", "--benchmark", "igakuqa"], "--benchmark wants NAME=PATH"),
        (["build-corpus", "x", "--out", "r", "--benchmark", "=p"], "--benchmark wants NAME=PATH"),
        (["build-corpus", "x", "--out", "r", "--format", "xml"], "'xml' is not one of"),
        (["verify"], "Missing argument 'RUN'"),
        (["report"], "Missing argument 'RUN'"),
    ],
)  # fmt: skip
def test_wrong_usage_in_words_and_as_json(cli, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    told = cli(*words)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("error: ")
    assert message in told.err
    if "--format" not in words and len(words) > 1:
        as_json = cli(*words, "--format", "json")
        assert (as_json.code, as_json.err) == (2, "")
        assert as_json.data["exit"] == 2
        assert as_json.data["error"]["kind"] == "usage"
        assert message in as_json.data["error"]["message"]
    assert not list(tmp_path.iterdir())


def test_a_year_out_of_reason_is_blamed_on_the_command_line(cli, write, old, tmp_path):
    path = write("old.jsonl", old())
    told = cli("build-corpus", path, "--max-year", 99999, "--out", tmp_path / "run")
    assert told.code == 2
    assert "error: command line: max_year: " in told.err


def test_recipes_are_listed(cli):
    told = cli("recipes", "--format", "json")
    assert told.code == 0
    shipped = {path.stem for path in share("pipelines").glob("*.yaml")}
    assert set(told.data["recipes"]) == shipped
    assert shipped == {"corpus", "audit", "evaluate", "pairs"}
    assert "curate build-corpus" in told.data["recipes"]["corpus"]
    for name, suffix in (("templates", "yaml"), ("sql", "sql")):
        files = share("pipelines", name).glob(f"*.{suffix}")
        assert set(told.data[name]) == {path.stem for path in files} != set()
    assert told.data["folder"] == str(share("pipelines"))


@pytest.mark.parametrize(("name", "command"), [("corpus", "build-corpus"), ("audit", "audit")])
def test_a_copied_recipe_names_its_command(cli, tmp_path, name, command):
    told = cli("recipes", name, "--to", tmp_path)
    assert told.err == f"Next: curate {command} SOURCE --recipe {tmp_path / name}.yaml --out RUN\n"


def test_a_copied_recipe_loads(cli, build, write, old, tmp_path, run, read_json):
    copied = cli("recipes", "corpus", "--to", tmp_path / "mine.yaml")
    assert copied.code == 0
    assert (tmp_path / "mine.yaml").read_bytes() == share("pipelines", "corpus.yaml").read_bytes()
    told = build(write("old.jsonl", old()), "--recipe", tmp_path / "mine.yaml")
    assert told.code == 0
    assert read_json(run / "manifest.json")["arguments"]["recipe"] == str(tmp_path / "mine.yaml")


def test_a_recipe_copied_to_a_folder_takes_its_name_and_replaces_nothing(cli, tmp_path):
    assert cli("recipes", "audit", "--to", tmp_path).code == 0
    (tmp_path / "audit.yaml").write_text("mine", encoding="utf-8")
    again = cli("recipes", "audit", "--to", tmp_path)
    assert again.code == 2
    assert f"error: {tmp_path / 'audit.yaml'}: the file is there already" in again.err
    assert (tmp_path / "audit.yaml").read_text(encoding="utf-8") == "mine"


def test_a_recipe_that_is_not_shipped(cli):
    told = cli("recipes", "corpsu")
    assert told.code == 2
    assert "no recipe 'corpsu'. Did you mean 'corpus'?" in told.err


def test_a_recipe_copied_to_nowhere(cli, tmp_path):
    told = cli("recipes", "corpus", "--to", tmp_path / "no" / "where.yaml")
    assert told.code == 2
    assert f"error: {tmp_path / 'no' / 'where.yaml'}: copying the recipe: No such file" in told.err


@pytest.mark.parametrize(
    ("setting", "reached"),
    [
        ("max_year=2015", lambda recipe: recipe["max_year"] == 2015),
        ("stages.length.min_chars=40", lambda recipe: recipe["stages"][1]["min_chars"] == 40),
        (
            "stages.leakage.drop=[contaminated]",
            lambda recipe: recipe["stages"][3]["drop"] == ["contaminated"],
        ),
        ("sources.0.licence=CC0-1.0", lambda recipe: recipe["sources"][0]["licence"] == "CC0-1.0"),
    ],
)
def test_set_changes_the_recipe_and_stands_in_the_manifest(
    build, write, old, run, read_json, setting, reached
):
    assert build(write("old.jsonl", old()), "--set", setting).code == 0
    manifest = read_json(run / "manifest.json")
    assert manifest["arguments"]["set"] == [setting]
    assert reached(manifest["resolved"]["recipe"])


def test_set_has_its_effect(build, write, old, run, table):
    rows = old()
    rows[1]["year"] = 2016
    source = write("old.jsonl", rows)
    words = ("--set", "max_year=2015", "--set", "stages.length.min_chars=37")
    assert build(source, *words).code == 0
    dropped = {row["id"]: row["dropped_by"] for row in table(run / "dropped.parquet")}
    assert dropped == {"10A2": "year.after", "10A3": "length.short"}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("max_year", "--set wants a.b=c, got 'max_year'"),
        ("max_year=[", "--set max_year: the value is not YAML"),
        ("seed=2017-99-99", "--set seed: the value is not YAML"),
        ("max_year=soon", "command line: max_year: Input should be a valid integer"),
        ("max_yaer=2015", "command line: unknown key 'max_yaer'. Did you mean 'max_year'?"),
        ("stages.lenght.min_chars=4", "no 'lenght' in the list. Did you mean 'length'?"),
        ("stages.length.min_char=4", "unknown key 'min_char'. Did you mean 'min_chars'?"),
        ("name.first=x", "'name' has no keys"),
        ("sources=5", "command line: sources: Input should be a valid list"),
    ],
)
def test_a_wrong_setting(build, write, old, run, setting, message):
    told = build(write("old.jsonl", old()), "--set", setting)
    assert told.code == 2
    assert message in told.err
    assert not run.exists()


def test_a_dry_run_tells_everything_and_writes_nothing(
    build, write, old, run, tmp_path, corpus_files
):
    path = write("old.jsonl.gz", old())
    told = build(path, "--dry-run", "--format", "json")
    assert told.code == 0
    assert told.data["inputs"] == [
        {
            "source": "questions",
            "path": "old.jsonl.gz",
            "bytes": path.stat().st_size,
            "rows": 3,
        }
    ]
    wanted = [
        "intake",
        "year",
        "length",
        "exact_duplicates",
        "leakage",
        "suspicious",
        "explanation",
        "render",
    ]
    assert told.data["stages"] == wanted
    assert set(told.data["outputs"]) == corpus_files
    assert told.data["recipe"]["max_year"] == 2017
    assert {path.name for path in tmp_path.iterdir()} == {"old.jsonl.gz", "held_out.jsonl"}
    assert not run.exists()


def test_a_dry_run_of_an_audit(cli, write, old, tmp_path, audit_files):
    path = write("old.jsonl", old())
    told = cli("audit", path, "--dry-run", "--out", tmp_path / "run", "--format", "json")
    assert told.code == 0
    assert set(told.data["outputs"]) == audit_files
    assert told.data["stages"] == ["leakage"]
    assert not (tmp_path / "run").exists()


def test_a_dry_run_for_people_names_inputs_stages_and_outputs(build, write, old, run):
    path = write("old.jsonl", old())
    told = build(path, "--dry-run")
    assert told.out.startswith("build-corpus: nothing is written\n")
    size = f"{path.stat().st_size:,}"
    for part in ("old.jsonl", size, "rows", "exact_duplicates", "kept.parquet"):
        assert part in told.out
    assert told.err == (
        "Next: curate build-corpus old.jsonl --benchmark held-out=held_out.jsonl "
        "--max-year 2017 --out RUN\n"
    )
    assert not run.exists()


@pytest.mark.parametrize("command", ["audit", "build-corpus"])
@pytest.mark.parametrize("workers", ["0", "-1", "two"])
def test_workers_that_are_no_number_of_processes(cli, write, old, tmp_path, command, workers):
    out = tmp_path / "run"
    told = cli(command, write("old.jsonl", old()), "--workers", workers, "--out", out)
    assert told.code == 2
    assert "error: Invalid value for '--workers'" in told.err
    assert not out.exists()


def test_the_number_of_workers_is_told_but_makes_no_other_run(build, write, old, run, read_json):
    source = write("old.jsonl", old())
    assert build(source, "--workers", "1").code == 0
    assert read_json(run / "manifest.json")["arguments"]["workers"] == 1
    again = build(source, "--workers", "2")
    assert again.code == 0
    assert again.out.startswith("Already done, nothing to do")


def test_a_mended_run_may_have_another_number_of_workers(build, write, old, run):
    rows = old()
    assert build(write("old.jsonl", [*rows, []]), "--workers", "1").code == 3
    assert build(write("old.jsonl", rows), "--workers", "2").code == 0
