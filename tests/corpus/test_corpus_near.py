"""Near duplicates: what goes, for whom, and that the cut, the order and the workers do not matter."""

import random
import tempfile
from itertools import combinations
from pathlib import Path

import pytest
from corpus_rows import OUTPUTS, build, document, question, recipe_text, write_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.corpus import pipeline
from curate.corpus.minhash import band_hashes, grams_of
from curate.text import fold

NEAR = {"stage": "near_duplicates"}
KANA = (
    "いうえおかきくけこさしすせそたちつてとなにぬねのはひふへほ臓器血液神経骨筋肉細胞心肺胃腸肝腎脾"
)


def seeded(seed):
    """Draws the same ones every time."""
    return random.Random(seed)  # noqa: S311 (no secret)


def prose(draw, chars):
    """A made-up text without a meaning."""
    return "".join(draw.choices(KANA, k=chars))


def edited(draw, text, edits):
    """The text with so many characters replaced, deleted or added."""
    chars = list(text)
    for _ in range(edits):
        place = draw.randrange(len(chars))
        chars[place : place + draw.randint(0, 1)] = [draw.choice(KANA)] * draw.randint(0, 1)
    return "".join(chars)


def similarity(one, other):
    """The Jaccard similarity of the distinct 5-grams of two texts, folded and counted by hand."""
    a, b = (
        {text[n : n + 5] for n in range(len(text) - 4)}
        for text in (fold(one).text, fold(other).text)
    )
    return len(a & b) / len(a | b)


def greedy(texts, threshold):
    """What should go, and for which row: in order, a row goes for the first kept row that it is like."""
    kept, gone = [], {}
    for number, text in enumerate(texts):
        alike = [k for k in kept if similarity(texts[k], text) >= threshold]
        if alike:
            gone[number] = alike[0]
        else:
            kept.append(number)
    return gone


@pytest.fixture
def run(tmp_path):
    """Builds a corpus of rows through the stage alone."""
    count = iter(range(100))

    def run(rows, layout="questions", stage=None, **keys):
        folder = tmp_path / str(next(count))
        write_lines(folder / "a.jsonl", rows)
        entry = {"path": "a.jsonl", "layout": layout, "name": "own", **keys}
        (folder / "recipe.yaml").write_text(recipe_text([{**NEAR, **(stage or {})}], [entry]))
        return build(folder / "run", recipe=folder / "recipe.yaml", workers=1)

    return run


def survivors(built):
    dropped = built.frame("dropped")
    assert set(dropped["dropped_by"]) <= {"duplicate.near"}
    return dict(zip(dropped["id"], dropped["survivor_id"], strict=True))


@pytest.mark.parametrize("threshold", [0.7, 0.8, 0.9])
def test_planted_copies_go_as_a_comparison_of_all_pairs_says(run, threshold):
    """Copies at seven levels of editing, from one character in 300 to a quarter of them."""
    draw = seeded(4)
    texts = []
    for edits in (0, 1, 3, 6, 9, 15, 75) * 6:
        original = prose(draw, 300)
        texts += [original, edited(draw, original, edits), prose(draw, 300)]
    rows = [document(str(n), text) for n, text in enumerate(texts)]
    found = {
        int(k): int(v)
        for k, v in survivors(run(rows, "documents", {"threshold": threshold})).items()
    }
    assert found == greedy(texts, threshold)
    assert 12 <= len(found) < 42


def test_the_bands_meet_what_the_threshold_asks_for():
    """Of pairs a little above the threshold, at most one in fifty shares no band."""
    draw = seeded(5)
    pairs = []
    while len(pairs) < 300:
        one = prose(draw, 200)
        other = edited(draw, one, 4)
        if 0.8 <= similarity(one, other) < 0.85:
            pairs.append((one, other))
    grams = [grams_of(fold(text).text) for pair in pairs for text in pair]
    bands = band_hashes(grams, [0] * len(grams), 20, 6)
    met = sum(bool(set(bands[n]) & set(bands[n + 1])) for n in range(0, len(grams), 2))
    assert met >= 294
    far = [grams_of(fold(prose(draw, 200)).text) for _ in range(200)]
    rows = [set(row) for row in band_hashes(far, [0] * 200, 20, 6)]
    assert not any(a & b for a, b in combinations(rows, 2))


STEM = "血液を全身に送り出す働きをもち、左右の胸の間にある臓器として正しいのはどれか。３つのうち１つ選べ。"


@pytest.mark.parametrize(
    "keys",
    [
        {"text": STEM.replace("、", "，").replace("３", "3")},
        {
            "text": STEM.replace("左右の", "左右両側の"),
            "choices": ["胃", "心臓", "肺", "腎臓", "肝臓"],
            "answers": ["b"],
        },
        {
            "text": STEM.replace("働きをもち", "はたらきを持ち"),
            "choices": ["心臓.", "胃", "肺", "腎臓", "肝臓"],
        },
    ],
)
def test_the_same_question_in_nearly_the_same_words_goes(run, keys):
    built = run([question("1", STEM), question("2", **keys)], stage={"threshold": 0.6})
    assert survivors(built) == {"2": "1"}


@pytest.mark.parametrize(
    "keys",
    [
        {"text": STEM.replace("３", "4")},
        {"text": STEM.replace("正しい", "正しくない")},
        {"choices": ["心臓", "胃", "肺", "腎臓", "脾臓"]},
        {"choices": ["心臓↑", "胃", "肺", "腎臓", "肝臓"]},
        {"choices": ["心臓", "胃", "肺", "腎臓"]},
        {"answers": ["b"]},
        {"answers": [["a"], ["b"]]},
        {"has_image": True},
    ],
)
def test_a_question_that_differs_where_it_counts_stays(run, keys):
    rows = [
        question("1", STEM),
        question("2", **{"text": STEM.replace("左右の", "左右両側の"), **keys}),
    ]
    assert survivors(run(rows, stage={"threshold": 0.5})) == {}


