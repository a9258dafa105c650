"""`curate doctor FILE`: the recipe that it proposes validates, and reads the rows of the file."""

import json

import polars as pl
import pytest
import yaml

STEMS = [
    "夜に庭の草へ露が下りるのは、地面が熱を失うためである。露が最も多いのはどの夜か。",
    "湯を注いだ厚いガラスの器が割れることがある。割れやすくするものはどれか。",
    "坂を下る自転車で前の車輪だけを強く止めると何が起こるか。",
]
OPTIONS = [
    ["晴れた夜", "曇りの夜", "雨の夜"],
    ["厚さ", "色", "高さ"],
    ["前へ倒れる", "止まる", "曲がる"],
]


def _rows(**columns):
    return [{name: make(n) for name, make in columns.items()} for n in range(3)]


TABLES = {
    "ours": _rows(id=int, text=STEMS.__getitem__, choices=OPTIONS.__getitem__, answers=lambda _: "a"),
    "columns and indexes": _rows(
        qid=lambda n: f"q{n}", question=STEMS.__getitem__, answer_idx=int, 実施年=lambda _: "平成27年",
        A=lambda n: OPTIONS[n][0], B=lambda n: OPTIONS[n][1], C=lambda n: OPTIONS[n][2], exp=lambda _: "解",
    ),
    "numbers": _rows(
        番号=int, 問題文=STEMS.__getitem__, 選択肢=OPTIONS.__getitem__, 正解=lambda n: n + 1
    ),
    "MedQA": _rows(
        id=int, question=STEMS.__getitem__, options=lambda n: dict(zip("ABC", OPTIONS[n], strict=True)),
        answer=lambda n: OPTIONS[n][0], answer_idx=lambda _: "A",
    ),
    "documents": _rows(key=lambda n: f"d{n}", body=STEMS.__getitem__, date=lambda _: "2015-04-01"),
    "chat": _rows(messages=lambda n: [{"role": "user", "content": STEMS[n]}]),
    "no id": _rows(question=STEMS.__getitem__, options=OPTIONS.__getitem__, answer=lambda _: "a"),
    "hostile names": _rows(
        **{"id": lambda n: n, "yes: [*x]\n- !!python/name:os.system ": STEMS.__getitem__, "null": lambda _: 1,
           "A\x85": lambda n: OPTIONS[n][0], "\u2028B": lambda n: OPTIONS[n][1], "é" * 300: lambda _: "\x07"}
    ),
    "hostile values": _rows(
        id=lambda n: f"{{{{{n}}}}}", text=lambda n: f"<script>{STEMS[n]}", choices=OPTIONS.__getitem__
    ),
}  # fmt: skip


@pytest.fixture
def proposed(cli, tmp_path):
    """Asks for a recipe, writes it to own.yaml and returns what was told, as data."""

    def proposed(path):
        told = cli("doctor", path)
        assert told.code == 0, told.err
        (tmp_path / "own.yaml").write_text(told.out, encoding="utf-8")
        as_json = cli("doctor", path, "--format", "json")
        assert as_json.code == 0
        assert (
            yaml.safe_load(told.out)
            == as_json.data["recipe"]
            == yaml.safe_load(as_json.data["yaml"])
        )
        assert cli("doctor", path, "--format", "quiet").out == told.out
        return as_json.data

    return proposed


@pytest.fixture
def built(cli, tmp_path):
    """Builds a corpus with own.yaml; returns its counts."""

    def built(path):
        out = tmp_path / "run"
        told = cli(
            "build-corpus",
            path,
            "--recipe",
            tmp_path / "own.yaml",
            "--out",
            out,
            "--format",
            "json",
        )
        assert told.data["error"]["message"].startswith("there is no verdict: no benchmark"), (
            told.data
        )
        return {name: told.data[name] for name in ("rows_in", "quarantined")}

    return built


@pytest.mark.parametrize("name", TABLES)
def test_the_proposed_recipe_reads_the_file(write, proposed, built, name):
    path = write("rows.jsonl", TABLES[name])
    told = proposed(path)
    assert (told["rows_tried"], told["rows_read"]) == (3, 3)
    assert built(path) == {"rows_in": 3, "quarantined": 0}


