"""Whether a response declines to answer, in Japanese or English."""

import re

_CANNOT = re.compile(
    r"(?:でき|出来)(?:ま|か)[せね]|(?:わか|分か)りません|申し訳(?:あり|ござい)ませんが"
    r"|(?:回答|解答|答|正解|診断|判断|選択|選ぶ|導|特定|決定|評価|確認|推定|解決|計算|画像|写真|図)"
    r"[^。\n]{0,40}?(?:(?<!考え)られま|選べま|答えま|見えま|出せま)せん"
    r"|(?:回答|解答|答え?|診断|判断|選択|選ぶこと|導|特定|決定|解決|計算)[^。\n]{0,22}?"
    r"(?:できない(?:ため|。|$)|困難(?:です|で|。)|難しい(?:です|。)|不可能(?:です|。)|しかね)"
)
_MATTER = (
    r"(?:画像|写真|図|表|像|情報|文脈|背景|問|質問|選択肢|状態|状況|症状|病態|所見|検査"
    r"|データ|資料|経過|内容|説明|手がかり|話)"
)
_MISSING = re.compile(
    rf"{_MATTER}[^。\n]{{0,50}}?(?:不足|不明|不完全|足り(?:ま|な)|欠け|ないため|なく、|ありません"
    r"|必要(?:です|があ|とな)|見えま|伝わりま|明確|明らかで|具体的で|れて(?:い|お)?(?:ない|ません|らず|りません))"
)
_ASKS = re.compile(
    rf"(?:ください|いただけ|いただき|いただく|お願い|でしょうか|ますか|ですか)(?!」)|{_MATTER}[^。\n]{{0,12}}が必要です"
)
_EN = re.compile(
    r"(?:i(?:'m| am) sorry|i apologi[sz]e|(?:i )?(?:cannot|can't|can not|am unable to|unable to|not able to) "
    r"(?:answer|determine|provide|see|view|access|choose|select|assist|help|diagnose|make)"
    r"|no image (?:is|was|has been)|as an ai\b|without (?:the|an|any) image)"
)


_OPENING = 500
"""Characters; who declines says so at the beginning."""


def refuses(text: str) -> bool:
    """Tells whether a folded text declines to answer: it cannot tell, or lacks something and asks for it."""
    text = text[:_OPENING]
    if _CANNOT.search(text) or (_ASKS.search(text) and _MISSING.search(text)):
        return True
    return _EN.search(text) is not None