def test_questions_on_images_are_left_alone(run):
    rows = [question(n, STEM, has_image=True) for n in "12"]
    assert survivors(run(rows)) == {}


def test_a_case_with_another_number_is_another_case_and_a_document_is_not(run):
    text = "心臓は血液を全身に送り出す臓器であり、成人では1分間におよそ{}回の拍動をくり返しているとされる。"
    rows = [document(str(n), text.format(n)) for n in (60, 70)]
    assert survivors(run(rows, "documents", {"threshold": 0.6})) == {"70": "60"}
    strict = {"threshold": 0.6, "same_numbers": ["question", "document"]}
    assert survivors(run(rows, "documents", strict)) == {}


def test_of_a_chain_the_ends_stay_that_are_not_alike(run):
    draw = seeded(6)
    parts = [prose(draw, 60) for _ in range(12)]
    texts = ["".join(parts[n : n + 8]) for n in range(5)]
    assert similarity(texts[0], texts[1]) > 0.7 > similarity(texts[0], texts[2])
    rows = [document(str(n), text) for n, text in enumerate(texts)]
    built = run(rows, "documents", {"threshold": 0.7})
    assert built.ids() == ["0", "2", "4"]
    assert survivors(built) == {"1": "0", "3": "2"}
    stage = built.json("ledger.json")["stages"][1]
    assert (stage["stage"], stage["clusters"]) == ("near_duplicates", {"2": 2})


def test_the_row_with_a_verified_explanation_stays_or_else_the_one_with_any(run, tmp_path):
    rows = [
        question("1", STEM),
        question("2", STEM, explanation="心臓である。"),
        question("3", STEM),
    ]
    assert survivors(run(rows)) == {"1": "2", "3": "2"}
    write_lines(tmp_path / "a.jsonl", rows)
    write_lines(tmp_path / "b.jsonl", [question("4", STEM, explanation="心臓が送り出す。")])
    sources = [
        {"path": "a.jsonl", "layout": "questions", "name": "a"},
        {"path": "b.jsonl", "layout": "questions", "name": "b", "explanation_verified": "by hand"},
    ]
    (tmp_path / "recipe.yaml").write_text(recipe_text([NEAR], sources))
    built = build(tmp_path / "run", recipe=tmp_path / "recipe.yaml")
    assert survivors(built) == {"1": "4", "2": "4", "3": "4"}
    assert built.json("ledger.json")["stages"][1]["clusters"] == {"4": 1}


def test_short_texts_are_left_alone(run):
    rows = [document("1", "心臓は臓器である。"), document("2", "心臓は臓器である。")]
    assert survivors(run(rows, "documents")) == {}
    assert survivors(run(rows, "documents", {"min_chars": 5})) == {"2": "1"}


def test_thousands_of_copies_of_one_text_go_for_the_first(run):
    rows = [document(str(n), prose(seeded(1), 80) + "終" * (n % 2)) for n in range(3_000)]
    found = survivors(run(rows, "documents"))
    assert len(found) == 2_999
    assert set(found.values()) == {"0"}


@st.composite
def corpora(draw):
    """Documents and questions made of a few originals by small edits."""
    pick = seeded(draw(st.integers(0, 10**6)))
    originals = [prose(pick, 60) for _ in range(3)]
    rows = []
    for number in range(draw(st.integers(1, 24))):
        text = edited(pick, pick.choice(originals), pick.choice((0, 1, 2, 8)))
        explained = {"explanation": "心臓である。"} if pick.random() < 0.3 else {}
        rows.append(question(str(number), text, **explained))
    return rows


@settings(max_examples=3)
@given(corpora(), st.sampled_from([0.6, 0.8]))
def test_the_cut_does_not_matter_and_every_dropped_row_is_like_its_survivor(rows, threshold):
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        write_lines(folder / "a.jsonl", rows)
        entry = {"path": "a.jsonl", "layout": "questions", "name": "own"}
        recipe = folder / "recipe.yaml"
        recipe.write_text(recipe_text([{**NEAR, "threshold": threshold}], [entry]))
        first = build(folder / "first", recipe=recipe, workers=1)
        texts = {row["id"]: row["text"] for row in rows}
        gone = survivors(first)
        assert sorted([*first.ids(), *gone], key=int) == list(texts)
        assert set(gone.values()) <= set(first.ids())
        assert all(similarity(texts[a], texts[b]) >= threshold for a, b in gone.items())
        for shard_rows in (1, 3):
            patch.setattr(pipeline, "SHARD_ROWS", shard_rows)
            again = build(folder / str(shard_rows), recipe=recipe, workers=1)
            assert all(again.bytes()[output] == first.bytes()[output] for output in OUTPUTS)


def test_two_workers_write_what_one_writes(tmp_path, monkeypatch):
    draw = seeded(8)
    texts = [prose(draw, 100) for _ in range(40)]
    rows = [document(str(n), edited(draw, texts[n % 40], n % 3)) for n in range(120)]
    write_lines(tmp_path / "a.jsonl", rows)
    sources = [{"path": "a.jsonl", "layout": "documents", "name": "own"}]
    (tmp_path / "recipe.yaml").write_text(recipe_text([NEAR], sources))
    one = build(tmp_path / "one", recipe=tmp_path / "recipe.yaml", workers=1)
    assert 40 < len(survivors(one)) <= 80
    monkeypatch.setattr(pipeline, "SHARD_ROWS", 7)
    two = build(tmp_path / "two", recipe=tmp_path / "recipe.yaml", workers=2)
    assert two.bytes() == one.bytes()
