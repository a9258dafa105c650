"""An exam's records printed as booklets and read back, and what differs then."""

import re
import unicodedata
from collections import Counter, defaultdict

from booklet_press import Item, print_booklet, print_sheet

from curate.models import Quarantined
from curate.sources import BookletSource, IgakuqaSource, read_source, source_files

PLATE = "（別冊No. {} A、B）"
_PLATE = re.compile(r"\( ?別 ?冊 ?No\. ?\d+ ?A ?、 ?B ?\)")
FIELDS = (
    "text",
    "choices",
    "vignette",
    "vignette_id",
    "answers",
    "exclusion",
    "has_image",
    "required",
)


def records_of(folder):
    """The records of a folder in IgakuQA's form, by section."""
    source = IgakuqaSource(path=str(folder))
    sections = defaultdict(list)
    for record in read_source(source, source_files(source)):
        assert not isinstance(record, Quarantined), record
        sections[record.section].append(record)
    return dict(sorted(sections.items()))


def item_of(record):
    """What a booklet prints of a record; pictures lie in a booklet of their own."""
    text, case = record.text, None
    if record.original_text:
        case = record.original_text[: -len(record.text)]
    if record.has_image:
        plate = PLATE.format(record.number)
        text = text.replace("を別に示す", f"{plate}を別に示す")
        case = case and case.replace("を別に示す", f"{plate}を別に示す")
        if plate not in text + (case or ""):
            text = f"{text}{plate}"
    return Item(record.number, text, record.choices, case)


def printed_answer(record, *, wide=False):
    """An answer as a table prints it."""
    answers = ["、".join(a) if wide else ",".join(a) for a in record.answers]
    if wide:
        answers = [a.translate({ord(c): ord(c) + 0xFEE0 for c in "abcdefgh"}) for a in answers]
    return "または".join(answers) or "採点除外"


def print_exam(folder, sections, style, exam):
    """Prints a folder of booklets with their one answer sheet."""
    folder.mkdir(parents=True, exist_ok=True)
    for section, records in sections.items():
        path = folder / f"{exam}{section.lower()}_questions.pdf"
        print_booklet(path, [item_of(r) for r in records], style, section, exam)
    keys = {
        section: {r.number: printed_answer(r, wide=style.full_width) for r in records}
        for section, records in sections.items()
    }
    print_sheet(folder / f"{exam}_answers.pdf", keys, style.font, exam)


def read_exam(folder, **keys):
    """The questions by id, and the quarantined rows."""
    source = BookletSource(path=str(folder), **keys)
    rows = list(read_source(source, source_files(source)))
    bad = [row for row in rows if isinstance(row, Quarantined)]
    return {row.id: row for row in rows if not isinstance(row, Quarantined)}, bad


def plain(value):
    """A value without plates and in one width; blanks count between two Latin letters or digits."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, str):
        return value
    words = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", value))
    words = _PLATE.sub("", words)
    return re.sub(r"(?<![A-Za-z0-9]) | (?![A-Za-z0-9])", "", words).strip()


def differences(records, read):
    """The (id, field, wanted, found) in which what was read differs from what was printed."""
    for record in records:
        found = read.get(record.id)
        if found is None:
            yield record.id, "missing", None, None
            continue
        for field in FIELDS:
            wanted, got = plain(getattr(record, field)), plain(getattr(found, field))
            if wanted != got:
                yield record.id, field, wanted, got


def counted(found):
    """How often each field differs."""
    return Counter(field for _, field, *_ in found)
