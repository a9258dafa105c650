"""Whether a response declines to answer, in Japanese or English."""

import re

_JA = re.compile(
    r"(?:回答|解答|答え?|診断|判断|選択|選ぶ|選べ|導く|導き出す|特定|決定|提供|評価|参照|確認|推定|解決|計算|求め|お答え|分か|わか|見(?:る|え))"
    r"[^。\n]{0,22}?(?:できま?せん|できない|出来ま?せん|ことはでき|られません|せません|べません|えません|(?:わか|分か)りません"
    r"|かねま|困難|難しい|不可能|しかねる)"
    r"|(?:画像|写真|図|像|情報|文脈|質問|問題文?|選択肢|状態|状況|症状|データ|表)[^。\n]{0,40}?"
    r"(?:不足し|不明|不完全|足りま|ありません|示されて(?:い|お)|提供されて(?:い|お)|提示されて(?:い|お)|含まれて(?:い|お)|欠け)"
    r"[^。\n]{0,60}(?:(?:[。\n][^。\n]{0,80}){0,2}(?:ください|いただ|お願い|ですか))"
    r"|(?:わか|分か)りません|申し訳(?:あり|ござい)ませんが"
)
_EN = re.compile(
    r"(?:i(?:'m| am) sorry|i apologi[sz]e|(?:i )?(?:cannot|can't|can not|am unable to|unable to|not able to) "
    r"(?:answer|determine|provide|see|view|access|choose|select|assist|help|diagnose|make)"
    r"|no image (?:is|was|has been)|as an ai\b|without (?:the|an|any) image)"
)
_HINTS = (
    "ません",
    "ない",
    "困難",
    "難しい",
    "不可能",
    "ください",
    "いただ",
    "かね",
    "願い",
    "ですか",
)


def refuses(text: str) -> bool:
    """Tells whether a folded text declines to answer: it cannot see, cannot judge, or asks for more."""
    if any(hint in text for hint in _HINTS) and _JA.search(text):
        return True
    return _EN.search(text) is not None
