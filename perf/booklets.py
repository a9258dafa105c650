"""Prints whole exams as booklets, reads them back, and tells what differs: python perf/booklets.py [EXAM...].

Needs $JMLE_DATA, the extra `dev`, and Noto Sans CJK for the TrueType styles.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/sources"))

import booklet_exam  # noqa: E402  # what the tests print with
import booklet_fonts  # noqa: E402
from booklet_press import COVER, Style  # noqa: E402

FIRST_YEAR = 1906
STYLES = {
    "CID, one column": {"font": "HeiseiMin-W3"},
    "CID, two columns": {"font": "HeiseiKakuGo-W5", "columns": 2, "across": True},
    "TrueType, one column": {"hanging": False, "across": True, "full_width": True},
    "TrueType, two columns": {
        "columns": 2, "hanging": False, "across": True, "full_width": True,
        "size": 9, "lead": 13, "margin": 50,
    },
}  # fmt: skip
PRINTED = "第回医師国家試験問題番号正答値表採点除外または、―ａｂｃｄｅｆｇｈ"


def style(name: str, characters: str, folder: Path) -> Style:
    keys = dict(STYLES[name])
    font = keys.pop("font", None)
    made = booklet_fonts.cid_font(font) if font else booklet_fonts.truetype_font(characters, folder)
    return Style(made, **keys)


def measure(exam: str, name: str) -> None:
    data = Path(os.environ["JMLE_DATA"], "igakuqa/data", str(int(exam) + FIRST_YEAR))
    sections = booklet_exam.records_of(data)
    records = [record for some in sections.values() for record in some]
    text = "".join((r.original_text or r.text) + "".join(r.choices) for r in records)
    characters = text + COVER + booklet_exam.PLATE + PRINTED + "".join(map(chr, range(33, 127)))
    with tempfile.TemporaryDirectory() as folder:
        printed = style(name, characters, Path(folder))
        booklet_exam.print_exam(Path(folder, exam), sections, printed, exam)
        start = time.perf_counter()
        read, bad = booklet_exam.read_exam(Path(folder, exam))
        seconds = time.perf_counter() - start
    found = [one for one in booklet_exam.differences(records, read) if one[1] != "missing"]
    print(
        f"{exam}, {name}: {len(read)} of {len(records)} questions, {len(bad)} quarantined, "
        f"{len(found)} fields differ {dict(booklet_exam.counted(found))}, read in {seconds:.1f} s"
    )
    for row in bad:
        print(f"  {row.file}: {row.error}")
    for id_, field, *_ in found:
        print(f"  {id_}: {field}")


def main() -> None:
    for exam in sys.argv[1:] or ["112", "113", "114", "115", "116"]:
        for name in STYLES:
            measure(exam, name)


if __name__ == "__main__":
    main()
