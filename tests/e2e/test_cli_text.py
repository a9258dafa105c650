"""A corpus of text and Markdown files: dated by front matter or by name, bad files set aside."""

import pytest

TEXTS = [
    "夜に庭の草へ露が下りるのは、地面が熱を失って冷えるためである。晴れた夜に最も多い。",
    "湯を注いだ厚いガラスの器が割れることがある。内と外の膨らみ方が違うためである。",
    "坂を下る自転車で前の車輪だけを強く止めると、体は前へ投げ出される。",
]


@pytest.fixture
def notes(write, tmp_path):
    """Three files of different years, one of them without any."""
    write("notes/H28/露.md", f"---\npublished: 平成27年4月\n---\n# 露\n\n{TEXTS[0]}\n")
    write("notes/H30/器.md", f"---\ntitle: 器\n---\n{TEXTS[1]}\n")
    write("notes/車輪.txt", TEXTS[2])
    return tmp_path / "notes"


@pytest.fixture
def reasons(run, table):
    """What became of every row: its id, and why it was dropped or None."""

    def reasons():
        kept, dropped = table(run / "kept.parquet"), table(run / "dropped.parquet")
        return {row["id"]: row.get("dropped_by") for row in [*kept, *dropped]}

    return reasons


def _recipe(keys):
    source = f"sources:\n  - {{path: notes, layout: text, {keys}}}\n"
    leakage = "{stage: leakage, drop: [contaminated, review], power_floor: 0.5}"
    stages = f"stages:\n  - {{stage: year}}\n  - {leakage}\n  - {{stage: render}}\n"
    return f"recipe: corpus/1\nname: own\n{source}{stages}"


def test_without_a_rule_nothing_has_a_date(build, notes, reasons):
    told = build(notes)
    assert "note: no row was kept" in told.err
    assert set(reasons().values()) == {"year.unknown"}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            "published: published",
            {"H28/露": None, "H30/器": "year.unknown", "車輪": "year.unknown"},
        ),
        ("published: file_name", {"H28/露": None, "H30/器": "year.after", "車輪": "year.unknown"}),
        ("published: 2016", {"H28/露": None, "H30/器": None, "車輪": None}),
        ("published: 2018", {"H28/露": "year.after", "H30/器": "year.after", "車輪": "year.after"}),
    ],
)
def test_the_date_is_the_recipe_s(build, write, notes, reasons, keys, expected):
    build(notes, "--recipe", write("own.yaml", _recipe(keys)))
    assert reasons() == expected


def test_the_text_is_rendered_as_it_is(build, write, notes, run, table):
    build(notes, "--recipe", write("own.yaml", _recipe("published: 2016")))
    rows = {row["id"]: row for row in table(run / "kept.parquet")}
    assert rows["H28/露"]["rendered"] == rows["H28/露"]["text"] == f"# 露\n\n{TEXTS[0]}\n"
    place = rows["H30/器"]["provenance"]
    assert (place["source"], place["path"], place["line"]) == ("text", "H30/器.md", 4)


def test_a_leak_in_one_section_drops_that_section(build, write, reasons, items, tmp_path):
    item = items()[1]
    leak = "\n".join([item["text"], *item["choices"]])
    text = f"# 一\n{TEXTS[0]}\n\n# 二\n{leak}\n\n# 三\n{TEXTS[1]}\n"
    write("notes/本.md", text)
    build(
        tmp_path / "notes",
        "--recipe",
        write("own.yaml", _recipe("published: 2016, split: headings")),
    )
    assert reasons() == {"本#1": None, "本#2": "leakage.contaminated", "本#3": None}


def test_a_file_in_another_encoding_fails_or_is_allowed(
    build, write, notes, run, read_lines, tmp_path
):
    write("notes/z.txt", TEXTS[0].encode("cp932"))
    recipe = write("own.yaml", _recipe("published: 2016"))
    told = build(notes, "--recipe", recipe)
    assert told.code == 3
    assert (
        "error: text/z.txt:1: 1 rows could not be read (--max-bad 0); the first: not UTF-8"
        in told.err
    )
    assert "probably CP932: convert it with `iconv -f CP932 -t UTF-8`" in told.err
    assert [row["file"] for row in read_lines(run / "quarantine.jsonl")] == ["text/z.txt"]
    allowed = build(notes, "--recipe", recipe, "--max-bad", 1, out=tmp_path / "allowed")
    assert "could not be read" not in allowed.err


def test_files_that_differ_by_suffix_alone_clash(build, write, run, read_lines, tmp_path):
    write("notes/a.txt", TEXTS[0])
    write("notes/a.md", TEXTS[1])
    write("notes/b.md", TEXTS[2])
    assert build(tmp_path / "notes").code == 3
    rows = read_lines(run / "quarantine.jsonl")
    assert [(row["file"], row["error"].partition(":")[0]) for row in rows] == [
        ("text/a.md", "id.conflict"), ("text/a.txt", "id.conflict"),
    ]  # fmt: skip
    assert [row["raw"] for row in rows] == [TEXTS[1], TEXTS[0]]


def test_an_impossible_year_in_a_name_costs_its_file(build, write, run, read_lines, tmp_path):
    write("notes/H40.txt", TEXTS[0])
    write("notes/H27.txt", TEXTS[1])
    told = build(tmp_path / "notes", "--recipe", write("own.yaml", _recipe("published: file_name")))
    assert told.code == 3
    [row] = read_lines(run / "quarantine.jsonl")
    assert row["error"] == "file name: 平成 has no year 40; its years are 1-31"


def test_a_dry_run_counts_documents(build, notes):
    told = build(notes, "--dry-run", "--format", "json")
    assert [entry["rows"] for entry in told.data["inputs"]] == [1, 1, 1]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_bytes_with_any_workers(build, write, tmp_path, contents, workers):
    for n in range(20):
        write(f"notes/{n:02d}.txt", f"{n}番目の話。{TEXTS[n % 3]}")
    recipe = write("own.yaml", _recipe("published: 2016"))
    out = tmp_path / f"run-{workers}"
    assert build(tmp_path / "notes", "--recipe", recipe, "--workers", workers, out=out).code == 0
    again = tmp_path / "again"
    assert build(tmp_path / "notes", "--recipe", recipe, "--workers", 1, out=again).code == 0
    one, two = contents(out), contents(again)
    assert {name for name in one if one[name] != two[name]} == {"manifest.json"}
