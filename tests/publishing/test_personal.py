"""What looks like personal data or a secret in invented texts, what does not, and how it is covered."""

import hashlib

import polars as pl
import pytest

from curate.errors import SetupError
from curate.models import PersonalDecision, PersonalKind
from curate.publishing import personal
from curate.publishing.cells import texts_of
from curate.publishing.look import look_through, spans_of_lines
from curate.publishing.masks import masks_of

FOUND = [
    ("患者氏名：山田 太郎、四十代。", {"name": ["山田 太郎"]}),
    ("主治医の佐藤健一医師に連絡する。", {"name": ["佐藤健一"]}),
    ("Aさんと夫のＢ氏が来院した。", {"initial": ["A", "Ｂ"]}),
    (
        "電話 03-1234-5678、携帯 ０９０１２３４５６７８。",
        {"telephone": ["03-1234-5678", "０９０１２３４５６７８"]},
    ),
    ("連絡先 +81 90 1234 5678", {"telephone": ["+81 90 1234 5678"]}),
    ("taro.yamada@example.co.jp に送る。", {"e_mail": ["taro.yamada@example.co.jp"]}),
    (
        "〒100-0005 東京都千代田区丸の内1-2-3 に住む。",
        {"postal_code": ["〒100-0005"], "address": ["東京都千代田区丸の内1-2-3"]},
    ),
    ("カルテ番号：00123456 の患者。", {"patient_number": ["00123456"]}),
    ("個人番号は1234 5678 9012である。", {"personal_number": ["1234 5678 9012"]}),
    (
        "昭和12年3月4日生まれ、95歳の男性。",
        {"birth_date": ["昭和12年3月4日"], "age_over_89": ["95"]},
    ),
    ("カード 4111 1111 1111 1111 で払った。", {"credit_card": ["4111 1111 1111 1111"]}),
    ("鍵は AKIAIOSFODNN7EXAMPLD である。", {"secret": ["AKIAIOSFODNN7EXAMPLD"]}),
    (
        "git clone https://ghp_abcdefghijklmnopqrstuvwxyz0123456789@host",
        {"secret": ["//ghp_abcdefghijklmnopqrstuvwxyz0123456789@host"]},
    ),
]
CLEAN = [
    "45歳の女性。3日前から38.5℃の発熱がある。",
    "アルツハイマー病、パーキンソン病、クローン病とバセドウ病の違いはどれか。",
    "血圧 120-80-60、投与量 0.5-1.0 mg、1,25-(OH)2D3、C6H12O6、ATGCATGCATGC",
    "90歳以上の人口、90〜95歳の割合、第97回の試験。",
    "2-amino-3-hydroxybutanoic acid の構造式を選べ。",
    "ab" * 32,
]


@pytest.fixture(scope="module")
def spans():
    """What is found in all the texts, which are looked at once."""
    lines = [*(text for text, _ in FOUND), *CLEAN]
    return spans_of_lines(lines, lambda *_: None)


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_what_is_found(spans, text, expected):
    found = {}
    for span in spans[text]:
        found.setdefault(span.kind.value, []).append(text[span.start : span.end])
    assert {kind: sorted(texts) for kind, texts in found.items()} == {
        kind: sorted(texts) for kind, texts in expected.items()
    }


@pytest.mark.parametrize("text", CLEAN)
def test_what_an_exam_says_is_nobody(spans, text):
    assert spans[text] == []


PHONE = "03-1234-5678"
PAIRS = pl.DataFrame(
    {
        "question_id": ["q1", "q2"],
        "prompt": [f"連絡先は電話 {PHONE} か。", "胆汁を作る臓器はどれか。"],
        "chosen": [f"電話 {PHONE} である。", "肝臓である。"],
        "rejected": ["違う。", f"電話 {PHONE} である。"],
        "chosen_sha256": ["", ""],
        "rejected_sha256": ["", ""],
    }
)
TURNS = PAIRS.select(
    "question_id",
    prompt=pl.concat_list(pl.struct(role=pl.lit("user"), content="prompt")),
)
DECISION = PersonalDecision(
    record_id="q1", kind="telephone", decision="masked", reason="a number", by="a test", at="today"
)


def _decided(found):
    return [
        type(one)(one.finding.model_copy(update={"decision": "masked"}), one.text)
        if DECISION.fits(one.finding)
        else one
        for one in found
    ]


@pytest.fixture(scope="module")
def found():
    cells = [cell for frame in (PAIRS, TURNS) for cell in texts_of(frame)]
    return look_through(lambda: cells, lambda *_: None)


def test_a_finding_names_record_columns_and_hash_but_not_the_text(found):
    one, other = sorted((one.finding for one in found), key=lambda one: one.record_id)
    assert (one.record_id, one.columns, one.count) == ("q1", ["prompt", "chosen"], 3)
    assert (other.record_id, other.columns) == ("q2", ["rejected"])
    assert one.sha256 == hashlib.sha256(PHONE.encode()).hexdigest()
    assert PHONE not in "".join(map(repr, found))


def test_a_mask_covers_the_record_and_nothing_else(found):
    masks = masks_of(_decided(found))
    [count] = masks.counts
    assert (count.kind, count.masked) == (PersonalKind.TELEPHONE, 1)
    pairs = masks.apply(PAIRS, ("prompt", "chosen", "rejected"))
    covered = "■" * len(PHONE)
    assert pairs["prompt"].to_list() == [f"連絡先は電話 {covered} か。", PAIRS["prompt"][1]]
    assert pairs["rejected"].to_list() == PAIRS["rejected"].to_list()
    assert (
        pairs["chosen_sha256"][0] == hashlib.sha256(f"電話 {covered} である。".encode()).hexdigest()
    )
    turns = masks.apply(TURNS, ("prompt",))
    assert turns["prompt"].to_list() == [
        [{"role": "user", "content": f"連絡先は電話 {covered} か。"}],
        [{"role": "user", "content": PAIRS["prompt"][1]}],
    ]


def test_a_letter_is_covered_only_where_it_is_a_person():
    frame = pl.DataFrame({"id": ["1"], "text": ["Aさんの血液型はA型である。"]})
    found = look_through(lambda: texts_of(frame), lambda *_: None)
    [one] = found
    decided = [type(one)(one.finding.model_copy(update={"decision": "masked"}), one.text)]
    assert masks_of(decided).apply(frame, ("text",))["text"][0] == "■さんの血液型はA型である。"


def test_a_model_that_is_not_there_is_not_fetched(monkeypatch):
    personal._engines.cache_clear()
    monkeypatch.setattr(personal, "MODEL", "no_such_model")
    with pytest.raises(SetupError, match="no_such_model is not installed") as refused:
        list(personal.personal_spans(["文"], lambda *_: None))
    assert refused.value.hint == "pip install 'jmle-curate[publish]'"