def test_what_the_rows_mean_is_read(write, proposed, built, tmp_path, table):
    path = write("rows.jsonl", TABLES["columns and indexes"])
    proposed(path)
    built(path)
    rows = table(tmp_path / "run" / "kept.parquet")
    assert [(row["id"], row["year"], row["answers"]) for row in rows] == [
        ("q0", 2015, [["a"]]), ("q1", 2015, [["b"]]), ("q2", 2015, [["c"]]),
    ]  # fmt: skip
    assert [row["choices"] for row in rows] == OPTIONS
    assert {row["explanation"] for row in rows} == {"解"}


def test_parquet_and_folders(write, proposed, built, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    pl.DataFrame(TABLES["numbers"]).write_parquet(folder / "a.parquet")
    write("in/b.jsonl", [{**row, "番号": row["番号"] + 10} for row in TABLES["numbers"]])
    assert proposed(folder)["layout"] == "questions"
    assert built(folder) == {"rows_in": 6, "quarantined": 0}


def test_text_files(write, proposed, built, tmp_path):
    for n, stem in enumerate(STEMS):
        write(f"notes/{n}.md", stem)
    told = proposed(tmp_path / "notes")
    assert told["recipe"]["sources"] == [{"path": "notes", "layout": "text"}]
    assert built(tmp_path / "notes") == {"rows_in": 3, "quarantined": 0}


def test_reasons_and_doubts_are_talk(cli, write):
    told = cli("doctor", write("rows.jsonl", TABLES["documents"]))
    assert "note: id: 'key' (by its look)\n" in told.err
    assert (
        "note: look here: id: 'key' was taken because no two of the first rows share a value\n"
        in told.err
    )
    assert "Next: curate doctor " in told.err
    assert "note" not in told.out


def test_nothing_of_a_value_is_told(cli, write):
    told = cli("doctor", write("rows.jsonl", TABLES["hostile values"]))
    assert "script" not in told.out + told.err
    told = cli("doctor", write("rows.jsonl", TABLES["hostile names"]))
    assert "\x85" not in told.out + told.err
    assert "\u2028" not in told.out + told.err
    assert "\x07" not in told.out + told.err


def test_rows_that_cannot_be_read_are_told(cli, write):
    rows = [*TABLES["ours"], {**TABLES["ours"][0], "id": "x", "answers": "j"}]
    told = cli("doctor", write("rows.jsonl", rows), "--format", "json").data
    assert (told["rows_tried"], told["rows_read"]) == (4, 3)
    assert told["doubts"][-1].startswith(
        "1 of the first 4 rows cannot be read so: rows.jsonl:4: answers: 'j' is beyond the 3 choices"
    )


def test_columns_that_only_seem_ours_are_read_as_texts(write, proposed, built):
    rows = [{**row, "explanations": [1]} for row in TABLES["ours"]]
    path = write("rows.jsonl", rows)
    told = proposed(path)
    assert told["layout"] == "texts"
    assert told["doubts"][0].startswith(
        "as questions, no row could be read: rows.jsonl:1: unknown column 'explanations'"
    )
    assert built(path) == {"rows_in": 3, "quarantined": 0}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "no row of it can be read"),
        (b"no json\n", "no row of it can be read: not JSON"),
        (b"[1]\n", "found a list"),
    ],
)
def test_files_without_rows(cli, write, raw, message):
    told = cli("doctor", write("rows.jsonl", raw))
    assert (told.code, told.out) == (3, "")
    assert message in told.err


def test_only_the_first_rows_are_looked_at(cli, write):
    path = write("rows.jsonl", [{"id": n, "text": STEMS[0]} for n in range(500)])
    assert cli("doctor", path, "--format", "json").data["rows_tried"] == 100


def test_a_file_that_is_not_there(cli, tmp_path):
    told = cli("doctor", tmp_path / "no.jsonl")
    assert told.code == 3
    assert "there is no such file or folder" in told.err


def test_the_demo_is_recognised(cli, demo_run):
    told = cli("doctor", demo_run, "--format", "json")
    assert told.data["recipe"]["sources"] == [{"path": "run", "layout": "run"}]


def test_json_needs_no_terminal(cli, write):
    told = cli("doctor", write("rows.jsonl", TABLES["ours"]), "--format", "json")
    assert set(json.loads(told.out)) == {
        "layout", "recipe", "rows_tried", "rows_read", "reasons", "doubts", "yaml", "exit",
    }  # fmt: skip
