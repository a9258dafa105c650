"""Whether a response declines to answer, in Japanese or English."""

import re

_CANNOT = re.compile(
    r"(?:回答|解答|答|正解|正しい|診断|判断|選択|選ぶ|導|特定|決定|提供|提案|評価|参照|確認|推定|解決|計算|求め|画像|写真|図|問題|質問)"
    r"[^。\n]{0,40}?(?:でき(?:ま|か)|出来ま|(?<!考え)られま|選べま|答えま|見えま|わかりま|分かりま|出せま)(?:せん|ね)"
    r"|(?:回答|解答|答え?|診断|判断|選択|選ぶこと|導|特定|決定|解決|計算)[^。\n]{0,22}?"
    r"(?:できない(?:ため|。|$)|できかね|困難(?:です|で|。)|難しい(?:です|。)|不可能(?:です|。)|しかね)"
    r"|申し訳(?:あり|ござい)ませんが|(?:わか|分か)りません"
)
_MISSING = re.compile(
    r"(?:画像|写真|図|表|像|情報|文脈|背景|問題文?|質問|選択肢|状態|状況|症状|データ|資料|検査結果)[^。\n]{0,50}?"
    r"(?:不足|不明|不完全|足り(?:ま|な)|ありません|ないため|なく、|示されて(?:い|お)|(?:さ|含ま)れ(?:てい|てお)?(?:ない|ません|らず|りません)"
    r"|欠け|必要(?:です|があ|となり)|見えま)"
)
_ASKS = re.compile(r"(?:ください|いただけ|いただき|お願い|でしょうか|ますか|ですか)(?!」)")
_EN = re.compile(
    r"(?:i(?:'m| am) sorry|i apologi[sz]e|(?:i )?(?:cannot|can't|can not|am unable to|unable to|not able to) "
    r"(?:answer|determine|provide|see|view|access|choose|select|assist|help|diagnose|make)"
    r"|no image (?:is|was|has been)|as an ai\b|without (?:the|an|any) image)"
)


def refuses(text: str) -> bool:
    """Tells whether a folded text declines to answer: it cannot tell or see, or lacks something and asks for it."""
    if _CANNOT.search(text) or (_ASKS.search(text) and _MISSING.search(text)):
        return True
    return _EN.search(text) is not None
