"""`curate make-pairs` from recorded answers: what is paired, what is not, and that all of it adds up."""

import polars as pl
import pytest
from recorded_answers import every_grade, questions, right, written, wrong

from curate.artefacts import share
from curate.models import Grade, Pair, PairLedger, Response
from curate.runs import table_sha256
from curate.tables import row_digests

HELD_OUT = share("pipelines", "demo", "held_out.jsonl")
FILES = {
    "manifest.json", "recipe.yaml", "responses.parquet", "pairs.parquet", "quarantine.jsonl",
    "pairs_conversational.parquet", "findings.parquet", "ledger.json", "audit.json",
    "report.json", "report.html",
}  # fmt: skip


@pytest.fixture
def make(cli, demo_run, tmp_path):
    """Runs make-pairs on the demo's corpus and recorded answers."""

    def make(answers, *more, corpus=demo_run, out=tmp_path / "pairs"):
        words = ("--corpus", corpus, "--responses", answers, "--out", out)
        return cli("make-pairs", *words, "--benchmark", f"held-out={HELD_OUT}", *more)

    return make


@pytest.fixture
def pairs(tmp_path):
    """The folder that `make` writes."""
    return tmp_path / "pairs"


@pytest.fixture
def answers(demo_run, tmp_path):
    """Answers of every grade to all questions of the demo's corpus."""
    return written(tmp_path / "answers.jsonl", questions(demo_run))


def _ledger(run):
    return PairLedger.model_validate_json((run / "ledger.json").read_bytes())


def test_every_grade_is_counted_and_two_of_them_are_paired(make, answers, pairs, names, table):
    told = make(answers)
    assert told.code == 0, told.err
    assert names(pairs) == FILES
    responses = table(pairs / "responses.parquet")
    assert {row["grade"] for row in responses} == {grade.value for grade in Grade}
    for row in responses:
        Response(**row | {"sampling": row["sampling"] or {}})
    by_index = {(row["question_id"], row["index"]): row for row in responses}
    fits = {"chosen": "correct", "rejected": "incorrect"}
    made = table(pairs / "pairs.parquet")
    assert {row["chosen_tier"] for row in made} == {"ground_truth", "chosen"}
    for row in made:
        Pair(**row)
        for side in ("chosen", "rejected"):
            if row[f"{side}_tier"] == "ground_truth":
                assert row[f"{side}_index"] is None
                continue
            sample = by_index[row["question_id"], row[f"{side}_index"]]
            assert sample["text"] == row[side]
            assert sample["grade"] == fits[row[f"{side}_tier"]]


def test_the_ledger_adds_up(make, answers, pairs, demo_run, table):
    make(answers)
    ledger = _ledger(pairs)
    kept = [row for row in table(demo_run / "kept.parquet") if row["kind"] == "question"]
    assert ledger.stage("questions").rows_in == len(kept)
    assert ledger.stage("recorded").rows_out == len(table(pairs / "responses.parquet"))
    assert ledger.stage("responses").rows_in == sum(ledger.grades.values())
    assert ledger.pairs == len(table(pairs / "pairs.parquet"))
    assert ledger.audited


def test_the_audit_is_of_the_pairs_and_names_its_parent(make, answers, pairs, demo_run, read_json):
    make(answers)
    audit, corpus = read_json(pairs / "audit.json"), read_json(demo_run / "audit.json")
    frame = pl.read_parquet(pairs / "pairs.parquet")
    assert (audit["verdict"], audit["rows"]) == ("pass", frame.height)
    assert audit["parent"] == corpus["content_sha256"]
    assert audit["content_sha256"] == table_sha256([row_digests(frame.drop("audit"))])
    assert set(frame["audit"]) == {audit["content_sha256"]}
    assert audit["power"]["recall"] > 0.9


def test_both_forms_say_the_same(make, answers, pairs, table):
    make(answers)
    plain, turns = (table(pairs / f"{name}.parquet") for name in ("pairs", "pairs_conversational"))
    for one, other in zip(plain, turns, strict=True):
        assert other["prompt"] == [{"role": "user", "content": one["prompt"]}]
        assert other["chosen"] == [{"role": "assistant", "content": one["chosen"].strip()}]
        assert one["prompt"].endswith("Explanation:")
        assert one["chosen"].startswith(" ")
        assert {k: v for k, v in one.items() if k not in ("prompt", "chosen", "rejected")} == {
            k: v for k, v in other.items() if k not in ("prompt", "chosen", "rejected")
        }


