"""The main job and an audit on real data, named by $JMLE_DATA; skipped where it is not there."""

import shutil

import mlcroissant
import pytest
from datasets import load_dataset

from curate.publishing import stage_release

pytestmark = pytest.mark.data

REASONS = {"text.empty", "year.after", "year.unknown", "length.short", "length.long",
           "duplicate.id", "duplicate.exact", "leakage.contaminated", "leakage.recycled",
           "leakage.review"}  # fmt: skip


@pytest.fixture(scope="module")
def main_job(real_data, cli, tmp_path_factory):
    """Runs the main job into a new folder and returns what it said and the folder."""

    def main_job():
        run = tmp_path_factory.mktemp("real") / "run"
        igakuqa = real_data / "igakuqa"
        sources = (real_data / "yakugakuqa", igakuqa / "prompts" / "prompt.jsonl")
        words = ("--max-year", 2017, "--benchmark", f"igakuqa={igakuqa}", "--out", run)
        return cli("build-corpus", *sources, *words), run

    return main_job


@pytest.fixture(scope="module")
def first_run(main_job):
    told, run = main_job()
    assert told.code == 0, told.err
    return run


def test_the_ledger_of_the_main_job(first_run, read_json):
    ledger = read_json(first_run / "ledger.json")
    assert (ledger["rows_in"], ledger["quarantined"]) == (4488, 0)
    assert ledger["rows_in"] == ledger["kept"] + ledger["dropped"]


def test_nothing_kept_is_later_than_2017(first_run, table):
    kept = table(first_run / "kept.parquet")
    assert kept
    assert {row["provenance"]["source"] for row in kept} == {"yakugakuqa", "prompt"}
    assert max(row["year"] for row in kept) == 2017
    assert max(row["published"] for row in kept if row["explanation"]) <= 2017
    assert not [row for row in kept if row["explanation"] and row["published"] is None]


def test_every_dropped_row_has_a_reason(first_run, table):
    assert {row["dropped_by"] for row in table(first_run / "dropped.parquet")} <= REASONS


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_published_loads_and_is_described(first_run, table, tmp_path):
    """No licence is stated, so no text is published but that which somebody answers for."""
    closed = stage_release(first_run, tmp_path / "closed")
    assert [source.name for source in closed.withheld] == ["prompt", "yakugakuqa"]
    assert {"text", "explanation", "rendered"} <= {*closed.tables[0].left_out}
    stage_release(first_run, tmp_path / "open", accept=["yakugakuqa"])
    kept = table(first_run / "kept.parquet")
    for folder in (tmp_path / "closed", tmp_path / "open"):
        loaded = load_dataset(
            str(folder), "corpus", split="train", cache_dir=str(tmp_path / "cache")
        )
        stream = load_dataset(str(folder), "corpus", split="train", streaming=True)
        assert loaded["row_sha256"][:] == [row["row_sha256"] for row in stream]
        assert loaded["id"][:] == [row["id"] for row in kept]
        described = mlcroissant.Dataset(jsonld=folder / "croissant.json")
        assert not described.metadata.ctx.issues.errors
        assert sum(1 for _ in described.records("corpus")) == len(kept)
    texts = [row["text"] if row["provenance"]["source"] == "yakugakuqa" else None for row in kept]
    assert loaded["text"][:] == texts


def test_the_whole_benchmark_was_indexed(first_run, read_json):
    audit = read_json(first_run / "audit.json")
    assert audit["verdict"] == "pass"
    [benchmark] = audit["benchmarks"]
    assert benchmark["items_expected"] == benchmark["items_indexed"] == 2000
    assert (benchmark["years"], benchmark["absent_years"]) == ([2018, 2019, 2020, 2021, 2022], [])


def test_another_run_has_the_same_hashes(first_run, main_job, read_json):
    told, second = main_job()
    assert told.code == 0
    one, two = (read_json(run / "manifest.json") for run in (first_run, second))
    assert one["outputs"] == two["outputs"]
    assert read_json(first_run / "audit.json") == read_json(second / "audit.json")


def test_the_run_verifies(first_run, cli):
    assert cli("verify", first_run).code == 0


@pytest.fixture(scope="module")
def shifted(real_data, cli, tmp_path_factory):
    """Audits the exams of 2018 and 2019 against those of 2020 to 2022."""
    folder = tmp_path_factory.mktemp("shifted")
    for year in ("2018", "2019"):
        shutil.copytree(real_data / "igakuqa" / "data" / year, folder / "old" / "data" / year)
    words = ("--benchmark", f"igakuqa={real_data / 'igakuqa'}", "--years", "2020-2022")
    words += ("--set", "stages.leakage.power_items=10")
    told = cli("audit", folder / "old", *words, "--out", folder / "run", "--format", "json")
    return told, folder / "run"


def test_reused_items_fail_the_audit(shifted):
    told, _ = shifted
    assert told.code == 4
    assert (told.data["verdict"], told.data["rows_in"]) == ("fail", 800)


@pytest.mark.parametrize(
    ("record", "item", "verdict"), [("113E2", "116B10", "recycled"), ("113B18", "116D2", "review")]
)
def test_a_known_pair_has_its_verdict(shifted, table, record, item, verdict):
    rows = [
        row
        for row in table(shifted[1] / "findings.parquet")
        if (row["record_id"], row["item_id"]) == (record, item)
    ]
    assert {row["verdict"] for row in rows} == {verdict}


RECIPE = """
recipe: corpus/1
name: jmle-2017
seed: 0
sources:
  - path: yakugakuqa
    layout: yakugakuqa
    year: {exam_plus: 1915}
    published: exam_year
    explanation_verified: "publisher's explanations, checked against the key"
    licence: CC-BY-4.0
    fields: {id: problem_id, text: problem_text}
max_year: 2017
applies_to: [yakugakuqa, prompt]
benchmarks:
  - {name: igakuqa, path: igakuqa, years: [2018, 2022]}
stages:
  - {stage: year}
  - {stage: length, min_chars: 10, max_chars: 20000}
  - {stage: exact_duplicates}
  - {stage: leakage, drop: [contaminated, recycled, review], power_items: 10, power_floor: 0.95}
  - {stage: render, template: question}
"""


def test_a_recipe_with_every_key_takes_its_folders_from_the_command_line(
    cli, real_data, write, tmp_path, table
):
    words = (
        *(real_data / "yakugakuqa", real_data / "igakuqa" / "prompts" / "prompt.jsonl"),
        *("--recipe", write("recipe.yaml", RECIPE), "--out", tmp_path / "run"),
        *("--benchmark", f"igakuqa={real_data / 'igakuqa'}"),
    )
    told = cli("build-corpus", *words, "--set", "max_year=2013", "--format", "json")
    assert told.code == 0
    kept = table(tmp_path / "run" / "kept.parquet")
    assert {row["provenance"]["source"] for row in kept} == {"yakugakuqa", "prompt"}
    assert {row["year"] for row in kept} == {2006, 2012, 2013}
    assert {row["provenance"]["licence"] for row in kept} == {"CC-BY-4.0", None}
