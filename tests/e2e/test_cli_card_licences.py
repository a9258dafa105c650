"""What is published of sources with and without a licence, under names that no card should break at."""

import json
import re
from pathlib import Path

import polars as pl
import pytest
from datasets import load_dataset
from huggingface_hub import DatasetCard
from markdown_it import MarkdownIt
from recorded_answers import questions, written

from curate.errors import InputError
from curate.models import CardNotes
from curate.publishing import read_release, release_card, stage_release

ROOT = Path(__file__).resolve().parents[2]
NAME = "</td><script>x</script> | ](javascript:y) `"
OPEN, CLOSED = "open`|<b>", "closed: [x](y)\n---"
TEXTS = ("text", "original_text", "vignette", "choices", "answers", "explanation", "rendered")
HOSTILE = CardNotes(
    title="---\nlicense: mit\n---\n# <img src=x onerror=y> [z](javascript:w)",
    summary="| a | b |\n|---|---|\n\n## Not a heading <script>x</script>",
    contact="<a href='javascript:x'>ask</a> `us` www.example.org",
    licences={OPEN: {"id": "other", "name": "terms: `|<i>\n---", "link": "https://example.org/t"}},
    limits=["- one\n- two\n\n# three", "{{ 7 * 7 }}"],
    personal_data="*none* & <none>",
)


@pytest.fixture(scope="module")
def build_mixed(cli, old, items, tmp_path_factory):
    """Builds a corpus of two sources with these licences, under names that are hard to show."""

    def build(licence, other=None, name="mixed", sources=("one", "two")):
        folder = tmp_path_factory.mktemp("mixed")
        rows = old(explanation="解剖学の教科書にあるとおりである。", published=2010)
        for at, file in enumerate(("a", "b")):
            own = [row | {"id": f"{file}{row['id']}"} for row in (rows[:2], rows[2:])[at]]
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in own)
            (folder / f"{file}.jsonl").write_text(lines, "utf-8")
        held_out = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in items())
        (folder / "held_out.jsonl").write_text(held_out, "utf-8")
        shared = {"layout": "questions", "year": {"field": "year"}}
        recipe = {
            "recipe": "corpus/1",
            "name": name,
            "sft": "sft",
            "max_year": 2017,
            "sources": [
                shared | {"path": "a.jsonl", "name": sources[0], "licence": licence},
                shared
                | {"path": "b.jsonl", "name": sources[1]}
                | ({"licence": other} if other else {}),
            ],
            "benchmarks": [{"name": "held-out", "path": "held_out.jsonl"}],
            "stages": [{"stage": "year"}, {"stage": "leakage"}, {"stage": "render"}],
        }
        (folder / "recipe.yaml").write_text(json.dumps(recipe), "utf-8")
        run = folder / "run"
        built = cli("build-corpus", "--recipe", folder / "recipe.yaml", "--out", run)
        assert built.code == 0, built.err
        return run

    return build


@pytest.fixture(scope="module")
def mixed(build_mixed):
    """Two questions under a licence, one without."""
    return build_mixed("Creative Commons BY-SA 4.0", name=NAME, sources=(OPEN, CLOSED))


def _table(folder, config):
    (path,) = (folder / "data" / config).glob("*.parquet")
    return pl.read_parquet(path)


