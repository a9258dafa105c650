"""An invented exam of two years and three sections."""

import json
from pathlib import Path

CHOICES = ["北極星", "南十字星", "地磁気", "潮の流れ", "風の匂い"]
KEYS = {
    "40A1": [["c"]],
    "40A2": [["a", "d"]],
    "40A3": [["26"]],
    "40B1": [["b"]],
    "40B2": [["a"], ["e"]],
    "41A1": [["e"]],
    "41A2": [["d"]],
}


def question(id_, **more):
    key = KEYS[id_]
    return {
        "id": id_,
        "exam": id_[:2],
        "year": 1906 + int(id_[:2]),
        "section": id_[2],
        "text": f"渡り鳥の {id_} 番目の手がかりはどれか。",
        "choices": [] if key == [["26"]] else CHOICES,
        "answers": key,
        "points": 3 if id_[2] == "B" else 1,
        "required": id_[2] == "B",
    } | more


def right(id_):
    return ",".join(KEYS[id_][0])


def write(path: Path, rows) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path
