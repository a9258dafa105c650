"""`build-corpus --sft`: sft.parquet of the kept questions, in the manifest, the same whatever the workers."""

import json

import polars as pl
import pytest
import yaml

MINE = {
    "template": "sft/1",
    "name": "mine",
    "prompt": ["{text}\n", "{options}"],
    "completion": ["<{answer}>"],
}


@pytest.fixture
def template(write):
    """Writes a template of one's own."""
    return lambda name="mine.yaml", **keys: write(name, yaml.safe_dump(MINE | keys))


def test_prompts_and_completions_are_written_and_counted(build, write, old, run, table, read_json):
    told = build(write("old.jsonl", old()), "--sft", "sft", "--format", "json")
    assert told.code == 0
    assert told.data["sft"] == {"template": "sft", "rows": 1, "left_out": {"no explanation": 2}}
    [row] = table(run / "sft.parquet")
    assert row["id"] == "10A1"
    assert row["prompt"].startswith("Question: 食後に胆嚢を縮ませて")
    assert row["prompt"].endswith("d: グレリン\n")
    assert row["completion"] == f" Explanation:{old()[0]['explanation']}\n Answer:a"
    [kept] = [r for r in table(run / "kept.parquet") if r["id"] == "10A1"]
    assert row["prompt"] + row["completion"] == kept["rendered"]
    outputs = {one["path"]: one for one in read_json(run / "manifest.json")["outputs"]}
    assert outputs["sft.parquet"]["rows"] == 1
    assert outputs["sft.parquet"]["content_sha256"]


def test_without_it_there_is_no_such_file(build, write, old, run, names, corpus_files):
    assert build(write("old.jsonl", old())).code == 0
    assert names(run) == corpus_files


def test_a_finished_run_tells_the_numbers_again_and_verify_covers_the_file(
    build, cli, write, old, run
):
    source = write("old.jsonl", old())
    assert build(source, "--sft", "sft").code == 0
    again = build(source, "--sft", "sft", "--format", "json")
    assert again.data["sft"]["rows"] == 1
    (run / "sft.parquet").write_bytes(b"other")
    told = cli("verify", run)
    assert told.code == 4
    assert "sft.parquet: changed" in told.out


def test_another_template_is_another_run(build, write, old, run, template):
    source = write("old.jsonl", old())
    assert build(source, "--sft", template()).code == 0
    assert build(source, "--sft", "direct").code == 2
    template(completion=["{answer}!"])
    told = build(source, "--sft", template(completion=["{answer}!"]))
    assert told.code == 2
    assert "the folder holds a run with other recipe" in told.err


@pytest.mark.parametrize("how", ["option", "set", "recipe", "inline"])
def test_a_template_of_ones_own(build, cli, write, old, run, table, template, how, tmp_path):
    source, path = write("old.jsonl", old()), template()
    assert cli("recipes", "corpus", "--to", tmp_path / "corpus.yaml").code == 0
    recipe = (tmp_path / "corpus.yaml").read_text(encoding="utf-8")
    named = "sft: mine.yaml\n" if how == "recipe" else f"sft: {json.dumps(MINE)}\n"
    write("mine_corpus.yaml", recipe + named)
    words = {
        "option": ("--sft", path),
        "set": ("--set", f"sft={path}"),
    }.get(how, ("--recipe", tmp_path / "mine_corpus.yaml"))
    assert build(source, *words).code == 0
    rows = table(run / "sft.parquet")
    assert [row["completion"] for row in rows] == ["<a>", "<b>", "<c>"]
    assert yaml.safe_load((run / "recipe.yaml").read_text(encoding="utf-8"))["sft"] == {
        **MINE, "option": "{letter}: {choice}\n", "letter_separator": ",", "images": "leave_out",
    }  # fmt: skip


