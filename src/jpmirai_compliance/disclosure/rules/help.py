"""Neutral help: the same for every workplace, set by the secretariat. Pure."""

import datetime as dt
import hashlib
import json
import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import yaml

from jpmirai_compliance.evidence.rules import safe_url
from jpmirai_compliance.foundation.errors import Gap, Incomplete
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles import EASY, LANGUAGES, BankError, checked

DESKS_MAX = 12
NAME_MAX, ABOUT_MAX, HOURS_MAX, NOTE_MAX = 120, 200, 100, 300
FEWEST_DIGITS, MOST_DIGITS = 3, 15
ON_POSTER = 2  # more have no room; the code on the poster leads to all
_PHONE = re.compile(r"\+?[0-9][0-9() -]*")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー"), "-")


@dataclass(frozen=True, slots=True)
class Desk:
    """A neutral place to turn to; ``names`` and ``abouts`` by language, always in ja and en.

    ``languages`` are the tags in which somebody answers the telephone, empty if it is not known.
    ``since``: from when on this holds; ``source``: where it was seen. Who changed it last and
    when is None for what came with the software.
    """

    id: str
    names: Mapping[str, str]
    abouts: Mapping[str, str]
    url: str = ""
    phone: str = ""
    free: bool = False
    languages: tuple[str, ...] = ()
    hours: str = ""
    since: dt.date = dt.date.min
    source: str = ""
    shown: bool = True
    changed_at: dt.datetime | None = None
    changed_by: uuid.UUID | None = None

    def said(self, language: str) -> "HelpDesk":
        """Return the desk in a language, in English or Japanese where it has no words in it."""
        names, abouts = Localized(self.names), Localized(self.abouts)
        same = ("id", "url", "phone", "free", "languages", "hours")
        return HelpDesk(
            name=names.pick(language),
            name_language=names.language(language),
            about=abouts.pick(language),
            about_language=abouts.language(language),
            **{name: getattr(self, name) for name in same},
        )


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """A neutral place to turn to, in one language; ``phone`` and ``url`` may be empty, not both.

    ``name_language`` and ``about_language`` are the tags of the languages that were found.
    """

    id: str
    name: str
    about: str
    url: str
    phone: str
    free: bool
    languages: tuple[str, ...]
    hours: str
    name_language: str
    about_language: str

    @property
    def way(self) -> str:
        """Return what a poster prints: the telephone, else the host of the website."""
        return self.phone or urlsplit(self.url).netloc


def help_desks(desks: Iterable[Desk], language: str) -> tuple[HelpDesk, ...]:
    """Return what is shown in a language: the first one, then those that answer in it."""
    shown = [desk.said(language) for desk in desks if desk.shown]
    rest = sorted(shown[1:], key=lambda desk: not _answers(desk, language))
    return (*shown[:1], *rest)


def on_poster(desks: Iterable[Desk], language: str) -> tuple[HelpDesk, ...]:
    """Return the desks that a poster has room for: the first one, and the next with a telephone."""
    found = help_desks(desks, language)
    return (*found[:1], *[desk for desk in found[1:] if desk.phone][: ON_POSTER - 1])


def printed(desks: Iterable[Desk], language: str) -> list[tuple[str, str]]:
    """Return name and telephone or address of what a poster in a language prints."""
    return [(desk.name, desk.way) for desk in on_poster(desks, language)]


def mark(desk: Desk | None) -> str:
    """Return a short mark of a desk as it is now: whoever saves shows what was seen."""
    body = dump_desks([replace(desk, changed_at=None, changed_by=None)]) if desk else ""
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def cleaned(desk: Desk) -> Desk:
    """Return the desk as it is kept: a telephone in plain digits, texts in NFC, none empty."""
    phone = unicodedata.normalize("NFKC", desk.phone).translate(_DASHES).strip()
    names = {tag: unicodedata.normalize("NFC", text) for tag, text in desk.names.items()}
    abouts = {tag: unicodedata.normalize("NFC", text) for tag, text in desk.abouts.items()}
    return replace(desk, phone=phone, names=_ordered(names), abouts=_ordered(abouts))


def faults(desk: Desk, today: dt.date) -> tuple[Gap, ...]:
    """Return what is wrong with a cleaned desk, each with the field that mends it."""
    found = [
        *_texts_missing(desk),
        *_texts_wrong("name", "title", desk.names),
        *_texts_wrong("about", "plain.1", desk.abouts),
    ]
    if desk.phone and not _phone(desk.phone):
        text = Text("Enter a telephone number of 3 to 15 digits, such as 0120-000-000.")
        found.append(Gap(text, "phone"))
    if desk.url:
        try:
            safe_url(desk.url)
        except Incomplete as error:
            found.append(Gap(error.text, "url"))
    elif not desk.phone:
        found.append(Gap(Text("Enter a telephone number or a web page."), "phone"))
    if desk.since > today:
        found.append(Gap(Text("This day has not come yet."), "since"))
    return tuple(found)


def _texts_missing(desk: Desk) -> list[Gap]:
    needed = (
        ("name_ja", desk.names.get("ja"), Text("Enter the name in Japanese.")),
        ("name_en", desk.names.get("en"), Text("Enter the name in English.")),
        ("about_ja", desk.abouts.get("ja"), Text("Say in Japanese what it is for.")),
        ("about_en", desk.abouts.get("en"), Text("Say in English what it is for.")),
    )
    return [Gap(text, target) for target, value, text in needed if not value]


def _texts_wrong(field: str, like: str, texts: Mapping[str, str]) -> Iterable[Gap]:
    """Give what is wrong with texts that must be like a sentence of the code: its rules hold."""
    for tag, text in texts.items():
        try:
            checked(tag, like, text)
        except BankError as error:
            said = Text("This text cannot be kept: %(reason)s.", {"reason": error.reason})
            yield Gap(said, f"{field}_{tag}")


def _phone(phone: str) -> bool:
    digits = sum(character.isdigit() for character in phone)
    return bool(_PHONE.fullmatch(phone)) and FEWEST_DIGITS <= digits <= MOST_DIGITS


def dump_desks(desks: Iterable[Desk]) -> str:
    """Return JSON that ``load_desks`` reads back."""
    return json.dumps([asdict(desk) for desk in desks], ensure_ascii=False, default=str)


def load_desks(body: str) -> tuple[Desk, ...]:
    """Return what ``dump_desks`` wrote."""
    return tuple(_desk(found) for found in json.loads(body))


@cache
def start_desks() -> tuple[Desk, ...]:
    """Return the desks that come with the software."""
    path = files("jpmirai_compliance.disclosure") / "texts" / "help.yaml"
    found: Sequence[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_desk({**desk, "since": str(desk["since"])}) for desk in found)


def _desk(found: Mapping[str, Any]) -> Desk:
    at, by = found.get("changed_at"), found.get("changed_by")
    read = {
        "names": _ordered(found["names"]),
        "abouts": _ordered(found["abouts"]),
        "languages": tuple(found.get("languages", ())),
        "since": dt.date.fromisoformat(found["since"]),
        "changed_at": dt.datetime.fromisoformat(at) if at else None,
        "changed_by": uuid.UUID(by) if by else None,
    }
    return Desk(**{**found, **read})


def _ordered(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts in the order of the languages: equal ones are written alike."""
    return {tag: texts[tag] for tag in LANGUAGES if texts.get(tag)}


def _answers(desk: HelpDesk, language: str) -> bool:
    return language in desk.languages or (language == EASY and "ja" in desk.languages)
