"""What the tests of real outputs share."""

import json
import re
from pathlib import Path


def published_key(folder: Path) -> dict[str, list[str]]:
    """Question id -> key as printed in the benchmark's files."""
    rows = {}
    for path in folder.glob("igakuqa/data/*/*.jsonl"):
        if re.fullmatch(r"[0-9]{3}-[A-I]\.jsonl", path.name):
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                rows[row["problem_id"]] = row["answer"]
    return rows


def published_score(prediction: str, id_: str, key: list[str]) -> bool:
    """The published scorer, restated: sorted parts against the sorted key, two items apart."""
    if id_ == "116A71":
        return True
    if id_ == "112B30":
        return prediction in ("a", "d")
    return sorted(prediction.split(",")) == sorted(key)
