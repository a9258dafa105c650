"""`curate card` and the folder that is published, of the demo's corpus and pairs, read by those who would."""

import hashlib
import json
import logging
import shutil
from pathlib import Path

import duckdb
import mlcroissant
import polars as pl
import pyarrow.parquet as pq
import pytest
import yaml
from datasets import DatasetInfo, load_dataset
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCard, DatasetCardData

from curate.errors import UsageError
from curate.publishing import read_notes, read_staged, stage_release

ROOT = Path(__file__).resolve().parents[2]
NOTES = ROOT / "data_cards" / "demo" / "notes.yaml"
KINDS = ("corpus", "pairs")
CONFIGS = [("corpus", "corpus"), ("pairs", "pairs"), ("pairs", "pairs_conversational")]
TABLES = {"corpus": "kept", "pairs": "pairs", "pairs_conversational": "pairs_conversational"}


@pytest.fixture(scope="module")
def runs(demo_run):
    return {"corpus": demo_run, "pairs": demo_run.with_name(f"{demo_run.name}-pairs")}


@pytest.fixture(scope="module")
def staged(runs, tmp_path_factory):
    """Both folders as they would be published."""
    folder = tmp_path_factory.mktemp("staged")
    for kind, run in runs.items():
        stage_release(run, folder / kind, notes=read_notes(NOTES))
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return str(tmp_path_factory.mktemp("cache"))


def _files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_cards_that_the_project_keeps_are_those_of_the_demo(cli, runs, kind):
    kept = ROOT / "data_cards" / "demo" / kind
    checked = cli(
        "card", runs[kind], "--notes", NOTES, "--out", kept, "--check", "--format", "json"
    )
    assert checked.code == 0, f"`make cards` writes them again: {checked.out}"
    assert checked.data["checked"] == 3


