"""An invented section: every form that a booklet has, in questions that no exam asks."""

from booklet_press import COVER, Item

from curate.models import Exclusion, Question

_FIVE = ["青い石", "赤い砂", "白い雲", "黒い土", "緑の葉"]
_CASE = (
    "7歳の架空の竜。鱗が落ちることを主訴に来院した。\n現病歴：10日前から火が弱い。"
    "体温41.2℃。翼の写真（別冊No. 3 A、B）を別に示す。"
)
_HEAD = "次の文を読み、{}の問いに答えよ。"
EXAM, SECTION = "98", "B"

ITEMS = [
    Item(1, "竜の鱗について正しいのはどれか。", _FIVE),
    Item(2, "虹の端にあるのはどれか。2つ選べ。", ["壺", "橋", "門", "井戸", "鐘"]),
    Item(
        3,
        "A 300-year-old dragon is brought to the clinic because of a weak flame. She has lost\n"
        "a scale every day since last week. What should be given first?",
        ["A cup of hot oil", "A rest of 10 days", "Cold water", "Green leaves", "Nothing at all"],
    ),
    Item(
        4,
        "月の裏にある八つの部屋のうち、鍵が要るのはどれか。",
        [f"第{n}室" for n in "一二三四五六七八"],
    ),
    Item(5, "火口の縁にいるのはどれか。", ["竜", "鷲", "狐", "鯨", "亀"]),
    Item(6, "この竜の体温で考えられるのはどれか。", _FIVE, _HEAD.format("6～8") + _CASE),
    Item(
        7,
        "次に行うのはどれか。",
        ["翼を休める。", "水を飲む。", "歌を歌う。", "石を運ぶ。", "眠る。"],
    ),
    Item(
        8,
        "3日後に鱗を数えた。\n避けるのはどれか。3つ選べ。",
        ["強い風", "弱い雨", "熱い油", "古い地図", "長い旅"],
    ),
    Item(9, "12人の小人が1日に掘る穴は全部でいくつか。ただし一人は3つ掘る。解答：①②個", []),
    Item(10, "採点から除かれた問いはどれか。", _FIVE),
    Item(11, "二つの答えがあるのはどれか。", _FIVE),
    Item(12, "最後の問いはどれか。" + "とても長い文が頁の終わりまで続いていく。" * 12, _FIVE),
]
KEYS = {
    1: "c", 2: "a,d", 3: "b", 4: "h", 5: "a", 6: "e", 7: "b", 8: "ａ、ｃ、ｅ", 9: "36",
    10: "採点除外", 11: "aまたはd", 12: "d",
}  # fmt: skip
ANSWERS = {
    1: [["c"]], 2: [["a", "d"]], 3: [["b"]], 4: [["h"]], 5: [["a"]], 6: [["e"]], 7: [["b"]],
    8: [["a", "c", "e"]], 9: [["36"]], 10: [], 11: [["a"], ["d"]], 12: [["d"]],
}  # fmt: skip
EXCLUSIONS = {10: Exclusion.DROPPED, 11: Exclusion.SEVERAL_KEYS}
CHARACTERS = "".join(
    [
        COVER,
        *(item.text + (item.case or "") + "".join(item.choices) for item in ITEMS),
        *KEYS.values(),
        *map(chr, range(33, 127)),
        "第回医師国家試験正答値表問題番号ＢＨＤＫＩＸａｂｃｄｅｆｇｈ―①②　、。",
    ]
)


def expected(item, provenance):
    """The record that should come of an item."""
    first = ITEMS[5]
    in_group = first.number <= item.number <= first.number + 2
    return Question(
        id=f"{EXAM}{SECTION}{item.number}",
        exam=EXAM,
        year=2004,
        year_rule="exam+1906",
        section=SECTION,
        number=item.number,
        text=item.text,
        original_text=f"{item.case}\n{item.text}" if item.case else None,
        vignette=_CASE if in_group else None,
        vignette_id=f"{EXAM}{SECTION}{first.number}" if in_group else None,
        choices=item.choices,
        answers=ANSWERS[item.number],
        exclusion=EXCLUSIONS.get(item.number, Exclusion.NONE),
        required=True,
        has_image=bool(item.case),
        provenance=provenance,
    )
