"""README.ja.md says what README.md says: the same commands, numbers, code and links."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"```\w*\n.*?```", re.DOTALL)
PARTS = {
    "blocks": BLOCK.findall,
    "inline code": lambda text: sorted(set(re.findall(r"`([^`\n]+)`", BLOCK.sub("", text)))),
    "numbers": lambda text: sorted(set(re.findall(r"\d+(?:[.,]\d+)*", _prose(text)))),
    "links": lambda text: sorted({link.replace(".ja.md", ".md") for link in _links(text)}),
    "sections": lambda text: len(re.findall(r"^## ", text, re.MULTILINE)),
    "commands": re.compile(r"^\| (`curate[^|]*`) \|", re.MULTILINE).findall,
}


def _links(text):
    """Returns where links lead, but for those from one README to the other."""
    return set(re.findall(r"\]\(([^)]+)\)", text)) - {"README.md", "README.ja.md"}


def _prose(text):
    """Returns the text without code and addresses."""
    return re.sub(r"`[^`\n]+`|\]\([^)]+\)", "", BLOCK.sub("", text))


@pytest.mark.parametrize("part", PARTS)
def test_both_say_the_same(part):
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md")]
    english, japanese = (PARTS[part](text) for text in texts)
    assert english == japanese
    assert english
