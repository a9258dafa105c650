"""An evaluation of the invented exam: its examples, recorded answers in two modes, and how it is asked."""

import json

from score_exam import KEYS, question, right, write

from curate.jobs.engine_option import Asked
from curate.jobs.evaluate import evaluate
from curate.jobs.evaluate_recipe import EvaluateOptions

MODES = ("direct", "explained")
WRONG = {"direct": {"40A1": "d"}, "explained": {"40A1": "e", "40B1": "c"}}


def examples(folder):
    """Three solved questions, explained."""
    rows = [
        {
            "id": f"1A{number}",
            "exam": "1",
            "text": f"昔の航海の第{number}問はどれか。",
            "choices": ["羅針盤", "六分儀", "砂時計", "測深索", "望遠鏡"],
            "answers": [["b"]],
            "explanation": f"第{number}問は海図で分かる。",
        }
        for number in range(1, 4)
    ]
    return write(folder / "examples.jsonl", rows)


def said(mode, **more):
    """Recorded answers of a mode, by id: right but for those in WRONG."""
    texts = {id_: right(id_) for id_ in KEYS} | WRONG.get(mode, {}) | more
    lead = "星を見る。\n Answer: " if mode == "explained" else ""
    return {id_: text if text is None else f"{lead}{text}" for id_, text in texts.items()}


def recorded(path, answers, **columns):
    """Writes answers by id with the same columns beside each; None leaves one out."""
    rows = [
        {"question_id": id_, "text": text, **columns}
        for id_, text in answers.items()
        if text is not None
    ]
    return write(path, rows)


def both_modes(path):
    """Writes the recorded answers of both modes into one file."""
    rows = [
        {"question_id": id_, "text": text, "mode": mode}
        for mode in MODES
        for id_, text in said(mode).items()
    ]
    return write(path, rows)


def birds(folder, **changes):
    """Writes the exam and returns NAME=PATH."""
    rows = [question(id_, **changes.get(id_, {})) for id_ in KEYS]
    return f"birds={write(folder / 'exam.jsonl', rows)}"


def run(folder, responses, out="run", *, progress=lambda *_: None, dry_run=False, **options):
    """Evaluates recorded answers, in folder/out."""
    given = {"modes": MODES, "examples": examples(folder)} | options
    if "benchmarks" not in given:
        given["benchmarks"] = [birds(folder)]
    asked = Asked(engine="recorded", responses=responses)
    return evaluate(EvaluateOptions(asked=asked, **given), folder / out, progress, dry_run=dry_run)


def numbers(folder):
    """What stands in evaluation.json."""
    return json.loads((folder / "evaluation.json").read_bytes())
