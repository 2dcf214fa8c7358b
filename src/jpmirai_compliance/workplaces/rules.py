"""Codes on posters, and the words of the workers' pages. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

import yaml
from babel import Locale, UnknownLocaleError

#: Languages of the workers' pages, in the order of the language links.
LANGUAGES = ("ja", "en", "vi", "my")
ENDONYMS = {"ja": "日本語", "en": "English", "vi": "Tiếng Việt", "my": "မြန်မာ"}
_OWN_NAMES = {**ENDONYMS, "ja-x-easy": "やさしい日本語"}
#: No 0 and O, no 1, I and L: a code is read off a wall.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 7
CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
POLICE, AMBULANCE = "110", "119"


@dataclass(frozen=True, slots=True)
class WorkerTexts:
    """The words of a worker's page in one language; ``fill`` puts name and year in."""

    language: str
    title: str
    title_general: str
    employer: str
    promises_lead: str
    promises_general: str
    supply_chain_title: str
    published: str
    not_published: str
    read_report: str
    get_help: str
    own_title: str
    own_lead: str
    call: str
    write: str
    open_site: str
    emergency: str
    police: str
    ambulance: str
    same_code: str
    read_code: str
    unknown: str
    status_note: str


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """A neutral place to turn to, in one language."""

    id: str
    name: str
    about: str
    url: str


def texts(language: str) -> WorkerTexts:
    """Return the words in one of ``LANGUAGES``; KeyError for another one."""
    return _texts()[language]


def fill(text: str, *, name: str, year: int | None = None) -> str:
    """Return a text with name and year put in as they are: a name cannot bring marks of its own."""
    return Template(text).safe_substitute(name=name, year=str(year or ""))


def help_desks(language: str) -> tuple[HelpDesk, ...]:
    """Return the neutral help in a language, in English where it has no words of its own."""
    return tuple(
        HelpDesk(desk["id"], _in(desk["name"], language), _in(desk["about"], language), desk["url"])
        for desk in _desks()
    )


def best_language(wanted: Sequence[str]) -> str:
    """Return the first of a browser's languages that we have, by base language; else Japanese."""
    for tag in wanted:
        base = tag.replace("_", "-").partition("-")[0].lower()
        if base in LANGUAGES:
            return base
    return LANGUAGES[0]


def endonym(tag: str) -> str:
    """Return a language's name in itself; the tag where none is known."""
    if tag in _OWN_NAMES:
        return _OWN_NAMES[tag]
    try:
        return Locale.parse(tag, sep="-").display_name or tag
    except (UnknownLocaleError, ValueError):
        return tag


def read_code(typed: str) -> str | None:
    """Return a code as it is stored, None if it cannot be one."""
    code = typed.strip().upper()
    return code if CODE.fullmatch(code) else None


def new_code(pick: Callable[[str], str]) -> str:
    """Return a code whose characters ``pick`` chooses."""
    return "".join(pick(ALPHABET) for _ in range(CODE_LENGTH))


def dialled(phone: str) -> str:
    """Return what a telephone dials: digits and a leading plus; empty if there are no digits."""
    digits = re.sub(r"[^0-9]", "", phone)
    return ("+" if phone.strip().startswith("+") else "") + digits if digits else ""


def _in(by_language: Mapping[str, str], language: str) -> str:
    return by_language.get(language) or by_language["en"]


@cache
def _texts() -> dict[str, WorkerTexts]:
    names = {f.name for f in fields(WorkerTexts)}
    found = {}
    for tag in LANGUAGES:
        data = yaml.safe_load(_read(f"{tag}.yaml"))
        if set(data) != names:
            msg = f"workplaces/texts/{tag}.yaml: {sorted(names ^ set(data))}"
            raise ValueError(msg)
        found[tag] = WorkerTexts(**data)
    return found


@cache
def _desks() -> tuple[Mapping[str, Any], ...]:
    return tuple(yaml.safe_load(_read("help.yaml")))


def _read(name: str) -> str:
    path = files("jpmirai_compliance.workplaces") / "texts" / name
    return path.read_text(encoding="utf-8")