@pytest.mark.parametrize(("kind", "config"), CONFIGS)
def test_every_reader_reads_the_same_rows(runs, staged, cache, kind, config):
    ran = pl.read_parquet(runs[kind] / f"{TABLES[config]}.parquet").to_dicts()
    (path,) = (staged / kind / "data" / config).glob("*.parquet")
    whole = load_dataset(str(staged / kind), config, split="train", cache_dir=cache)
    stream = load_dataset(str(staged / kind), config, split="train", streaming=True)
    by_duckdb = duckdb.sql(f"FROM '{path}'").pl()
    for rows in (
        whole.to_list(),
        [*stream],
        pl.read_parquet(path).to_dicts(),
        by_duckdb.to_dicts(),
    ):
        assert [{name: row[name] for name in ran[0]} for row in rows] == ran
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    assert column.has_column_index
    assert column.has_offset_index
    (table,) = (one for one in read_staged(staged / kind).tables if one.config == config)
    assert table.features == whole.features._to_yaml_list()
    assert table.rows == len(ran)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_croissant_is_valid_and_its_records_are_the_rows(staged, kind, caplog):
    with caplog.at_level(logging.ERROR):
        described = mlcroissant.Dataset(jsonld=staged / kind / "croissant.json")
        assert not described.metadata.ctx.issues.errors
        release = read_staged(staged / kind)
        for table in release.tables:
            records = [*described.records(table.config)]
            assert len(records) == table.rows
            assert len(records[0]) == len(table.columns)
    told = described.metadata
    assert told.personal_sensitive_information == [release.notes.personal_data]
    assert release.notes.limits[0] in told.data_limitations
    assert told.data_biases
    assert told.data_use_cases
    assert told.license == ["https://spdx.org/licenses/Apache-2.0.html"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_hubs_library_reads_the_cards_metadata(staged, kind, name):
    text = (staged / kind / name).read_text(encoding="utf-8")
    read = DatasetCard(text).data
    told = yaml.safe_load(text.split("---\n")[1])
    assert DatasetCardData(**told).to_dict() == read.to_dict() == told
    configs = MetadataConfigs.from_dataset_card_data(read)
    infos = {one["config_name"]: DatasetInfo._from_yaml_dict(one) for one in told["dataset_info"]}
    assert [*configs] == [*infos] == [one for of, one in CONFIGS if of == kind]
    rows = {one.config: one.rows for one in read_staged(staged / kind).tables}
    assert {one: info.splits["train"].num_examples for one, info in infos.items()} == rows


def test_the_same_run_elsewhere_is_staged_to_the_same_bytes(runs, staged, demo_copy, tmp_path):
    for kind, run in zip(KINDS, (demo_copy, demo_copy.with_name("demo-pairs")), strict=True):
        manifest = json.loads((run / "manifest.json").read_bytes())
        manifest |= {"host": "elsewhere", "started": "1999-01-01", "seconds": 1.0}
        (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        again = tmp_path / "again" / kind
        stage_release(run, again, notes=read_notes(NOTES), corpus=demo_copy)
        assert _files(again) == _files(staged / kind)
        files = read_staged(again).files
        assert {one.path: one.sha256 for one in files} == {
            name: hashlib.sha256(data).hexdigest()
            for name, data in _files(again).items()
            if name != "release.json"
        }


@pytest.mark.parametrize("kind", KINDS)
def test_no_place_no_moment_and_no_unpublished_text_is_in_any_file(runs, staged, kind):
    manifest = json.loads((runs[kind] / "manifest.json").read_bytes())
    folders = (str(ROOT), str(runs[kind].parent))
    secret = [manifest["started"], manifest["finished"], *folders]
    exam = ROOT / "pipelines" / "demo" / "held_out.jsonl"
    secret += [json.loads(line)["text"] for line in exam.read_text("utf-8").splitlines()]
    dropped = pl.read_parquet(runs["corpus"] / "dropped.parquet")
    leaked = dropped.filter(pl.col("dropped_by").str.starts_with("leakage."))
    secret += leaked["text"].to_list()
    said = pl.read_parquet(runs["pairs"] / "responses.parquet")
    flagged = said.filter(
        pl.col("flags").list.eval(pl.element().str.contains("^leakage")).list.any()
    )
    assert flagged.height
    secret += flagged["text"].to_list()
    assert f'"host": "{manifest["host"]}"' not in (staged / kind / "manifest.json").read_text(
        "utf-8"
    )
    for path in (staged / kind).rglob("*"):
        if path.suffix == ".parquet":
            text = pl.read_parquet(path).write_ndjson()
        else:
            text = path.read_text("utf-8") if path.is_file() else ""
        shown = [json.dumps(one, ensure_ascii=False)[1:-1] for one in secret]
        assert not [one for one in (*secret, *shown) if one in text], path.name


@pytest.mark.parametrize(("kind", "config"), CONFIGS[:2])
def test_the_audits_content_hash_is_made_of_the_published_rows(staged, kind, config):
    (path,) = (staged / kind / "data" / config).glob("*.parquet")
    hashes = pl.read_parquet(path)["row_sha256"]
    whole = hashlib.sha256(b"".join(map(bytes.fromhex, hashes))).hexdigest()
    assert whole == read_staged(staged / kind).audit.content_sha256


def test_every_number_of_the_card_is_the_runs(staged):
    """Ledger, audit and tiers are looked up in the run's files, and their lines in the card."""
    text = (staged / "pairs" / "README.md").read_text(encoding="utf-8")
    ledger = json.loads((staged / "pairs" / "ledger.json").read_bytes())
    for stage in ledger["stages"]:
        left_out = ", ".join(f"`{why}` {rows}" for why, rows in stage["dropped"].items()) or "none"
        assert f"| `{stage['stage']}` | {stage['in']} | {stage['out']} | {left_out} |" in text
    audit = json.loads((staged / "pairs" / "audit.json").read_bytes())
    for one in audit["power"]["by_disguise"]:
        assert f"| {one['disguise']} | {one['planted']} | {one['found']} |" in text
    report = json.loads((staged / "pairs" / "report.json").read_bytes())
    for one in report["kinds"]:
        tiers = f"`{one['chosen_tier']}` over `{one['rejected_tier']}`"
        assert f"| {tiers} | {one['pairs']} | {one['questions']} |" in text
    assert report["redo"]["command"] in text
    assert "`leakage.recycled`" in text
    assert "curate, in its issue tracker" in text
    assert "Not for clinical use" in text


def test_the_card_is_printed_and_talk_goes_elsewhere(cli, runs):
    printed = cli("card", runs["corpus"], "--language", "ja")
    assert printed.code == 0
    assert printed.out.startswith("---\npretty_name: demo\n")
    assert "臨床には使えません" in printed.out
    assert "**示されていません。**" in printed.out
    assert "names nobody to ask" in printed.err
    named = cli("card", runs["corpus"], "--out", "-", "--contact", "the <b>library</b>")
    assert "the &lt;b&gt;library&lt;/b&gt;" in named.out
    assert not named.err


def test_drift_says_file_and_line(cli, runs, tmp_path):
    words = ("card", runs["corpus"], "--notes", NOTES, "--out")
    assert cli(*words, tmp_path / "cards").code == 0
    card, croissant = tmp_path / "cards" / "README.md", tmp_path / "cards" / "croissant.json"
    lines = card.read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("| Rows |"))
    card.write_text("\n".join([*lines[:at], "| Rows | 76 |", *lines[at + 1 :]]) + "\n", "utf-8")
    checked = cli(*words, card, "--check", "--format", "json")
    assert checked.code == 4
    assert checked.data["error"]["where"] == f"{card}:{at + 1}"
    croissant.write_text("[", "utf-8")
    (tmp_path / "cards" / "README.ja.md").unlink()
    checked = cli(*words, tmp_path / "cards", "--check", "--format", "json")
    assert (checked.code, len(checked.data["drifted"])) == (4, 3)
    assert cli(*words, tmp_path / "cards").code == 0
    assert cli(*words, tmp_path / "cards", "--check").code == 0


def test_nothing_else_is_written_over(cli, runs, tmp_path):
    other = tmp_path / "README.md"
    other.write_text("# Mine\n", "utf-8")
    assert cli("card", runs["corpus"], "--out", other).code == 2
    assert other.read_text("utf-8") == "# Mine\n"
    with pytest.raises(UsageError, match="is there already"):
        stage_release(runs["corpus"], tmp_path)
    assert [*tmp_path.iterdir()] == [other]
    assert cli("card", runs["corpus"], "--check").code == 2


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("audit.json", '"rows": 75', '"rows": 76'),
        ("ledger.json", '"kept": 75', '"kept": 74'),
        ("report.json", "curate build-corpus", "curl evil"),
    ],
)
def test_a_run_edited_by_hand_is_refused(cli, demo_copy, name, old, new):
    path = demo_copy / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    refused = cli("card", demo_copy, "--format", "json")
    assert refused.code == 4
    assert name in refused.data["error"]["message"]


