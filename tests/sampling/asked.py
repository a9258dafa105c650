"""Invented questions as rows, and prompts of no questions at all."""

from curate.corpus.frame import shard_frame
from curate.corpus.recipes import read_recipe
from curate.models import Provenance, Question
from curate.sampling import Prompt, Skipped, prompt_templates
from curate.sampling.templates import validate_template

PLACE = Provenance(source="s", path="a", sha256="0" * 64, line=1)
ORGANS = ["心臓の左室", "胃の前庭部", "肺の下葉", "腎臓の皮質", "肝臓の右葉"]


def question(id_, text="血液を全身に送り出すのはどれか。", **keys):
    """A good question; its key is its first option."""
    row = {"id": id_, "text": text, "choices": ORGANS, "answers": [["a"]], "exclusion": "none"}
    return Question(**{**row, **keys}, provenance=PLACE)


def solved(number, **keys):
    """A question that can be an example, unlike any other."""
    row = {
        "text": f"器官{number}について正しいのはどれか。",
        "choices": [f"器官{number}の部位{letter}" for letter in "甲乙丙丁戊"],
        "answers": [["b"]],
        "explanation": f"解説その{number}である。",
    }
    return question(f"E{number}", **{**row, **keys})


def rows(*questions):
    """The questions as a frame with the columns of kept.parquet."""
    return shard_frame(questions, range(len(questions)))


def template(name, **keys):
    """A shipped template, with some of its keys changed."""
    raw = read_recipe(prompt_templates()[name])
    raw.data.update(keys)
    return validate_template(raw)


def prompts(number, text="Question: 骨はどれか。{}\n Explanation:"):
    """So many prompts, each another text."""
    return [
        Prompt(question_id=f"Q{at}", template="t", text=text.format(at)) for at in range(number)
    ]


def flat(answers):
    """All responses, and what was skipped, in one list."""
    return [x for one in answers for x in ([one] if isinstance(one, Skipped) else one)]