def test_the_run_is_redone_with_its_own_recipe(build, cli, write, old, run, tmp_path, held_out):
    source = write("old.jsonl", old())
    assert build(source, "--sft", "sft").code == 0
    redo = ("--recipe", run / "recipe.yaml", "--benchmark", f"held-out={held_out}")
    again = tmp_path / "again"
    assert cli("build-corpus", source, *redo, "--out", again).code == 0
    assert (again / "sft.parquet").read_bytes() == (run / "sft.parquet").read_bytes()


def test_the_bytes_do_not_depend_on_workers(build, write, old, tmp_path, monkeypatch):
    monkeypatch.setattr("curate.corpus.pipeline.SHARD_ROWS", 7)
    monkeypatch.setattr("curate.corpus.pipeline.FEW_BYTES", 1)
    rows = [
        {**row, "id": f"{row['id']}-{n}", "text": f"{n}回目に{row['text']}"}
        for n in range(20)
        for row in old()
    ]
    source = write("old.jsonl", rows)
    made = []
    for workers in (1, 2):
        run = tmp_path / f"run{workers}"
        told = build(
            source,
            "--sft",
            "direct",
            "--workers",
            workers,
            out=run,
        )
        assert told.code in (0, 4)
        made.append((run / "sft.parquet").read_bytes())
    assert made[0] == made[1]
    assert pl.read_parquet(tmp_path / "run1" / "sft.parquet").height == 60


def test_a_shipped_template_is_listed_copied_and_used(build, cli, write, old, run, tmp_path):
    listed = cli("recipes", "--format", "json").data["sft_templates"]
    assert listed["direct"].startswith("The answer alone, ")
    copied = cli("recipes", "sft/direct", "--to", tmp_path)
    assert copied.code == 0
    assert f"--sft {tmp_path / 'direct.yaml'} " in copied.err
    assert build(write("old.jsonl", old()), "--sft", tmp_path / "direct.yaml").code == 0


def test_a_dry_run_names_the_file(build, write, old, run):
    told = build(write("old.jsonl", old()), "--sft", "direct", "--dry-run", "--format", "json")
    assert "sft.parquet" in told.data["outputs"]
    assert told.data["recipe"]["sft"]["name"] == "direct"
    assert not run.exists()


WRONG = {
    "an unknown name": ("stf", {}, "command line: no SFT template 'stf'. Did you mean 'sft'?"),
    "an unknown field": (
        None, {"prompt": ["x", "{txt}"]}, "mine.yaml:4: prompt: unknown field {txt}; there are ",
    ),
    "an unknown key": (None, {"prompts": ["{text}"]}, "prompts: Extra inputs are not permitted"),
    "no completion": (None, {"completion": []}, "completion: List should have at least 1 item"),
    "another kind": (None, {"template": "render/1"}, "template: Input should be 'sft/1'"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_template(build, write, old, run, template, case):
    name, keys, message = WRONG[case]
    told = build(write("old.jsonl", old()), "--sft", name or template(**keys))
    assert told.code == 2
    assert message in told.err
    assert not run.exists()


def test_a_recipes_template_stays_in_its_folder(build, cli, write, old, run, template, tmp_path):
    template("outside.yaml")
    (tmp_path / "in").mkdir()
    assert cli("recipes", "corpus", "--to", tmp_path / "in" / "corpus.yaml").code == 0
    with (tmp_path / "in" / "corpus.yaml").open("a", encoding="utf-8") as file:
        file.write("sft: ../outside.yaml\n")
    told = build(write("old.jsonl", old()), "--recipe", tmp_path / "in" / "corpus.yaml")
    assert told.code == 2
    assert "the path '../outside.yaml' leads out of the recipe's folder" in told.err


def test_an_audit_writes_no_texts(cli, write, old, tmp_path):
    told = cli("audit", write("old.jsonl", old()), "--set", "sft=sft", "--out", tmp_path / "run")
    assert told.code == 2
    assert "sft: an audit keeps no rows to write" in told.err


def test_an_unknown_key_of_an_inline_template(build, write, old):
    told = build(write("old.jsonl", old()), "--set", f"sft={MINE | {'complettion': []}}")
    assert told.code == 2
    assert "unknown key 'complettion'. Did you mean 'completion'?" in told.err
