"""What must come of a file, counted by other means than those that read it."""

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
from fuzz_damage import unpacked

from curate.corpus.frame import Part, parts_frame
from curate.models import RAW_LIMIT, Document, Quarantined, Question
from curate.sources import Limits, TextSource, check_file, count_rows, cut, read_block

BOOKLET_ROWS = 12  # the sheet has an answer to each: what the booklet lost is told
SMALL, WHOLE = Limits(2, 300), Limits(1 << 40, 1 << 40)
_BOM = b"\xef\xbb\xbf"


def accounted(source, files, rows, *, fully):
    """What blocks give, and frames of them, is what reading from end to end gives."""
    bad = [row for row in rows if isinstance(row, Quarantined)]
    assert all(isinstance(row, Quarantined | Question | Document) for row in rows)
    assert all(row.error and row.file and row.line and len(row.raw) <= RAW_LIMIT for row in bad)
    found = []
    for number, file in enumerate(files):
        check_file(source, file)
        parts = [
            Part(number, file, block)
            for block in cut(source, file, WHOLE if source.rows_depend else SMALL)
        ]
        here = [row for part in parts for row in read_block(source, file, part.block)]
        found += here
        if fully and parts:
            assert count_rows(source, file) == len(here)
            frame, unread = parts_frame(source, parts)
            assert unread == [row for row in here if isinstance(row, Quarantined)]
            records = [row[1] for row in here if not isinstance(row, Quarantined)]
            assert frame["id"].to_list() == [record.id for record in records]
    assert [row for row in found if isinstance(row, Quarantined)] == bad
    assert len(found) == len(rows)


def rows_in(name, data, rows, source):
    """Every line, record or entry that is not blank is one row; what a broken stream lost is one more."""
    if isinstance(source, TextSource):
        _all_text(data, rows)
    elif name.endswith(".parquet"):
        assert len(rows) == pq.read_metadata(io.BytesIO(data)).num_rows
    elif name.endswith(".arrow"):
        assert len(rows) == pa.ipc.open_stream(data).read_all().num_rows
    elif name.endswith("_questions.pdf"):
        assert not data or len(rows) >= BOOKLET_ROWS
    elif name.startswith("correct_answers"):
        keys = _records(data.removeprefix(_BOM), ",")
        assert keys is None or 0 <= max(0, keys - 1) - len(rows) <= 3  # questions
    elif not name.startswith(("train/", "dataset_", "manifest")) and not name.endswith(".pdf"):
        text = unpacked(data)
        if text is not None:
            _counted(name, text.removeprefix(_BOM), rows, source)


def _counted(name, text, rows, source):
    if ".csv" in name or ".tsv" in name:
        header = not getattr(source, "columns", None) and source.layout != "mmlu"
        sign = getattr(source, "delimiter", None) or ("\t" if ".tsv" in name else ",")
        count = _records(text, sign)
        assert count is None or len(rows) == max(0, count - header)
    elif name.endswith(".jsonl") or ".jsonl." in name or not text.lstrip().startswith((b"[", b"{")):
        assert len(rows) == len([line for line in text.split(b"\n") if line.strip()])
    else:
        _entries(text, rows)


def _records(text, sign):
    """Returns how many records of CSV are not blank, bad ones too; None where quotes go on for long."""
    lines = [line.removesuffix(b"\r").decode("utf-8", "replace") + "\n" for line in _lines(text)]
    parser, count, before = csv.reader(iter(lines), strict=True, delimiter=sign), 0, 0
    while True:
        try:
            count += bool(next(parser))
        except StopIteration:
            return count
        except csv.Error as exc:
            read = "".join(lines[before : parser.line_num])
            if "field limit" in str(exc) and (parser.line_num > before + 1 or read.count('"') % 2):
                return None
            count += 1
        before = parser.line_num


def _lines(text):
    return text.removesuffix(b"\n").split(b"\n") if text else []


def _entries(text, rows):
    """A list or object that is whole has as many rows as entries; of a broken one, the break is a row."""
    try:
        found = json.loads(text.decode("utf-8", "surrogateescape"), object_pairs_hook=list)
    except (ValueError, RecursionError):
        lines = [line for line in text.split(b"\n") if line.strip()]
        assert len(rows) == len(lines) or isinstance(rows[-1], Quarantined)
    else:
        assert len(rows) == len(found)


def _all_text(data, rows):
    """Every line of a text that was read stands in one of its documents."""
    bad = [row for row in rows if isinstance(row, Quarantined)]
    if len(rows) == len(bad) == 1 or any(len(row.raw) == RAW_LIMIT for row in bad):
        return
    texts = [row.text if isinstance(row, Document) else row.raw for row in rows]
    whole = data.decode("utf-8-sig").replace("\r\n", "\n")
    read = [line for text in texts for line in _filled(text)]
    lines = _filled(whole)
    assert read == lines[len(lines) - len(read) :]
    assert len(read) == len(lines) or lines[0].startswith("---")


def _filled(text):
    return [line.rstrip() for line in text.split("\n") if line.strip()]
