"""The wording of the five principles, language by language, with its source and status."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import cache
from importlib.resources import files

import yaml

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.languages import LANGUAGES
from jpmirai_compliance.principles.model import PRINCIPLES
from jpmirai_compliance.principles.reading import Node, read_yaml

#: Invisible characters that a script needs: joiners, and the word break of scripts without spaces.
_JOINERS = "\u200c\u200d"
_WORD_BREAK = "\u200b"
_NEEDED_INVISIBLE = {
    **dict.fromkeys(("ne", "si", "bn", "hi", "ur", "ta"), _JOINERS),
    **dict.fromkeys(("km", "lo", "my", "th"), _WORD_BREAK),
}

#: A letter that a text in the language cannot do without; shows a text pasted in the wrong place.
_LETTER = {
    **dict.fromkeys(("ja", "ja-x-easy"), "[\u3041-\u30ff]"),
    **dict.fromkeys(("zh-Hans", "zh-Hant"), "[\u4e00-\u9fff]"),
    **dict.fromkeys(("en", "vi", "fil", "id", "pt-BR", "es-419", "uz-Latn"), "[A-Za-z]"),
    **dict.fromkeys(("ne", "hi"), "[\u0900-\u097f]"),
    "bn": "[\u0980-\u09ff]",
    "ta": "[\u0b80-\u0bff]",
    "si": "[\u0d80-\u0dff]",
    "th": "[\u0e00-\u0e7f]",
    "lo": "[\u0e80-\u0eff]",
    "my": "[\u1000-\u109f]",
    "km": "[\u1780-\u17ff]",
    "ko": "[\uac00-\ud7a3]",
    "mn": "[\u0400-\u04ff]",
    "ur": "[\u0600-\u06ff]",
}

# Zawgyi, the old Burmese encoding, gives these codes other meanings and writes
# the vowel e before its consonant
_ZAWGYI = re.compile(
    "[\u1060-\u1097]|(?<![\u1000-\u1021\u1025\u1027\u103b-\u103f])\u1031|\u1039(?![\u1000-\u1021])"
)

_LONGEST = {"title": 120, "source": 300, "preamble": 1500, "about": 800}
_SENTENCE = 600
_PLAIN = 200


class WordingStatus(StrEnum):
    """Whose wording it is: JP-MIRAI's own, approved by the secretariat, or ours."""

    OFFICIAL = "official"
    APPROVED = "approved"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Wording:
    """The code of conduct in one language; ``principles`` and ``plain`` have five texts each.

    ``survey`` is the line about the yearly survey, for the day there is one; it may be empty.
    """

    language: str
    status: WordingStatus
    source: str
    title: str
    preamble: str
    principles: tuple[str, ...]
    plain: tuple[str, ...]
    supply_chain: str
    about: str
    help_lead: str
    survey: str = ""


def reference_wording(language: str) -> Wording:
    """Return our own rendering in a language; KeyError if there is none."""
    return _reference()[language]


def reference_languages() -> tuple[str, ...]:
    """Return the languages in which there is a reference wording."""
    return tuple(_reference())


@cache
def _reference() -> dict[str, Wording]:
    folder = files(__package__) / "texts"
    found = {}
    for tag in LANGUAGES:
        name = f"{tag}.yaml"
        [found[tag]] = parse_wordings((folder / name).read_text(encoding="utf-8"), name)
    return found


def parse_wordings(yaml_text: str, filename: str) -> tuple[Wording, ...]:
    """Return the wordings of a file, in its order; it has the shape of ``texts/ja.yaml``.

    Texts come back in Unicode NFC. Raises ``BankError`` with the name of the file and the key.
    """
    top = read_yaml(yaml_text, filename).table(("wordings",))
    return tuple(
        _wording(language, node.named(language))
        for language, node in top["wordings"].entries().items()
    )


def dump_wordings(wordings: Iterable[Wording]) -> str:
    """Return the YAML that ``parse_wordings`` reads back."""
    data: dict[str, dict[str, object]] = {}
    for wording in wordings:
        parts: dict[str, object] = {}
        for field in fields(wording)[1:]:
            value = getattr(wording, field.name)
            if value == "":
                continue
            parts[field.name] = list(value) if isinstance(value, tuple) else str(value)
        data[wording.language] = parts
    return yaml.safe_dump({"wordings": data}, allow_unicode=True, sort_keys=False, width=100)


def fingerprint(wording: Wording) -> str:
    """Return the SHA-256 of all that a poster says: with it a poster in an old wording is known."""
    said = {name: value for name, value in asdict(wording).items() if name != "source" and value}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _wording(language: str, node: Node) -> Wording:
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise node.fault(Text("the language is not one of %(known)s", {"known": known}))
    needed = tuple(field.name for field in fields(Wording)[1:] if field.name != "survey")
    parts = node.table(needed, optional=("survey",))
    texts = {
        name: _sentence(language, parts[name], _LONGEST.get(name, _SENTENCE))
        for name in ("source", "title", "preamble", "supply_chain", "about", "help_lead")
    }
    return Wording(
        language=language,
        status=parts["status"].one_of(WordingStatus),
        principles=_five(language, parts["principles"], _SENTENCE),
        plain=_five(language, parts["plain"], _PLAIN),
        survey=_sentence(language, parts["survey"], _SENTENCE) if "survey" in parts else "",
        **texts,
    )


def _five(language: str, node: Node, longest: int) -> tuple[str, ...]:
    found = node.items()
    if len(found) != len(PRINCIPLES):
        raise node.fault(Text("five sentences expected, found %(found)s", {"found": len(found)}))
    return tuple(_sentence(language, item, longest) for item in found)


def _sentence(language: str, node: Node, longest: int) -> str:
    text = node.text(longest=longest, invisible=_NEEDED_INVISIBLE.get(language, ""))
    # a source is often named in another language, and a title can be a name
    named = node.path.endswith((".source", ".title"))
    if not named and not re.search(_LETTER[language], text):
        raise node.fault(Text("this is not written in the language %(tag)s", {"tag": language}))
    if language == "my" and _ZAWGYI.search(text):
        raise node.fault(Text("this looks like Zawgyi; Burmese must be in Unicode"))
    return text
