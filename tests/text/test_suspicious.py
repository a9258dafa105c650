"""Suspicious characters: each kind is seen, and nothing ordinary is."""

import polars as pl
import pytest

from curate.text import SUSPICIONS, suspicions

SEEN = {
    "control": ["\x02か月の男児", "頭痛\x7fがある", "一\x85行"],
    "replacement": ["頭\ufffdがある", "〓血", "(cid:123)の値", "\ufffc"],
    "private_use": ["値は\ue000である", "\U000f0001"],
    "unassigned": ["値は\u0378である", "\U000e0fff"],
    "bidi": ["正解\u202eはこれ", "a\u200fb", "\u2067x\u2069"],
    "zero_width": ["頭\u200b痛", "\ufeff心臓", "心\u00ad臓", "か\u200dき", "x\U000e0041"],
    "wrong_glyph": ["全身Ø怠感", "心ł臓", "血Ж液", "⼀般に", "⻑さ"],
    "doubled": ["患患者者が", "６０歳のの男男性性が", "診診断断"],
    "mojibake": [
        "心臓は血液を送り出す。".encode().decode("cp932", "replace").replace("\ufffd", ""),
        "心臓は血液を送り出す。".encode().decode("cp1252", "ignore"),
        "心臓は血液を送り出す。".encode().decode("latin-1"),
        "心臓は血液を送り出す。".encode().decode("mac_roman"),
        "心臓は血液を送り出す。".encode("cp932").decode("cp1252", "ignore"),
        "心臓は血液を送り出す。".encode("euc_jp").decode("latin-1"),
    ],
    "footer": [
        "次の問いに答えよ。DKIX-01-AH-7",
        "DKIX-01-AH-7次の問い",
        "◎ 指示があるまで開かないこと。",
    ],
    "half_width_kana": ["ﾋﾞﾀﾐﾝ", "ｱﾚﾙｷﾞｰの"],
    "latex": [
        "ビタミンB$_{12}$",
        "Na$^+$ 140",
        "K_{sp}",
        r"25^{\circ} C",
        r"\frac 12",
        r"$\beta$遮断薬",
    ],
}
ORDINARY = [
    "60歳の男性。Hb 7.2 g/dL、白血球 12,000/μL、CRP 3.5 mg/dL。",
    "β遮断薬とα₁遮断薬、Ω、Δ、µg、Å、10³、m²、½、±2℃、≧5%、→改善、①と②、Ⅲ度、㎎、％、㏄",
    "Sjögren症候群、Ménière病、Guillain–Barré症候群、Sørensenの式、Løgstrupとの比較、naïve T細胞",
    "“引用”と‘引用’、—ダッシュ—、…、〈参考〉『書名』「会話」、々、〆切、ヶ所、ー、〜、～、□□□□",
    "子子孫孫まで是是非非で、侃侃諤諤と議論し、三三五五に帰る。人々は益々元気で、心心となる。",
    "悪性腫瘍（癌）、頸部、囊胞、𠮟る、𠮷野、葛\U000e0100城、辻\ufe00、👨\u200d👩\u200d👧",
    "A-1-B、2020-01-15、COVID-19、IL-6、HLA-B27、CD4-8-T、T-1-a、郵便番号123-4567",
    "半角のｶ一字、全角のＡＢＣ、タブ\tと改行\nと復帰\r\n、全角空白　、改行しない空白\u00a0",
    "$5から$10まで、100円、a_b、x^2、C:\\data、50%",
    "もつれ（縺れ）、繧繝縁（うんげんべり）、譁、髪",
    "한국어로 쓴 글, русский текст, نص عربي",
    "",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [(k, text) for k, texts in SEEN.items() for text in texts]
)
def test_what_was_read_wrongly_is_seen_and_named(kind, text):
    assert kind in suspicions(pl.Series([text]))[0]


def test_every_kind_is_tried():
    assert set(SEEN) == set(SUSPICIONS)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_not_suspicious(text):
    assert suspicions(pl.Series([text]))[0].to_list() == []


def test_only_what_is_there_is_named_in_one_order():
    texts = pl.Series(["全身Ø怠\x02感", None, "心臓", "全身Ø怠感"])
    found = suspicions(texts)
    assert found.to_list() == [["control", "wrong_glyph"], [], [], ["wrong_glyph"]]
    assert suspicions(pl.Series([], dtype=pl.String)).dtype == found.dtype == pl.List(pl.String)


@pytest.mark.parametrize("good", ["あ", "β", "a", "。"])
def test_three_of_one_character_are_no_doubled_ones(good):
    assert "doubled" not in suspicions(pl.Series([good * 8]))[0]
