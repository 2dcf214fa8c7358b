"""Codes on posters, and the words of the workers' pages. Pure."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.resources import files
from string import Template

import yaml

from jpmirai_compliance.foundation.inputs import telephone
from jpmirai_compliance.principles import EASY, LANGUAGES

#: No 0 and O, no 1, I and L: a code is read off a wall.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 7
CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
CONTACTS_MAX = 5
POLICE, AMBULANCE = "110", "119"
#: Where the button for leaving quickly leads: a page that anybody may be looking at.
EXIT = "https://www.jma.go.jp/bosai/forecast/"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_COMMAS = {"ja": "・", EASY: "・", "zh-Hans": "、", "zh-Hant": "、", "ur": "، ", "my": "၊ "}
#: One time and its days, as the neutral help writes hours.
_TIME = re.compile(r"\s*([^()]+?)\s*\(([^()]+)\)\s*(?:[,;]|$)")


@dataclass(frozen=True, slots=True)
class WorkerTexts:
    """The words of a worker's page in one language; ``fill`` puts name and year in.

    ``expect``, ``read`` and ``safety`` are lists of sentences, ``days`` short names from Monday on.
    """

    language: str
    title: str
    title_general: str
    promises_lead: str
    promises_general: str
    supply_chain_title: str
    published: str
    not_published: str
    read_report: str
    expect_title: str
    expect: tuple[str, ...]
    get_help: str
    neutral: str
    call: str
    free: str
    languages: str
    hours: str
    days: tuple[str, ...]
    write: str
    open_site: str
    own_title: str
    own_lead: str
    emergency: str
    police: str
    ambulance: str
    poster_title: str
    poster_open: str
    read_title: str
    read: tuple[str, ...]
    same_code: str
    no_record: str
    read_code: str
    unknown: str
    status_note: str
    other_languages: str
    exit: str
    exit_note: str
    exit_keys: str
    safety_link: str
    safety_title: str
    safety: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody of the organisation to turn to; ``languages`` are tags."""

    name: str = ""
    languages: tuple[str, ...] = ()
    hours: str = ""
    phone: str = ""
    email: str = ""
    web: str = ""

    @property
    def reachable(self) -> bool:
        """Whether there is a way to turn to them."""
        return bool(self.phone or self.email or self.web)


def dump_contacts(contacts: Iterable[Contact]) -> str:
    """Return JSON that ``load_contacts`` reads back."""
    return json.dumps([asdict(contact) for contact in contacts], ensure_ascii=False)


def load_contacts(body: str) -> tuple[Contact, ...]:
    """Return what ``dump_contacts`` wrote."""
    return tuple(
        Contact(**{**found, "languages": tuple(found["languages"])}) for found in json.loads(body)
    )


def texts(language: str) -> WorkerTexts:
    """Return the words in a language of the closed table; KeyError for another one."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return _texts(language)


def fill(text: str, *, name: str, year: int | None = None) -> str:
    """Return a text with name and year put in as they are: a name cannot bring marks of its own."""
    return Template(text).safe_substitute(name=name, year=str(year or ""))


def named_hours(hours: str, words: WorkerTexts) -> tuple[tuple[str, str], ...]:
    """Return pairs of a time and its days of hours such as ``9:00–17:00 (Mon–Fri)``.

    The days get the names of the language; what is written in another way comes back whole.
    """
    found = tuple((m[1], _named(m[2], words)) for m in _TIME.finditer(hours))
    whole = "".join(m[0] for m in _TIME.finditer(hours)) == hours
    return found if found and whole else ((hours, ""),)


def _named(days: str, words: WorkerTexts) -> str:
    """Return days such as ``Mon–Fri`` or ``Sat, Sun`` with the names of a language."""
    named = re.sub("|".join(_DAYS), lambda found: words.days[_DAYS.index(found[0])], days)
    return named.replace(", ", _COMMAS.get(words.language, ", "))


def read_code(typed: str) -> str | None:
    """Return a code as it is stored, None if it cannot be one."""
    code = typed.strip().upper()
    return code if CODE.fullmatch(code) else None


def new_code(pick: Callable[[str], str]) -> str:
    """Return a code whose characters ``pick`` chooses."""
    return "".join(pick(ALPHABET) for _ in range(CODE_LENGTH))


def dialled(phone: str) -> str:
    """Return what a telephone dials: digits and a leading plus; empty if there are no digits."""
    plain = telephone(phone)
    digits = re.sub(r"[^0-9]", "", plain)
    return ("+" if plain.startswith("+") else "") + digits if digits else ""


@cache
def _texts(language: str) -> WorkerTexts:
    names = {f.name for f in fields(WorkerTexts)}
    data = yaml.safe_load(_read(f"{language}.yaml"))
    if set(data) != names:
        msg = f"workplaces/texts/{language}.yaml: {sorted(names ^ set(data))}"
        raise ValueError(msg)
    lists = {name: tuple(data[name]) for name in ("expect", "read", "safety", "days")}
    return WorkerTexts(**data | lists)


def _read(name: str) -> str:
    path = files("jpmirai_compliance.workplaces") / "texts" / name
    return path.read_text(encoding="utf-8")