def test_a_finished_run_is_told_again_verified_and_asked(make, answers, pairs, cli):
    first = make(answers, "--format", "json")
    again = make(answers, "--format", "json")
    assert (again.code, again.data) == (0, first.data)
    assert cli("verify", pairs).code == 0
    told = cli("sql", pairs, "SELECT count(*) AS n FROM pairs", "--format", "json")
    assert str(first.data["pairs"]) in told.out
    assert "sides.ground_truth" in cli("sql", pairs, "SELECT stage FROM ledger").out
    assert make(answers, "--n", 2).code == 2


def test_a_leaking_sample_is_in_no_pair(make, demo_run, tmp_path, pairs, table):
    leak = table_text(HELD_OUT)
    rows = questions(demo_run)
    first = rows[0]["id"]

    def answers(row):
        return [(right(row), "stop"), (wrong(row), "stop")] + (
            [(f" {leak}{right(row, 7)}", "stop")] if row["id"] == first else []
        )

    assert make(written(tmp_path / "a.jsonl", rows, answers)).code == 0
    ledger = _ledger(pairs)
    assert ledger.stage("responses").dropped["leakage.contaminated"] == 1
    [flagged] = [
        r for r in table(pairs / "responses.parquet") if "leakage.contaminated" in r["flags"]
    ]
    assert (flagged["question_id"], flagged["index"]) == (first, 2)
    assert leak not in "".join(row["chosen"] for row in table(pairs / "pairs.parquet"))
    assert {row["record_id"] for row in table(pairs / "findings.parquet")} == {f"{first}#2"}


def test_a_decision_brings_a_sample_back(make, demo_run, tmp_path, pairs, write, table):
    rows = questions(demo_run)
    first = rows[0]["id"]
    leak = table_text(HELD_OUT)
    answers = written(
        tmp_path / "a.jsonl",
        rows,
        lambda row: [(f" {leak * (row['id'] == first)}{right(row)}", "stop")],
    )
    assert make(answers).code == 0
    [item] = {row["item_id"] for row in table(pairs / "findings.parquet")}
    decision = {
        "record_id": f"{first}#0",
        "benchmark": "held-out",
        "item_id": item,
        "decision": "false_positive",
        "by": "a reader",
        "at": "2026-01-01",
    }
    again = tmp_path / "again"
    assert make(answers, "--decisions", write("d.jsonl", [decision]), out=again).code == 0
    assert not _ledger(again).stage("responses").dropped
    assert _ledger(pairs).stage("responses").dropped == {"leakage.contaminated": 1}


def table_text(path):
    """The longest item of a benchmark, with its options."""
    rows = pl.read_ndjson(path).to_dicts()
    row = max(rows, key=lambda row: len(row["text"]))
    return row["text"] + "".join(f"{a} {c}" for a, c in zip("abcde", row["choices"], strict=False))


def test_no_pair_comes_from_a_dropped_question(make, demo_run, tmp_path, pairs, table):
    dropped = table(demo_run / "dropped.parquet")
    gone = {row["id"] for row in dropped} - {row["id"] for row in table(demo_run / "kept.parquet")}
    lost = [row for row in dropped if row["id"] in gone and row["answers"] and row["choices"]]
    told = make(written(tmp_path / "a.jsonl", [*questions(demo_run), *lost]))
    assert told.code == 0
    assert "that the corpus dropped" in told.err
    assert not gone & {row["question_id"] for row in table(pairs / "pairs.parquet")}
    left_out = _ledger(pairs).stage("recorded").dropped
    assert left_out["recorded.question_dropped"] == len(lost) * len(every_grade(lost[0]))


def test_policies_and_settings(make, answers, pairs, tmp_path):
    make(answers, "--set", "policy.per_tiers=2", "--seed", 3)
    assert _ledger(pairs).stage("pairs.chosen.rejected").rows_out > 60
    other = tmp_path / "other"
    assert make(answers, "--set", "policy={policy: samples}", out=other).code == 0
    names = [stage.stage for stage in _ledger(other).stages if stage.stage.startswith("pairs.")]
    assert names == ["pairs.chosen.rejected"]


def test_a_dry_run_writes_nothing(make, answers, pairs):
    told = make(answers, "--dry-run", "--format", "json")
    assert told.code == 0
    assert told.data["corpus"]["unaudited"] is None
    assert not pairs.exists()
