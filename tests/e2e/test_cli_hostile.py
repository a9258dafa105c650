"""Hostile input: no markup in the report, no text of a row in what is printed, no way out."""

import json

import pytest

SCRIPT = "<script>alert('x')</script>"
CANARY = "極秘の本文"


def test_markup_in_texts_and_ids_ends_escaped(build, write, old, items, held_out, run):
    item = items()[0]
    item["text"] = SCRIPT + item["text"] + "<img src=x onerror=alert(1)>"
    write("held_out.jsonl", [item, *items()[1:]])
    leak = {**item, "id": "<b>10A9</b>", "exam": "10", "year": 2010}
    assert build(write("old.jsonl", [*old(), leak])).code == 0
    page = (run / "report.html").read_text(encoding="utf-8")
    for raw in (SCRIPT, "<script>alert", "<img src=x", "<b>10A9"):
        assert raw not in page
    assert "&lt;script&gt;alert(" in page.replace("<mark>", "").replace("</mark>", "")
    assert "&lt;b&gt;10A9&lt;/b&gt;" in page


def test_markup_in_file_names_and_recipes_ends_escaped(build, write, old, run):
    path = write("<i>old.jsonl", old())
    assert build(path, "--set", "name=<u>mine").code == 0
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "<i>old" not in page
    assert "<u>mine" not in page
    assert "&lt;i&gt;old" in page


@pytest.mark.parametrize("format_", ["human", "json", "quiet"])
@pytest.mark.parametrize(
    "fields",
    [
        {"text": [CANARY]},
        {"choices": CANARY},
        {"choices": [CANARY, 5]},
        {"answers": [[CANARY]]},
        {"answers": CANARY},
        {"points": CANARY},
        {"number": CANARY},
        {"required": CANARY},
        {"exclusion": CANARY},
        {"explanation": [CANARY]},
        {"vignette": CANARY},
        {"year": [CANARY]},
        {"exam": {CANARY: 1}},
    ],
    ids=json.dumps,
)
def test_no_text_of_a_broken_row_is_printed(build, write, old, fields, format_):
    rows = old()
    rows[1] |= {"text": f"{CANARY}はどれか。", "explanation": CANARY} | fields
    told = build(write("old.jsonl", rows), "--format", format_, "--debug")
    assert told.code == 3
    assert "could not be read" in told.out + told.err
    assert CANARY not in told.out + told.err
    assert json.dumps(CANARY).strip('"') not in told.out + told.err


def test_no_text_of_a_line_that_is_not_json_is_printed(build, write):
    lines = [
        f'{{"id": "1", "text": "{CANARY}" "',
        f'{{"id": "2", "text": "{CANARY}", "answers": []}}',
    ]
    told = build(write("old.jsonl", "\n".join(lines)))
    assert told.code == 3
    assert CANARY not in told.out + told.err


def test_no_text_of_a_conflict_a_leak_or_a_dropped_row_is_printed(build, write, old, items):
    rows = [*old(), {**old()[0], "text": CANARY + "はどの臓器から出るか。"}]
    rows.append({**items()[0], "id": "10A9", "exam": "10", "year": 2010, "explanation": CANARY})
    told = build(write("old.jsonl", rows))
    assert told.code == 3
    for text in (CANARY, items()[0]["text"], old()[0]["text"]):
        assert text not in told.out + told.err


def test_a_run_folder_that_is_a_link(build, write, old, run, tmp_path):
    target = tmp_path / "elsewhere"
    target.mkdir()
    run.symlink_to(target)
    told = build(write("old.jsonl", old()))
    assert told.code == 2
    assert f"error: {run}: is a link; a run folder is never written through one\n" in told.err
    assert not list(target.iterdir())


def test_a_run_folder_whose_work_folder_is_a_link(build, write, old, run, tmp_path):
    target = tmp_path / "elsewhere"
    target.mkdir()
    run.mkdir()
    (run / ".work").symlink_to(target)
    told = build(write("old.jsonl", old()))
    assert told.code == 2
    assert f"error: {run / '.work'}: is a link" in told.err
    assert not list(target.iterdir())


def test_a_run_folder_where_a_file_stands(build, write, old, run):
    run.write_text("mine", encoding="utf-8")
    told = build(write("old.jsonl", old()))
    assert told.code == 2
    assert f"error: {run}: making the run folder: " in told.err
    assert run.read_text(encoding="utf-8") == "mine"


def test_a_run_folder_that_cannot_be_made(build, write, old, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    told = build(write("old.jsonl", old()), out=tmp_path / "file" / "run")
    assert told.code == 2
    assert "making the run folder: Not a directory" in told.err
    assert "Choose another --out." in told.err


def test_a_run_folder_without_permission(build, write, old, tmp_path, run):
    run.mkdir(mode=0o500)
    try:
        (run / "probe").write_bytes(b"")
        (run / "probe").unlink()
    except PermissionError:
        told = build(write("old.jsonl", old()))
        assert told.code == 2
        assert "making the run folder: Permission denied" in told.err
    else:
        pytest.skip("this user may write anywhere")


def test_a_source_folder_with_a_link_that_leads_out(build, write, old, tmp_path, run):
    folder = write("folder/old.jsonl", old()).parent
    outside = write("outside.jsonl", [{"id": "1", "text": CANARY}])
    (folder / "more.jsonl").symlink_to(outside)
    told = build(folder)
    assert told.code == 3
    assert f"error: {folder / 'more.jsonl'}: is a link that leads out of the folder" in told.err
    assert not run.exists()


def test_a_deep_nest_in_a_row_costs_only_the_row(cli, write, held_out, tmp_path, read_lines):
    deep = "[" * 5_000 + "]" * 5_000
    path = write(
        "train.jsonl", f'{{"text": "ok"}}\n{{"text": {deep}}}\n{{"text": {deep[4900:5100]}}}\n'
    )
    words = ("--benchmark", f"own={held_out}", "--out", tmp_path / "run")
    assert cli("audit", path, *words).code == 3
    assert [row["line"] for row in read_lines(tmp_path / "run" / "quarantine.jsonl")] == [2, 3]
