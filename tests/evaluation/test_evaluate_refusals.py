"""What an evaluation refuses, and how it says so."""

import pytest
from evaluate_exam import birds, both_modes, examples, recorded, run, said

from curate.errors import CurateError, InputError, RecipeError, UsageError


@pytest.fixture
def refused(tmp_path):
    """Evaluates answers and returns the error."""

    def refuse(answers, modes=("direct",), columns=(), **options):
        path = recorded(tmp_path / "said.jsonl", answers, **dict(columns))
        with pytest.raises(CurateError) as caught:
            run(tmp_path, path, modes=modes, **options)
        return caught.value

    return refuse


def test_answers_of_another_year(refused):
    error = refused({"39A1": "a"} | said("direct"))
    assert (type(error), error.where) == (InputError, "said.jsonl:1")
    assert "no item of birds" in error.message


def test_a_section_that_lacks_an_answer(refused):
    error = refused(said("direct", **{"40A2": None}))
    assert (error.exit, "40-A lacks 1 of 3: '40A2'" in error.message) == (3, True)


def test_modes_mixed_in_one_file(tmp_path, refused):
    assert "column 'mode'" in refused(said("direct"), modes=("direct", "explained")).message
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_bytes(
        recorded(tmp_path / "one.jsonl", said("direct")).read_bytes()
        + recorded(tmp_path / "two.jsonl", said("explained")).read_bytes()
    )
    with pytest.raises(InputError, match="2 answers to '40A1' of birds, direct, ja") as caught:
        run(tmp_path, mixed, "mixed", modes=["direct"])
    assert "mode" in caught.value.hint


def test_no_answer_of_the_mode(refused):
    error = refused(said("direct"), columns={"mode": "3-shot"})
    assert (error.exit, "mode: 3-shot" in error.hint) == (3, True)


def test_a_row_that_cannot_be_used(tmp_path):
    path = recorded(tmp_path / "said.jsonl", said("direct"))
    path.write_text(path.read_text("utf-8") + '{"question_id": "40A1"}\n', "utf-8")
    with pytest.raises(InputError) as caught:
        run(tmp_path, path, modes=["direct"])
    assert caught.value.where == "said.jsonl:8"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"modes": ["explaned"]}, "no mode 'explaned'. Did you mean 'explained'?"),
        ({"sections": ["40-C"]}, "no benchmark has a section '40-C'"),
        ({"languages": ["fr"]}, "languages.0"),
        ({"languages": ["en"]}, "there is nothing to ask: birds has no items in en"),
        ({"vignettes": "shown"}, "vignettes"),
        ({"examples": None}, "shows 3 examples, and none are given"),
        ({"benchmarks": []}, "no benchmark is given"),
        ({"method": "loglikelihood"}, "the engine recorded tells no likelihoods"),
        ({"settings": ["sampling.n=2", "sampling.temperature=1"]}, "`repeats` asks more often"),
        ({"settings": ["repeat=2"]}, "unknown key 'repeat'. Did you mean 'repeats'?"),
        ({"modes": ["direct", "direct"]}, "modes: 'direct' stands there twice"),
    ],
)
def test_an_option_that_is_wrong(tmp_path, options, words):
    path = both_modes(tmp_path / "said.jsonl")
    with pytest.raises((UsageError, RecipeError)) as caught:
        run(tmp_path, path, **{"modes": ["direct"], **options})
    assert words in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.exit == 2


def test_an_incomplete_benchmark(tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    exam = birds(folder)
    with (folder / "exam.jsonl").open("a", encoding="utf-8") as stream:
        stream.write("{}\n")
    with pytest.raises(InputError, match="birds is incomplete, so nothing is scored"):
        run(tmp_path, both_modes(tmp_path / "said.jsonl"), benchmarks=[exam])


def test_a_mode_of_your_own_may_lie_in_a_file(tmp_path):
    template = tmp_path / "mine.yaml"
    template.write_text(
        'template: prompt/1\nname: mine\nquestion: ["{text}\\n答:"]\ncompletion: [" {answer}"]\n'
        "shots: {count: 0}\n",
        "utf-8",
    )
    path = recorded(tmp_path / "said.jsonl", said("direct"))
    found = run(tmp_path, path, modes=[str(template)], examples=None)
    assert found.data["results"][0]["mode"] == "mine"
    assert found.data["results"][0]["score"] == 10
    assert examples(tmp_path).is_file()
