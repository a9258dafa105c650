"""What the reasons of `make-pairs` mean, in a sentence each."""

__all__ = ["why"]

_WHY = {
    "prompt.image": "The question needs an image, which no prompt shows.",
    "prompt.no_key": "There is no accepted answer: 解なし, or no key known.",
    "prompt.no_text": "The question has no text.",
    "prompt.no_choices": "There is nothing to choose from, and no number to find.",
    "prompt.id_twice": "A question before it has the same id.",
    "prompt.is_example": "It is one of the solved examples in the prompts.",
    "prompt.no_examples": "Too few solved examples are far enough from it.",
    "prompt.too_long": "The prompt leaves no room for an answer in the model's context.",
    "prompt.leaks": "Its question's prompt holds an item of the benchmark.",
    "recorded.none": "The recorded responses hold none to it.",
    "recorded.question_unknown": "It answers a question that the corpus does not have.",
    "recorded.question_dropped": "It answers a question that the corpus dropped.",
    "recorded.question_not_asked": "It answers a question that is not asked.",
    "recorded.unusable": "The row cannot be used; quarantine.jsonl says why.",
    "recorded.repeated": "It says again what another row of the same question and index says.",
    "recorded.other_model": "It is another model's.",
    "grade.none": "The question has no key to grade by.",
    "grade.no_answer": "No pattern reads an answer in it.",
    "grade.truncated": "It was cut off: what is good in it must not be taught as bad.",
    "grade.refused": "It declines to answer.",
    "grade.wrong_count": "It gives more or fewer answers than the key has.",
    "grade.out_of_range": "It names an option that there is not.",
    "grade.conflicting": "It offers several answers at once.",
    "grade.degenerate": "It is no text: empty, unreadable characters, or a loop.",
    "sample.unexplained": "It is an answer without the explanation that was asked for.",
    "sample.repeated": "It says word for word what another sample of the question says.",
    "boundary.moved": "With its prompt it is cut into other tokens than alone.",
    "length.too_long": "With its prompt it is longer than max_length tokens.",
    "ground_truth.no_key": "There is no accepted answer: 解なし, or no key known.",
    "ground_truth.excluded": "The item was dropped from the exam's scoring.",
    "ground_truth.no_explanation": "The corpus has no explanation of it.",
    "ground_truth.not_verified": "The recipe of its source does not say who verified its explanations.",
    "ground_truth.contradicts_key": "The explanation's own verdicts contradict the key.",
    "ground_truth.incomplete": "The template asks for a field that it has not.",
    "pair.near_identical": "The two sides are nearly the same text.",
    "pair.not_needed": "The question has its pairs of these two tiers already.",
    "pair.gave_up": "Too many combinations were near-identical to go on.",
    "pair.all_right": "All of the question's samples are right.",
    "pair.all_wrong": "All of the question's samples are wrong.",
    "side.unused": "Its question has its pairs without it.",
}
_BY_KIND = {
    "flag": "The policy leaves out samples with this flag.",
    "leakage": "The check found an item of the benchmark in it.",
    "leak": "The check found an item of the benchmark in it.",
}


def why(reason: str) -> str:
    """Returns what a reason means; nothing of one that says it all."""
    return _WHY.get(reason) or _BY_KIND.get(reason.partition(".")[0], "")
