"""The wording of the five principles, language by language, with its source and status."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
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

_LONGEST = {"title": 120, "source": 300, "preamble": 1500, "about": 800, "plain": 200}
_SENTENCE = 600
_LISTS = ("principles", "plain")

#: Every sentence of a wording by its key, in the order in which it is read.
KEYS = (
    "title",
    "preamble",
    *(f"principles.{number}" for number in PRINCIPLES),
    *(f"plain.{number}" for number in PRINCIPLES),
    "supply_chain",
    "about",
    "help_lead",
    "survey",
)
SOURCE = "source"  # whose wording it is: a text that has no status of its own
SURVEY = "survey"  # for later: shown nowhere yet
#: What stands on posters, in full or in plain sentences, and on the page that a poster leads to.
ON_POSTERS = tuple(key for key in KEYS if key not in {"preamble", "about", SURVEY})
ON_WORKER_PAGES = (*(key for key in KEYS if key.startswith("plain.")), "about", "help_lead")
ON_CODE_PAGES = tuple(key for key in KEYS if key not in {"help_lead", SURVEY})


class WordingStatus(StrEnum):
    """Whose wording it is: JP-MIRAI's own, approved by the secretariat, or ours."""

    OFFICIAL = "official"
    APPROVED = "approved"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text of a wording, and whose it is."""

    text: str
    status: WordingStatus


@dataclass(frozen=True, slots=True)
class Wording:
    """The code of conduct in one language; ``principles`` and ``plain`` have five texts each.

    ``survey`` is the line about the yearly survey, for the day there is one; it may be empty.
    ``status`` is that of the least approved sentence, ``statuses`` those of the others by key.
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
    statuses: Mapping[str, WordingStatus] = field(default_factory=dict, hash=False)

    def text(self, key: str) -> str:
        """Return the sentence of a key; KeyError for none, or where there is no such sentence."""
        name, _, number = key.partition(".")
        if key not in KEYS and key != SOURCE:
            raise KeyError(key)
        found = getattr(self, name)
        return str(found[int(number) - 1] if number else found)

    @property
    def sentences(self) -> dict[str, Sentence]:
        """Return what is said, by key: an empty line about the survey is not."""
        said = {key: self.text(key) for key in KEYS}
        return {key: Sentence(text, self.status_of(key)) for key, text in said.items() if text}

    def status_of(self, key: str) -> WordingStatus:
        """Return whose a sentence is."""
        return self.statuses.get(key, self.status)

    def least(self, keys: Iterable[str] = KEYS) -> WordingStatus:
        """Return the status of the least approved of these sentences: what is printed with them."""
        ranks = list(WordingStatus)
        return max((self.status_of(key) for key in keys), key=ranks.index)


def rewritten(wording: Wording, changes: Mapping[str, Sentence], source: str = "") -> Wording:
    """Return the wording with other sentences, and another source if one is named.

    Texts come back in Unicode NFC. Raises ``BankError`` with the key of a text that is wrong.
    """
    told: dict[str, str] = {key: sentence.text for key, sentence in changes.items()}
    told |= {SOURCE: source} if source else {}
    found = {key: checked(wording.language, key, text) for key, text in told.items()}
    parts: dict[str, str | tuple[str, ...]] = {}
    for name in {key.partition(".")[0] for key in found}:
        if name in _LISTS:
            keys = [f"{name}.{number}" for number in PRINCIPLES]
            parts[name] = tuple(found.get(key, wording.text(key)) for key in keys)
        else:
            parts[name] = found[name]
    statuses = {key: sentence.status for key, sentence in wording.sentences.items()}
    statuses |= {key: sentence.status for key, sentence in changes.items()}
    return _settled(replace(wording, **parts), statuses)  # type: ignore[arg-type]  # -- by name


def checked(language: str, key: str, text: str) -> str:
    """Return a sentence as it is kept; ``BankError`` says what is wrong with it.

    Only the line about the survey may be empty.
    """
    if key == SURVEY and not text.strip():
        return ""
    return _sentence(language, Node(language, key, text), _longest(key))


def sentence_mark(wording: Wording, key: str) -> str:
    """Return a short mark of a sentence as it is now: whoever saves shows what was seen."""
    status = "" if key == SOURCE else wording.status_of(key)
    seen = f"{wording.text(key)}\0{status}"
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


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
        for part in fields(wording)[1:]:
            value = getattr(wording, part.name)
            if isinstance(value, tuple):
                parts[part.name] = list(value)
            elif isinstance(value, Mapping):
                parts |= {part.name: {k: str(v) for k, v in value.items()}} if value else {}
            elif value:
                parts[part.name] = str(value)
        data[wording.language] = parts
    return yaml.safe_dump({"wordings": data}, allow_unicode=True, sort_keys=False, width=100)


def fingerprint(wording: Wording) -> str:
    """Return the SHA-256 of all that a poster says: with it a poster in an old wording is known."""
    said = {
        name: value
        for name, value in asdict(wording).items()
        if name not in {SOURCE, "statuses"} and value
    }
    said["status"] = wording.least(ON_POSTERS)  # the only one that is printed
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _wording(language: str, node: Node) -> Wording:
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise node.fault(Text("the language is not one of %(known)s", {"known": known}))
    free = ("survey", "statuses")
    needed = tuple(part.name for part in fields(Wording)[1:] if part.name not in free)
    parts = node.table(needed, optional=free)
    texts = {
        name: _sentence(language, parts[name], _longest(name))
        for name in ("source", "title", "preamble", "supply_chain", "about", "help_lead")
    }
    found = Wording(
        language=language,
        status=parts["status"].one_of(WordingStatus),
        principles=_five(language, parts["principles"], _longest("principles")),
        plain=_five(language, parts["plain"], _longest("plain")),
        survey=_sentence(language, parts["survey"], _SENTENCE) if "survey" in parts else "",
        statuses={},
        **texts,
    )
    if "statuses" not in parts:
        return found
    named = parts["statuses"].table((), optional=KEYS)
    return _settled(found, {key: value.one_of(WordingStatus) for key, value in named.items()})


def _settled(wording: Wording, statuses: Mapping[str, WordingStatus]) -> Wording:
    """Return the wording with these statuses in their one form: equal ones are equal values."""
    said = replace(wording, statuses=statuses)
    known = said.sentences
    least = said.least(known)
    others = {key: found.status for key, found in known.items() if found.status is not least}
    return replace(wording, status=least, statuses=others)


def _longest(key: str) -> int:
    return _LONGEST.get(key.partition(".")[0], _SENTENCE)


def _five(language: str, node: Node, longest: int) -> tuple[str, ...]:
    found = node.items()
    if len(found) != len(PRINCIPLES):
        raise node.fault(Text("five sentences expected, found %(found)s", {"found": len(found)}))
    return tuple(_sentence(language, item, longest) for item in found)


def _sentence(language: str, node: Node, longest: int) -> str:
    text = node.text(longest=longest, invisible=_NEEDED_INVISIBLE.get(language, ""))
    # a source is often named in another language, and a title can be a name
    named = node.path.rpartition(".")[2] in {SOURCE, "title"}
    if not named and not re.search(_LETTER[language], text):
        raise node.fault(Text("this is not written in the language %(tag)s", {"tag": language}))
    if language == "my" and _ZAWGYI.search(text):
        raise node.fault(Text("this looks like Zawgyi; Burmese must be in Unicode"))
    return text