def test_texts_of_a_source_without_a_licence_are_null_and_its_prompts_are_left_out(mixed, tmp_path):
    release = stage_release(mixed, tmp_path / "staged")
    rows = _table(tmp_path / "staged", "corpus")
    kept = pl.read_parquet(mixed / "kept.parquet")
    open_ = rows["provenance"].struct.field("source") == OPEN
    assert [*open_] == [True, True, False]
    assert rows.filter(open_).select(kept.columns).equals(kept.filter(open_))
    assert all(rows.filter(~open_)[name].null_count() == 1 for name in TEXTS)
    same = [name for name in kept.columns if name not in TEXTS]
    assert rows.select(same).equals(kept.select(same))
    assert _table(tmp_path / "staged", "sft")["id"].to_list() == kept.filter(open_)["id"].to_list()
    corpus, sft = release.tables
    assert (corpus.rows, corpus.rows_nulled, corpus.nulled) == (3, 1, [*TEXTS])
    assert (sft.rows, sft.rows_nulled) == (2, 0)
    assert release.licences == ["cc-by-sa-4.0", "unknown"]
    hidden = kept.filter(~open_).select("text", "explanation").row(0)
    for path in (tmp_path / "staged").rglob("*.*"):
        text = "" if path.suffix == ".parquet" else path.read_text("utf-8")
        assert not [one for one in hidden if one in text], path.name
    loaded = load_dataset(str(tmp_path / "staged"), "corpus", cache_dir=str(tmp_path / "cache"))
    assert loaded["train"]["text"][2] is None


def test_a_licence_that_nobody_states_can_be_taken_upon_oneself_and_that_is_told(mixed, cli):
    release = read_release(mixed, accept=[CLOSED])
    assert release.accepted == [CLOSED]
    assert not release.withheld
    assert [table.rows_nulled for table in release.tables] == [0, 0]
    assert "--accept-licence" in release_card(release)
    assert "answers for it" in release_card(release)
    told = cli("card", mixed)
    assert "its texts are not published" in told.err
    assert "**Nobody states a licence" in told.out
    wrong = cli("card", mixed, "--accept-licence", "closd", "--format", "json")
    assert wrong.code == 2
    assert "closd" in wrong.data["error"]["message"]


def test_no_licence_at_all_leaves_ids_hashes_and_numbers(build_mixed, tmp_path):
    run = build_mixed("none stated")
    release = stage_release(run, tmp_path / "staged")
    [table] = release.tables
    assert table.left_out == [*TEXTS]
    rows = _table(tmp_path / "staged", "corpus")
    assert not {*rows.columns} & {*TEXTS}
    assert rows["row_sha256"].str.contains("^[0-9a-f]{64}$").all()
    assert (
        DatasetCard((tmp_path / "staged" / "README.md").read_text("utf-8")).data.license
        == "unknown"
    )


def test_an_unknown_spelling_is_refused_until_the_notes_say_what_it_is(build_mixed, cli, tmp_path):
    run = build_mixed("CC BY", other="MIT License")
    refused = cli("card", run, "--format", "json")
    assert refused.code == 3
    assert refused.data["error"]["where"] == "one"
    assert "cc-by-4.0" in refused.data["error"]["message"]
    notes = tmp_path / "notes.yaml"
    notes.write_text("recipe: card/1\nlicences: {one: CC BY 3.0}\n", "utf-8")
    assert "- cc-by-3.0\n- mit\n" in cli("card", run, "--notes", notes).out
    notes.write_text("recipe: card/1\nlicence: mit\nlicenses: {}\n", "utf-8")
    wrong = cli("card", run, "--notes", notes)
    assert wrong.code == 2
    assert "notes.yaml:3" in wrong.err
    notes.write_text("recipe: corpus/1\n", "utf-8")
    assert "card/1" in cli("card", run, "--notes", notes).err
    with pytest.raises(InputError, match="'free'"):
        read_release(run, notes=CardNotes(licences={"one": "free"}))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_hostile_names_and_notes_stay_words(mixed, language):
    text = release_card(read_release(mixed, notes=HOSTILE), language)
    data = DatasetCard(text).data
    assert data.license == ["other", "unknown"]
    assert data.pretty_name == HOSTILE.title.replace("\n", "‹U+000A›")
    assert data.license_link == "https://example.org/t"
    body = text.split("---\n", 2)[2]
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(body)
    for tag in ("<script", "<img", "<b>", "<i>", "<a href='", 'javascript:w"', "</td><script"):
        assert tag not in page, tag
    links = set(re.findall(r'href="([^"]*)"', page))
    assert links == {"README.ja.md" if language == "en" else "README.md"}
    assert page.count("<h1>") == 1
    ours = re.findall(
        r"^#+ .*",
        Path("data_cards", f"corpus.{language}.md.jinja").read_text("utf-8"),
        re.MULTILINE,
    )
    assert len(re.findall(r"<h[2-6]>", page)) == len(ours) + 5  # those of the shared parts
    assert "{{ 7 * 7 }}" in page
    assert page.count("<table>") == text.count("\n|---")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hostile_names_and_notes_are_valid_croissant(mixed, tmp_path):
    import mlcroissant  # noqa: PLC0415  # it takes a while, and one test wants it

    stage_release(mixed, tmp_path / "staged", notes=HOSTILE)
    read = mlcroissant.Dataset(jsonld=tmp_path / "staged" / "croissant.json")
    assert not read.metadata.ctx.issues.errors
    assert len([*read.records("corpus")]) == 3


