"""How personal data are written in Japanese: patterns with what must stand around them."""

from typing import NamedTuple

from curate.models import PersonalKind

__all__ = ["PATTERNS", "Rule"]

_D = "[0-9０-９]"
_DASH = "[-‐‑–—―−ー－]"
_LABEL = r"[^0-9０-９\n]{0,8}"
_PREFECTURE = "(?:北海道|東京都|京都府|大阪府|[一-龥]{2,3}県)"
_DATE = (
    rf"(?:明治|大正|昭和|平成|令和|[MTSHRＭＴＳＨＲ])?\s*(?:{_D}{{1,4}}|元)\s*[年./／-]\s*"
    rf"{_D}{{1,2}}\s*[月./／-]\s*{_D}{{1,2}}日?"
)


class Rule(NamedTuple):
    """A pattern of a kind; `score` is how sure it is by itself."""

    kind: PersonalKind
    name: str
    regex: str
    score: float = 0.8


PATTERNS = (
    Rule(
        PersonalKind.TELEPHONE,
        "telephone.dashes",
        rf"(?<!{_D}|{_DASH}|[.．])[0０]{_D}{{1,4}}{_DASH}{_D}{{1,4}}{_DASH}{_D}{{3,4}}(?!{_D}|{_DASH})",
    ),
    Rule(
        PersonalKind.TELEPHONE,
        "telephone.brackets",
        rf"[（(][0０]{_D}{{1,4}}[）)]\s*{_D}{{1,4}}{_DASH}{_D}{{4}}(?!{_D})",
    ),
    Rule(
        PersonalKind.TELEPHONE,
        "telephone.mobile",
        rf"(?<!{_D})[0０][789７８９][0０]{_D}{{8}}(?!{_D})",
    ),
    Rule(
        PersonalKind.TELEPHONE,
        "telephone.abroad",
        rf"\+81[\s-]?{_D}{{1,4}}[\s-]?{_D}{{1,4}}[\s-]?{_D}{{3,4}}(?!{_D})",
    ),
    Rule(
        PersonalKind.TELEPHONE,
        "telephone.said",
        rf"(?<=(?:電話|携帯|連絡先|TEL|Tel|ＴＥＬ){_LABEL})[0０]{_D}{{8,10}}(?!{_D})",
    ),
    Rule(
        PersonalKind.E_MAIL,
        "e_mail",
        r"[A-Za-z0-9Ａ-Ｚａ-ｚ０-９._%+-]+[@＠][A-Za-z0-9-]+(?:[.．][A-Za-z0-9-]+)*[.．][A-Za-z]{2,24}",
    ),
    Rule(PersonalKind.POSTAL_CODE, "postal_code", rf"〒\s*{_D}{{3}}{_DASH}?{_D}{{4}}(?!{_D})"),
    Rule(
        PersonalKind.ADDRESS,
        "address",
        rf"{_PREFECTURE}[^\s、。,]{{1,12}}?[市区町村郡][^\s、。,]{{0,16}}?{_D}{{1,4}}"
        rf"(?:丁目|番地?|号|{_DASH}{_D}{{1,4}})(?:{_DASH}?{_D}{{1,4}}(?:番地?|号)?)*",
    ),
    Rule(
        PersonalKind.ADDRESS,
        "address.said",
        rf"(?<=(?:住所|自宅){_LABEL})[一-龥ぁ-んァ-ヶ]{{1,8}}[市区町村][^\s、。,]{{0,16}}?{_D}{{1,4}}"
        rf"(?:丁目|番地?|号|{_DASH}{_D}{{1,4}})",
    ),
    Rule(
        PersonalKind.PATIENT_NUMBER,
        "patient_number",
        r"(?<=(?:患者番号|患者\s?(?:ID|ＩＤ)|カルテ番号|診察券番号|受診者番号|病歴番号|MRN)"
        rf"{_LABEL})[A-Za-z]{{0,3}}{_DASH}?{_D}{{4,12}}(?:{_DASH}{_D}{{1,6}})*",
    ),
    Rule(
        PersonalKind.PERSONAL_NUMBER,
        "personal_number",
        r"(?<=(?:マイナンバー|個人番号|被保険者番号|保険証番号|基礎年金番号|免許証番号|旅券番号)"
        rf"{_LABEL})(?:{_D}(?:{_DASH}|\s)?){{7,13}}{_D}",
    ),
    Rule(
        PersonalKind.BIRTH_DATE,
        "birth_date.born",
        rf"{_DATE}(?=\s*(?:生まれ|生れ|出生|生(?![一-龥])))",
    ),
    Rule(PersonalKind.BIRTH_DATE, "birth_date.said", rf"(?<=(?:生年月日|誕生日){_LABEL}){_DATE}"),
    Rule(
        PersonalKind.AGE_OVER_89,
        "age_over_89",
        rf"(?<!{_D}|[.．~〜～-])(?:[9９]{_D}|[1１][0-2０-２]{_D})(?=\s*[歳才](?!以[上下]|[児代]|未満))",
    ),
    Rule(
        PersonalKind.NAME,
        "name.said",
        r"(?<=(?:患者氏名|患者名|氏名|姓名)\s{0,2}[:：は]\s{0,2})"
        r"[一-龥々ぁ-んァ-ヶー]{2,8}(?:[\s　][一-龥々ぁ-んァ-ヶー]{1,8})?",
    ),
    Rule(
        PersonalKind.INITIAL,
        "initial",
        r"(?<![A-Za-zＡ-Ｚａ-ｚ0-9０-９])[A-ZＡ-Ｚ](?:[.．・][A-ZＡ-Ｚ][.．]?)?(?=\s?(?:さん|氏|君|くん|ちゃん|様))",
    ),
)
"""HIPAA's safe harbour (45 CFR 164.514(b)(2)) names what identifies a person; of ages, those over 89."""
