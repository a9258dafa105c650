"""Data sets saved to disk: read as they lie there, and never followed out of their folder."""

import json
import tracemalloc

import pyarrow as pa
import pytest

from curate.errors import InputError
from curate.sources import DocumentsSource, TextsSource, cut, detect_layout, format_of, source_files
from curate.sources.formats import READ, Limits

datasets = pytest.importorskip("datasets")
datasets.disable_progress_bars()

ROWS = [{"id": f"d{n}", "text": f"章{n}"} for n in range(10)]


@pytest.fixture
def saved(tmp_path):
    """Saves rows as a data set."""

    def save(rows=ROWS, name="set", **keys):
        datasets.Dataset.from_list(rows).save_to_disk(tmp_path / name, **keys)
        return tmp_path / name

    return save


def _state(path, change):
    state = json.loads((path / "state.json").read_bytes())
    change(state)
    (path / "state.json").write_text(json.dumps(state))


def test_splits_are_read_in_the_order_of_their_names(tmp_path, read):
    splits = {"train": ROWS[:6], "test": ROWS[6:9], "dev": ROWS[9:]}
    made = {name: datasets.Dataset.from_list(rows) for name, rows in splits.items()}
    datasets.DatasetDict(made).save_to_disk(tmp_path / "set")
    found = read(DocumentsSource, tmp_path / "set")
    assert [(row.provenance.path, row.provenance.line) for row in found] == [
        ("dev", 1), *(("test", n) for n in (1, 2, 3)), *(("train", n) for n in range(1, 7)),
    ]  # fmt: skip
    assert [row.id for row in found] == [
        row["id"] for name in sorted(splits) for row in splits[name]
    ]
    assert detect_layout(tmp_path / "set") == "documents"
    assert [row.provenance.path for row in read(DocumentsSource, tmp_path / "set/test")] == [
        "test"
    ] * 3


def test_rows_that_were_picked_come_in_the_order_picked(tmp_path, read):
    picked = datasets.Dataset.from_list(ROWS).select([7, 2, 4]).with_format(columns=["id"])
    picked.save_to_disk(tmp_path / "set", num_shards=2)
    assert [row.id for row in read(DocumentsSource, tmp_path / "set")] == ["d7", "d2", "d4"]


def test_nested_values_come_as_python_values(saved, one):
    row = {
        "messages": [{"role": "user", "content": "心臓"}, {"role": "assistant", "content": "肺"}],
        "meta": {"tags": ["胃"]},
        "label": 3,
    }
    assert one(TextsSource, saved([row])).text == "user\n心臓\nassistant\n肺\n胃"


def test_a_data_set_among_files_is_one_of_them(saved, tmp_path, write, read):
    saved(name="in/set", num_shards=2)
    write("in/a.jsonl", [{"id": "a", "text": "b"}])
    found = read(DocumentsSource, tmp_path / "in")
    assert [row.provenance.path for row in found] == ["a.jsonl"] + ["set"] * 10
    assert len(read(DocumentsSource, tmp_path / "in/*")) == 11
    assert len(read(DocumentsSource, f"{tmp_path}/in/**/s*")) == 10


def test_its_hash_is_of_all_its_files(saved):
    (before,) = source_files(DocumentsSource(path=str(saved())))
    (same,) = source_files(DocumentsSource(path=str(saved(name="other/set"))))
    changed = saved([{**row, "text": "x"} for row in ROWS], name="changed/set")
    (after,) = source_files(DocumentsSource(path=str(changed)))
    assert before.sha256 != after.sha256
    assert (same.relative, before.size > 0) == ("set", True)


@pytest.mark.parametrize(
    "name", ["../other.arrow", "/etc/passwd", "", ".", "..", None, "sub/x.arrow", "a\0b"]
)
def test_a_name_that_leads_out_is_refused(saved, read, name):
    path = saved()
    _state(path, lambda state: state["_data_files"].append({"filename": name}))
    with pytest.raises(InputError, match="plain name") as caught:
        read(DocumentsSource, path)
    assert caught.value.where.endswith("set/state.json")


def test_a_name_that_is_too_long_is_refused(saved, read):
    path = saved()
    _state(path, lambda state: state["_data_files"].append({"filename": "x" * 9000}))
    with pytest.raises(InputError, match="name too long"):
        read(DocumentsSource, path)


@pytest.mark.parametrize("odd", ["year 292278994", "one name twice"])
def test_values_that_python_cannot_hold_stop_with_their_path(saved, read, odd):
    path = saved()
    ids, ones = pa.array(["a"]), pa.array([1])
    values = {
        "year 292278994": pa.array([(1 << 63) - 1], pa.timestamp("ms")),
        "one name twice": pa.StructArray.from_arrays([ids, ones], names=["a", "a"]),
    }
    table = pa.table({"id": ids, "text": ids, "odd": values[odd]})
    file = path / "data-00000-of-00001.arrow"
    with pa.OSFile(str(file), "wb") as out, pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    with pytest.raises(InputError, match="cannot be read as Arrow") as caught:
        read(DocumentsSource, path)
    assert caught.value.where == str(file)


def test_a_link_in_it_is_refused(saved, read):
    path = saved()
    arrow = path / "data-00000-of-00001.arrow"
    arrow.rename(path.parent / "outside.arrow")
    arrow.symlink_to(path.parent / "outside.arrow")
    with pytest.raises(InputError, match="plain name"):
        read(DocumentsSource, path)


@pytest.mark.parametrize("splits", [["train", "gone"], ["../set"], [], "train", [1]])
def test_splits_that_are_not_there_are_no_less_rows(tmp_path, read, splits):
    made = {name: datasets.Dataset.from_list(ROWS) for name in ("train", "test")}
    datasets.DatasetDict(made).save_to_disk(tmp_path / "set")
    (tmp_path / "set/dataset_dict.json").write_text(json.dumps({"splits": splits}))
    with pytest.raises(InputError):
        read(DocumentsSource, tmp_path / "set")


@pytest.mark.parametrize("damage", ["cut", "empty", "junk", "gone", "flipped"])
def test_a_broken_arrow_file_stops_with_its_path(saved, read, damage):
    path = saved(ROWS * 200) / "data-00000-of-00001.arrow"
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[:-4000], "empty": b"", "junk": b"junk" * 99, "gone": b"",
                      "flipped": whole.replace("章".encode(), b"\xff\xff\xff")}[damage])  # fmt: skip
    if damage == "gone":
        path.unlink()
    with pytest.raises(InputError) as caught:
        read(DocumentsSource, path.parent)
    assert caught.value.where.endswith("data-00000-of-00001.arrow")


def test_a_mapping_of_old_versions_is_refused(saved, read):
    path = saved()
    _state(path, lambda state: state.update(_indices_data_files=[{"filename": "indices.arrow"}]))
    with pytest.raises(InputError, match="mapping of indices"):
        read(DocumentsSource, path)


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"_data_files": 1}'])
def test_a_broken_state_stops_with_its_path(saved, read, content):
    path = saved()
    (path / "state.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(DocumentsSource, path)
    assert caught.value.where.endswith("state.json")


def test_blocks_are_as_small_as_asked_for(saved):
    path = saved([{"id": str(n), "text": "長" * 1000} for n in range(2000)])
    source = DocumentsSource(path=str(path))
    (file,) = source_files(source)
    blocks = list(cut(source, file, Limits(10_000, 100_000)))
    assert all(30 <= block.rows <= 34 for block in blocks[:-1])
    tracemalloc.start()
    assert sum(1 for _ in format_of(path)(path, "own/set")) == 2000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * READ.size