def test_pairs_follow_the_corpus_the_examples_and_the_model(mixed, cli, write, tmp_path):
    """One of the three without a licence is enough: any prompt may quote it."""
    answers = written(tmp_path / "said.jsonl", questions(mixed), model="who")
    shown = [
        {"id": f"x{at}", "exam": "9", "year": 2009, "text": f"磯{at}に棲むのはどれか。", "answers": [["a"]],
         "choices": [f"蟹{at}", f"鷲{at}"], "explanation": "磯に棲む。"}
        for at in range(3)
    ]  # fmt: skip
    fixed = (
        "--benchmark",
        f"held-out={mixed.parent / 'held_out.jsonl'}",
        "--template",
        "explained",
    )
    words = (
        "make-pairs",
        "--corpus",
        mixed,
        "--responses",
        answers,
        *fixed,
        "--out",
        tmp_path / "run",
    )
    made = cli(*words, "--examples", write("shown.jsonl", shown))
    assert made.code == 0, made.err
    free = CardNotes(licences={CLOSED: "CC0", "shown.jsonl": "CC0"}, models={"who": "Apache 2"})
    assert not read_release(tmp_path / "run", notes=free).withheld
    for notes, name in (
        ({"licences": {"shown.jsonl": "CC0"}}, CLOSED),
        ({"licences": {CLOSED: "CC0"}}, "shown.jsonl"),
        ({"models": {}}, "who"),
    ):
        release = read_release(tmp_path / "run", notes=free.model_copy(update=notes))
        assert [source.name for source in release.withheld] == [name]
        for table in release.tables:
            assert table.left_out == ["prompt", "chosen", "rejected"]
            assert {"chosen_sha256", "question_id"} <= {*table.columns}
        assert f"**Nobody states a licence for `{name[:4]}" in release_card(release)


def test_an_evaluation_is_published_without_texts(cli, write, tmp_path, items):
    said = [{"question_id": row["id"], "text": "これは答えの全文である: a"} for row in items()]
    run = tmp_path / "run"
    asked = cli(
        *("evaluate", "--engine", "recorded", "--responses", write("said.jsonl", said)),
        *("--benchmark", f"held-out={write('exam.jsonl', items())}"),
        *("--mode", "alpaca", "--out", run),
    )
    assert asked.code == 0, asked.err
    release = stage_release(run, tmp_path / "staged", notes=CardNotes(licence="CC BY 4.0"))
    assert (release.audit, release.ledger, release.licences) == (None, None, ["cc-by-4.0"])
    loaded = load_dataset(str(tmp_path / "staged"), "results", cache_dir=str(tmp_path / "cache"))
    assert loaded["test"].num_rows == 3
    for path in (tmp_path / "staged").rglob("*.*"):
        text = (
            pl.read_parquet(path).write_ndjson()
            if path.suffix == ".parquet"
            else path.read_text("utf-8")
        )
        assert not [row for row in items() if row["text"] in text], path.name
        assert "答えの全文" not in text, path.name
    card = (tmp_path / "staged" / "README.md").read_text("utf-8")
    assert re.search(r"\| `held-out` \| `alpaca` \| ja \| 0 \| 3 \| yes \| ", card), card