def test_a_file_that_the_manifest_hides_is_missed(cli, demo_copy):
    manifest = json.loads((demo_copy / "manifest.json").read_bytes())
    manifest["outputs"] = [one for one in manifest["outputs"] if one["path"] != "audit.json"]
    (demo_copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    refused = cli("card", demo_copy)
    assert refused.code == 3
    assert "names no audit.json" in refused.err


def test_pairs_need_the_corpus_whose_licences_they_follow(cli, demo_copy, tmp_path):
    pairs = demo_copy.with_name("demo-pairs")
    manifest = json.loads((pairs / "manifest.json").read_bytes())
    manifest["arguments"]["corpus"] = str(tmp_path / "gone")
    (pairs / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    lost = cli("card", pairs, "--format", "json")
    assert lost.code == 3
    assert "--corpus RUN" in lost.data["error"]["hint"]
    assert cli("card", pairs, "--corpus", demo_copy).code == 0
    shutil.copyfile(demo_copy / "kept.parquet", tmp_path / "kept")
    pl.read_parquet(tmp_path / "kept").head(70).write_parquet(demo_copy / "kept.parquet")
    assert "other rows" in cli("card", pairs, "--corpus", demo_copy).err


def test_a_run_of_another_kind_is_refused(cli, held_out, tmp_path):
    assert (
        cli("audit", held_out, "--benchmark", f"b={held_out}", "--out", tmp_path / "run").code == 4
    )
    refused = cli("card", tmp_path / "run")
    assert refused.code == 3
    assert "audit is not published" in refused.err


def test_a_run_without_rows_is_refused(cli, write, old, build, run):
    assert build(write("late.jsonl", old(year=2018))).code == 0
    refused = cli("card", run)
    assert refused.code == 3
    assert "no rows to publish" in refused.err
