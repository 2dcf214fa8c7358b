"""Changing an edition that is not published yet. Pure: canonical texts in, canonical texts out."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.catalogue import check_successor
from jpmirai_compliance.principles.data import canonical, from_canonical
from jpmirai_compliance.principles.model import Edition, edition_order
from jpmirai_compliance.principles.parsing import EDITION_FILE, GUIDANCE_FILE, read_edition
from jpmirai_compliance.principles.reading import CONTENT_LANGUAGES, BankError, Node, read_yaml

HIGHEST = 99
NUMBERS = 999


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator and its guidance as the files hold them; ``guide`` is None without any."""

    indicator: dict[str, Any]
    guide: dict[str, Any] | None

    @property
    def token(self) -> str:
        """A short name of this content: whoever saves says which one was seen."""
        both = json.dumps([self.indicator, self.guide], sort_keys=True)
        return hashlib.sha256(both.encode()).hexdigest()[:16]


def clone(text: str, edition_id: str) -> str:
    """Return the same edition under another id."""
    files = _files(text)
    files[EDITION_FILE]["id"] = edition_id
    return _checked(files)


def entry_of(text: str, indicator_id: str) -> Entry | None:
    """Return what an edition says about one indicator, or None."""
    files = _files(text)
    found = files.get(_file_of(indicator_id), {}).get("indicators", {}).get(indicator_id)
    return Entry(found, files[GUIDANCE_FILE]["indicators"].get(indicator_id)) if found else None


def with_entry(text: str, indicator_id: str, entry: Entry) -> str:
    """Return the edition with one indicator added or changed; ``BankError`` if it is wrong."""
    files = _files(text)
    files[_file_of(indicator_id)]["indicators"][indicator_id] = entry.indicator
    if entry.guide is not None:
        files[GUIDANCE_FILE]["indicators"][indicator_id] = entry.guide
    return _checked(files)


def without_entry(text: str, indicator_id: str) -> str:
    """Return the edition without an indicator that no edition has asked yet."""
    files = _files(text)
    files[_file_of(indicator_id)]["indicators"].pop(indicator_id)
    files[GUIDANCE_FILE]["indicators"].pop(indicator_id, None)
    return _checked(files)


def with_files(text: str, sent: Mapping[str, str]) -> str:
    """Return the edition with some of its YAML files replaced; ``BankError`` naming the fault."""
    roots = {name: Node(name, "", value) for name, value in _files(text).items()}
    for name in sent:
        if name not in roots:
            raise BankError(name, "", Text("unknown file"))
    roots.update({name: read_yaml(content, name) for name, content in sent.items()})
    return canonical(read_edition(roots))


def other_id(expected: str) -> BankError:
    """Return the error of an imported file that belongs to another edition."""
    return BankError(EDITION_FILE, "id", Text("%(id)s expected", {"id": expected}))


def flat(entry: Entry) -> dict[str, str]:
    """Return the content of an entry as field name → text, as a form shows it.

    ``title_ja``, ``level2_en``, ``evidence_ja`` (one example a line), ``applies_to`` and so on.
    """
    found: dict[str, str] = {}
    for key, value in {**entry.indicator, **(entry.guide or {})}.items():
        if key == "levels":
            for place, level in enumerate(value):
                found |= {f"level{place}_{tag}": text for tag, text in level.items()}
        elif key == "evidence":
            for tag in CONTENT_LANGUAGES:
                found[f"evidence_{tag}"] = "\n".join(example[tag] for example in value)
        elif isinstance(value, dict):
            found |= {f"{key}_{tag}": text for tag, text in value.items()}
        elif isinstance(value, list):
            found[key] = "\n".join(value)
        else:
            found[key] = str(value)
    return found


def next_edition_id(year: int, taken: Iterable[str]) -> str:
    """Return the first id of the year, or a later one, above all that are taken."""
    newest = max((edition_order(known) for known in taken), default=(0, 0))
    number = newest[1] + 1 if newest[0] >= year else 1
    return f"{max(year, newest[0])}.{number}"


def next_indicator_id(principle: int, known: Iterable[Edition]) -> str:
    """Return an id of a principle that no edition has used; ``BankError`` if they are used up."""
    used = [int(i.id[3:]) for e in known for i in e.indicators if i.principle == principle]
    if (number := max(used, default=0) + 1) > HIGHEST:
        file = _file_of(f"P{principle}")
        raise BankError(file, "", Text("all ids of this principle are used"))
    return f"P{principle}-{number:02}"


def check_draft(draft: Edition, base: Edition, known: Iterable[Edition]) -> None:
    """Raise ``BankError`` if ``draft`` lost an id, revived one, or uses one that means another.

    ``base`` is what it was cloned from, ``known`` all editions that are shipped or published.
    """
    check_successor(base, draft)
    inherited = {i.id for i in base.indicators}
    for edition in known:
        if edition_order(edition.id) < edition_order(draft.id):
            _check_lost(edition, draft)
        for indicator in edition.indicators:
            if indicator.id not in inherited and any(
                i.id == indicator.id for i in draft.indicators
            ):
                values = {"edition": edition.id}
                text = Text("this id has another meaning in edition %(edition)s", values)
                raise BankError(_file_of(indicator.id), indicator.id, text)


def _check_lost(edition: Edition, draft: Edition) -> None:
    present = {i.id for i in draft.indicators}
    for indicator in edition.indicators:
        if indicator.id not in present:
            text = Text("in edition %(edition)s; clone that one instead", {"edition": edition.id})
            raise BankError(_file_of(indicator.id), indicator.id, text)


def _file_of(indicator_id: str) -> str:
    return f"p{indicator_id[1:2]}.yaml"


def _files(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def _checked(files: Mapping[str, object]) -> str:
    return canonical(from_canonical(json.dumps(files, ensure_ascii=False)))
