"""What looks like personal data in a text that may become public. Pure; finds, never stores.

A finding is a reason to look again, not a judgement: the patterns are those of numbers and phrases
that nobody needs in a report. Free telephone numbers (0120 and the like) belong to desks, not to
people, and pass.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from stdnum.jp import in_ as my_number

AROUND = 10  # characters shown on each side of a match
TEXT_MAX = 10_000  # what lies behind is not searched: no field is longer


class Kind(StrEnum):
    """What a place in a text looks like."""

    EMAIL = "email"
    PHONE = "phone"
    RESIDENCE_CARD = "residence_card"
    MY_NUMBER = "my_number"
    PASSPORT = "passport"
    BIRTH = "birth"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Place:
    """One match with a little of what stands around it; its texts never get into a log."""

    kind: Kind
    before: str = field(repr=False)
    match: str = field(repr=False)
    after: str = field(repr=False)


#: Hyphens, dashes and the long vowel mark as people type them between digits.
_DASHES = re.compile("(?<=[0-9)])[\u2010-\u2015\u2212\u30fc\uff70](?=[0-9(])")
_DATE = r"(?:19|20)\d\d\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?"
_ERA = (
    r"(?:明治|大正|昭和|平成|令和|[MTSHR])\s*(?:元|\d{1,2})"
    r"\s*[年./]\s*\d{1,2}\s*[月./]\s*\d{1,2}\s*日?"
)
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_ENGLISH = rf"(?:\d{{1,2}}\s+{_MONTHS}\.?,?\s+\d{{4}}|{_MONTHS}\.?\s+\d{{1,2}},?\s+\d{{4}})"
_ANY_DATE = rf"(?:{_DATE}|{_ERA}|{_ENGLISH})"
_PATTERNS = (
    (
        Kind.EMAIL,
        re.compile(r"[A-Z0-9._%+-]{1,64}@(?:[A-Z0-9-]{1,63}\.){1,5}[A-Z]{2,24}", re.IGNORECASE),
    ),
    (
        Kind.RESIDENCE_CARD,
        re.compile(r"(?<![A-Z0-9])[A-Z]{2} ?\d{8} ?[A-Z]{2}(?![A-Z0-9])", re.IGNORECASE),
    ),
    (
        Kind.BIRTH,
        re.compile(
            rf"(?:生年月日|誕生日|date of birth|birthday|born(?: on)?|\bdob\b)"
            rf"[^0-9A-Za-z\n]{{0,4}}(?:は|is )?\s*{_ANY_DATE}"
            rf"|{_ANY_DATE}\s*生(?:まれ|\b)?(?![産活存])",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.PASSPORT,
        re.compile(
            r"(?:旅券|パスポート|passport)(?:番号|の番号| ?(?:no\.?|number))?[は:\s#]{0,3}"
            r"(?=[A-Z0-9]*\d{4})[A-Z0-9]{6,9}(?![A-Z0-9])"
            r"|(?<![A-Z0-9])[A-Z]{1,2}\d{7,8}(?![A-Z0-9])",
            re.IGNORECASE,
        ),
    ),
    (Kind.MY_NUMBER, re.compile(r"(?<![\d-])\d{4}[ -]?\d{4}[ -]?\d{4}(?![\d-]|[ -]\d)")),
    (
        Kind.PHONE,
        re.compile(
            r"(?<![\d.-])(?:\+81[ -]?\(?0?\)?|\(?0)(?:\d[() -]{0,2}){8,9}\d(?![\d-])"
            r"|(?<![\d.+-])\+(?!81)\d{1,3}(?:[ ()-]{0,2}\d){7,12}(?!\d)"
        ),
    ),
    (
        Kind.NAME,
        re.compile(
            r"(?<![々一-龯ァ-ヴーA-Za-z])"
            r"(?:(?:(?![様氏])[一-龯々]){2,4}(?: (?:(?![様氏])[一-龯々]){1,3})?"
            r"|[ァ-ヴー]{2,12}(?:・[ァ-ヴー]{2,12})*"
            r"|[A-Z][a-z]+(?: [A-Z][a-z]+){0,3}) ?(?:さん|様|氏)(?![名族々子式態相性])"
        ),
    ),
)
_FREE = re.compile(r"\(?0(?:120|800|570|077)")
#: Ends of words before さん, 様 and 氏 that name a part somebody plays, or are no name at all.
_PARTS = (
    *"者員生人長家客方業社店師主士手仕同多一異各達",
    *("スタッフ", "エンジニア", "リーダー", "メンバー", "パートナー", "オーナー", "ドライバー"),
    *("サポーター", "ボランティア", "コーディネーター", "ヘルパー", "アルバイト", "パート"),
)


def personal_data(text: str) -> tuple[Place, ...]:
    """Return the places that look like personal data, in order, each once.

    Full-width letters and digits are read like half-width ones. A place that fits several
    patterns is given for the first of them.
    """
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text[:TEXT_MAX]))
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Place]] = []
    for kind, match in _matches(plain):
        start, end = match.span()
        if any(start < other_end and other < end for other, other_end in taken):
            continue
        taken.append((start, end))
        found.append((start, _place(kind, plain, start, end)))
    return tuple(place for _start, place in sorted(found, key=lambda pair: pair[0]))


def _matches(plain: str) -> Iterator[tuple[Kind, re.Match[str]]]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            if _meant(kind, match.group()):
                yield kind, match


def _meant(kind: Kind, text: str) -> bool:
    """Say whether what a pattern found is what it looks for."""
    if kind is Kind.MY_NUMBER:
        return bool(my_number.is_valid(text))
    if kind is Kind.PHONE:
        return not _FREE.match(text)
    if kind is Kind.NAME:
        name = re.sub(r" ?(?:さん|様|氏)$", "", text)
        return not name.endswith(_PARTS)
    return True


def _place(kind: Kind, plain: str, start: int, end: int) -> Place:
    before, after = plain[max(start - AROUND, 0) : start], plain[end : end + AROUND]
    return Place(
        kind,
        ("…" if start > AROUND else "") + before,
        plain[start:end].strip(),
        after + ("…" if end + AROUND < len(plain) else ""),
    )
