"""`curate publish --dry-run`: every gate fails once and passes once, and no edit by hand gets past one."""

import json
import shutil

import polars as pl
import pytest
from publish_samples import DECIDE_ALL, edit_json, seal

from curate.publishing.hub import folder_files
from curate.runs import content_sha256
from curate.tables import share

GATES = [
    "files",
    "audit",
    "recipe",
    "accounts",
    "audit made again",
    "licence",
    "secrets",
    "personal data",
    "content",
    "card",
]


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    """Lines are looked at once for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def decisions(write):
    return write("decisions.jsonl", [DECIDE_ALL])


@pytest.fixture
def publish(cli, decisions):
    """Runs `publish --dry-run` of a run with all that it needs."""

    def publish(run, *words):
        fixed = ("--repo", "org/name", "--dry-run", "--format", "json", "--decisions", decisions)
        return cli("publish", run, *fixed, *words)

    return publish


def _audit(**changes):
    def edit(run):
        edit_json(run / "audit.json", **changes)
        edit_json(run / "report.json", audit=lambda audit: {**audit, **changes})

    return edit


def _power(recall):
    return lambda run: _audit(
        power={**json.loads((run / "audit.json").read_bytes())["power"], "recall": recall}
    )(run)


def _too_weak(run):
    _power(0.5)(run)
    _audit(verdict="none")(run)


def _other_rows(run):
    rows = pl.read_parquet(run / "kept.parquet")
    rows.with_columns(pl.col("text") + "。").write_parquet(run / "kept.parquet")


def _leak(run):
    """Puts an item of the benchmark into a row, and the new content hash everywhere."""
    [item] = pl.read_ndjson(share("pipelines", "demo", "held_out.jsonl"))[:1].to_dicts()
    rows = pl.read_parquet(run / "kept.parquet")
    first = pl.int_range(pl.len()) == 0
    said = [
        pl.when(first).then(pl.lit(item[name], dtype=rows.schema[name])).otherwise(name).alias(name)
        for name in ("text", "choices")
    ]
    rows.with_columns(said).write_parquet(run / "kept.parquet")
    _audit(content_sha256=content_sha256(run / "kept.parquet"))(run)


def _recipe(run):
    text = (run / "recipe.yaml").read_text()
    (run / "recipe.yaml").write_text(text.replace("power_floor: 0.95", "power_floor: 0.5"))


def _no_audit(run):
    (run / "audit.json").unlink()


def _lenient(run):
    """Has the manifest say that the detector looked less closely."""

    def looked(resolved):
        stages = [
            {**stage, "power_floor": None} if stage["stage"] == "leakage" else stage
            for stage in resolved["recipe"]["stages"]
        ]
        return {**resolved, "recipe": {**resolved["recipe"], "stages": stages}}

    edit_json(run / "manifest.json", resolved=looked)


EDITS = {
    "no audit": (_no_audit, "there is no audit"),
    "failed": (_audit(verdict="fail"), "the audit's verdict is fail, not pass"),
    "undecided": (
        _audit(verdict="undecided", counts={"review": 2}),
        "2 review findings wait for a decision",
    ),
    "too weak": (_too_weak, "a power of 0.5 (floor 0.95)"),
    "other rows": (_other_rows, "the audit is of other content"),
    "leak": (_leak, "the audit was made again and differs: verdict fail, not pass"),
    "power": (_power(0.999), "the audit was made again and differs: power 1.0000, not 0.9990"),
    "recipe": (_recipe, "the recipe is not the one that the audit was made by"),
    "manifest": (_lenient, "the recipe is not the one that the audit was made by"),
    "ledger": (
        lambda run: edit_json(run / "ledger.json", kept=76, rows_in=lambda rows: rows + 1),
        "the accounts are wrong: kept 76, and there are 75",
    ),
    "report": (
        lambda run: edit_json(run / "report.json", ledger={}),
        "the accounts are wrong: report.json tells another ledger",
    ),
}


def test_a_run_passes_every_gate_and_is_not_written_twice(publish, demo_copy, contents):
    told = publish(demo_copy)
    assert told.code == 0, told.out
    assert told.data["gates"] == GATES
    folder = demo_copy.with_name("demo-published")
    assert told.data["folder"] == str(folder)
    assert {file["path"] for file in told.data["files"]} >= {"README.md", "audit.json"}
    before = (folder / "release.json").stat().st_mtime_ns
    again = publish(demo_copy)
    assert (again.code, again.data["gates"]) == (0, GATES)
    assert (folder / "release.json").stat().st_mtime_ns == before
    with (folder / "README.md").open("a") as card:
        card.write("98,765 rows, all of them checked by hand.\n")
    drifted = publish(demo_copy)
    assert drifted.code == 4
    assert drifted.data["error"]["message"] == "card drift: README.md is not what the run says"


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_by_hand_does_not_get_past_the_gates(publish, demo_copy, name):
    edit, message = EDITS[name]
    edit(demo_copy)
    seal(demo_copy)
    told = publish(demo_copy)
    assert told.code == 4, told.out
    assert message in told.data["error"]["message"]
    assert not demo_copy.with_name("demo-published").exists()


@pytest.mark.parametrize("name", ["audit.json", "report.json", "recipe.yaml", "kept.parquet"])
def test_a_file_that_is_not_as_it_was_sealed_stops_everything(publish, demo_copy, name):
    (demo_copy / name).write_bytes((demo_copy / name).read_bytes() + b" ")
    told = publish(demo_copy)
    assert told.code == 4
    assert f"{name} is not what the run wrote" in told.data["error"]["message"]


def test_pairs_pass_with_a_corpus_and_notes(publish, demo_copy):
    notes = share("data_cards", "demo", "notes.yaml")
    words = ("--corpus", demo_copy, "--notes", notes)
    told = publish(demo_copy.with_name("demo-pairs"), *words)
    assert (told.code, told.data["gates"]) == (0, GATES), told.out
    assert told.data["rows"] == {"pairs": 60, "pairs_conversational": 60}


def test_the_benchmark_must_be_there_and_the_same(publish, demo_copy, write):
    def moved(manifest):
        benchmark = {"name": "held-out", "path": "/nowhere/held_out.jsonl"}
        return {**manifest, "recipe": {**manifest["recipe"], "benchmarks": [benchmark]}}

    edit_json(demo_copy / "manifest.json", resolved=moved)
    told = publish(demo_copy)
    assert told.code == 2
    assert "Say where it lies: --benchmark held-out=PATH." in told.data["error"]["hint"]
    source = share("pipelines", "demo", "held_out.jsonl")
    short = write("short.jsonl", source.read_text().split("\n", 1)[0])
    told = publish(demo_copy, "--benchmark", f"held-out={short}")
    assert told.code == 4
    assert "not the benchmark that the run was checked against" in told.data["error"]["message"]
    assert publish(demo_copy, "--benchmark", f"held-out={source}").code == 0


def test_decisions_of_the_run_are_given_again_and_no_new_ones(build, cli, write, old, items, run):
    copied = {**items()[0], "id": "10A9", "exam": "10", "year": 2010}
    wrong = {
        "record_id": "10A9",
        "benchmark": "held-out",
        "item_id": "30A1",
        "decision": "false_positive",
        "reason": "not it",
        "by": "a test",
        "at": "2026-01-02",
    }
    then = write("then.jsonl", [wrong, DECIDE_ALL])
    rows = write("rows.jsonl", [*old(), copied])
    floor = ("--set", "stages.leakage.power_floor=null")
    assert build(rows, "--decisions", then, *floor).code == 0
    fixed = ("publish", run, "--repo", "org/name", "--dry-run", "--format", "json")
    words = (*fixed, "--accept-licence", "questions", "--decisions")
    told = cli(*words, write("now.jsonl", [DECIDE_ALL, wrong]))
    assert told.code == 4
    assert "rests on decisions that are not given" in told.data["error"]["message"]
    told = cli(*words, then)
    assert (told.code, told.data.get("gates")) == (0, GATES), told.out


def test_results_of_an_evaluation_need_no_audit(cli, write, items, tmp_path):
    said = [{"question_id": row["id"], "text": "a"} for row in items()]
    run = tmp_path / "run"
    asked = cli(
        *("evaluate", "--engine", "recorded", "--responses", write("said.jsonl", said)),
        *("--benchmark", f"held-out={write('exam.jsonl', items())}"),
        *("--mode", "alpaca", "--out", run),
    )
    assert asked.code == 0, asked.err
    notes = write("notes.yaml", "recipe: card/1\nlicence: CC-BY-4.0\n")
    told = cli(
        *("publish", run, "--repo", "org/name", "--dry-run", "--format", "json", "--notes", notes)
    )
    assert told.code == 0, told.out
    audited = {"audit", "recipe", "accounts", "audit made again"}
    assert told.data["gates"] == [name for name in GATES if name not in audited]
    assert cli("verify", tmp_path / "run-published", "--format", "json").code == 0


def test_nothing_is_written_into_the_run(publish, demo_copy):
    told = publish(demo_copy, "--out", demo_copy / "published")
    assert told.code == 2
    assert told.data["error"]["message"] == "--out lies inside the run"


@pytest.mark.parametrize(
    "repo", ["my org/name", "name", "a/b/c", "org/-x", "org/a--b", "org/x.git"]
)
def test_a_name_that_no_data_set_has(publish, demo_copy, repo):
    told = publish(demo_copy, "--repo", repo)
    assert told.code == 2
    assert "a data set's name is ORG/NAME" in told.data["error"]["message"]


SECRET = "AKIAIOSFODNN7EXAMPLD"  # noqa: S105 (invented)
PRIVATE = "主治医の山田太郎さん（電話 03-1234-5678、患者番号 00123456）に連絡する。"


@pytest.fixture
def private_run(build, write, old, run):
    """A corpus without a licence, in which a person and a secret stand."""
    rows = old()
    rows[0]["explanation"] = PRIVATE
    rows[1]["explanation"] = f"鍵は {SECRET} である。"
    floor = ("--set", "stages.leakage.power_floor=null")
    assert build(write("old.jsonl", rows), *floor).code == 0
    return run


def test_licence_then_secrets_then_personal_data_then_masks(
    cli, private_run, write, read_lines, table
):
    fixed = ("publish", private_run, "--repo", "org/name", "--dry-run", "--format", "json")
    told = cli(*fixed)
    assert told.code == 4
    assert "missing licence: nobody states one for questions" in told.data["error"]["message"]
    accepted = (*fixed, "--accept-licence", "questions")
    told = cli(*accepted)
    assert told.code == 4
    assert told.data["error"]["message"].startswith("secrets found, and 1 findings wait")
    listed = private_run.with_name("run-published-personal.jsonl")
    assert told.data["findings"] == str(listed)
    for text in (SECRET, "山田", "1234-5678", "00123456"):
        assert text not in told.out + told.err + listed.read_text()
    found = {(one["record_id"], one["kind"]): one for one in read_lines(listed)}
    assert {"name", "telephone", "patient_number"} <= {kind for _, kind in found}
    line = json.loads(told.data["error"]["hint"].partition("--decisions: ")[2])
    assert line["sha256"] == found["10A2", "secret"]["sha256"]
    some = write("some.jsonl", [{**line, "decision": "masked"}])
    told = cli(*accepted, "--decisions", some)
    assert told.code == 4
    assert told.data["error"]["message"].startswith("personal data found, and ")
    rest = [
        {**DECIDE_ALL, "kind": kind, "decision": "masked"}
        for kind in ("name", "telephone", "patient_number")
    ]
    told = cli(*accepted, "--decisions", some, "--decisions", write("rest.jsonl", rest))
    assert told.code == 0, told.out
    assert told.data["personal"]["telephone"] == {"accepted": 0, "masked": 1, "undecided": 0}
    folder = private_run.with_name("run-published")
    rows = table(folder / "data/corpus/train-00000-of-00001.parquet")
    said = rows[0]["explanation"]
    assert said == "主治医の■■■■さん（電話 ■■■■■■■■■■■■、患者番号 ■■■■■■■■）に連絡する。"
    assert said in rows[0]["rendered"]
    assert SECRET not in str(rows)
    verified = cli("verify", folder, "--format", "json")
    assert verified.code == 0, verified.out
    assert any("2 rows whose texts are covered" in one for one in verified.data["taken_on_trust"])


def test_texts_without_a_licence_are_withheld(cli, private_run, table):
    fixed = ("--repo", "org/name", "--dry-run", "--format", "json", "--withhold-texts")
    told = cli("publish", private_run, *fixed)
    assert told.code == 0, told.out
    folder = private_run.with_name("run-published")
    rows = table(folder / "data/corpus/train-00000-of-00001.parquet")
    assert "text" not in rows[0]
    assert "山田" not in "".join(
        path.read_text() for path in folder.glob("*.*") if path.suffix != ".parquet"
    )
    verified = cli("verify", folder, "--format", "json")
    assert verified.code == 0, verified.out
    assert any("not published" in one for one in verified.data["taken_on_trust"])


def test_verify_finds_what_was_changed_in_a_published_folder(cli, publish, demo_copy, tmp_path):
    assert publish(demo_copy).code == 0
    folder, bench = (
        demo_copy.with_name("demo-published"),
        share("pipelines", "demo", "held_out.jsonl"),
    )
    words = ("--benchmark", f"held-out={bench}", "--format", "json")
    whole = cli("verify", folder, *words)
    assert whole.code == 0, whole.out
    assert any(one.startswith("the audit of 75 rows") for one in whole.data["made_again"])

    def broken(name, edit):
        copy = tmp_path / name
        shutil.copytree(folder, copy)
        edit(copy)
        told = cli("verify", copy, *words)
        assert told.code == 4, told.out
        return "\n".join(told.data["changed"])

    def add(copy):
        (copy / "more.txt").write_text("more")

    def card(copy):
        text = (copy / "README.md").read_text().replace("75", "76")
        (copy / "README.md").write_text(text)
        _restate(copy)

    def rows(copy):
        path = copy / "data/corpus/train-00000-of-00001.parquet"
        pl.read_parquet(path).with_columns(year=pl.lit(2001, pl.Int64)).write_parquet(path)
        _restate(copy)

    def power(copy):
        edit_json(
            copy / "audit.json", power=lambda power: {**power, "low": 0.999, "recall": 0.9999}
        )
        _restate(copy)

    assert "more.txt: not in release.json" in broken("add", add)
    assert "README.md: not what the data says" in broken("card", card)
    assert "row 1 is not as it was audited" in broken("rows", rows)
    assert "README.md: not what the data says" in broken("power", power)


def _restate(folder):
    """Writes release.json anew over files that were edited, as one who cheats would."""
    files = [file.model_dump() for file in folder_files(folder) if file.path != "release.json"]
    hashes = {file["path"]: file["sha256"] for file in files}

    def tables(old):
        return [
            {
                **table,
                "sha256": hashes[table["path"]],
                "content_sha256": content_sha256(folder / table["path"]),
            }
            for table in old
        ]

    edit_json(folder / "release.json", files=files, tables=tables)
