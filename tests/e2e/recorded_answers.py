"""Recorded answers made by rule from a corpus' own questions: every grade, and nobody's words."""

import json

import polars as pl

LETTERS = "abcdefghij"


def questions(run):
    """The kept questions of a run that have a letter for a key, as rows."""
    kept = pl.read_parquet(run / "kept.parquet").filter(kind="question")
    return [r for r in kept.to_dicts() if r["choices"] and r["answers"] and not r["has_image"]]


def right(row, at=0, label="Answer:"):
    """A right answer; those of other `at` are another text."""
    told = "".join(row["choices"][LETTERS.index(letter)] for letter in row["answers"][0])
    return f" 選択肢を順に検討すると、{told}だけが条件を満たす（{at}）。\n {label} {','.join(row['answers'][0])}"


def wrong(row, at=0, label="Answer:"):
    """A wrong answer of as many letters."""
    key = row["answers"][0]
    known = {tuple(answer) for answer in row["answers"]}
    letters = LETTERS[: len(row["choices"])]
    others = [letter for letter in letters if letter not in key][: len(key)]
    others = others if len(others) == len(key) and tuple(others) not in known else [*key[1:], "a"]
    return f" 第一印象では別のものを選びたくなる（{at}）。\n {label} {','.join(sorted(set(others)))}"


def every_grade(row):
    """Texts and finish reasons to show every grade."""
    return [
        (right(row), "stop"),
        (right(row, 1), "stop"),
        (wrong(row), "stop"),
        (" 途中まで書いて", "length"),
        ("申し訳ありませんが、この問題には回答できません。", "stop"),
        (" これは解説だけで終わる文章であり、結びがない。", "stop"),
        (f" 説明である。\n Answer: {','.join(LETTERS[: len(row['choices'])])}", "stop"),
        (" 説明である。\n Answer: j", "stop"),
        (" 説明である。\n Answer: a or b", "stop"),
        ("\u200b \n", "stop"),
    ]


def written(path, rows, answers=every_grade, model="tested"):
    """Writes the answers to the questions as JSONL; returns the path."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            for index, (text, reason) in enumerate(answers(row)):
                line = {
                    "question_id": row["id"],
                    "index": index,
                    "text": text,
                    "finish_reason": reason,
                    "model": model,
                }
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path
