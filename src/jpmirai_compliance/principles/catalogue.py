"""The editions of the bank: those that come with the product, and those made known to it."""

import json
import threading
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.data import canonical, digest, from_canonical
from jpmirai_compliance.principles.model import Edition, edition_order
from jpmirai_compliance.principles.parsing import EDITION_FILE, parse_edition
from jpmirai_compliance.principles.reading import BankError

_BANK = files(__package__) / "bank"

#: SHA-256 of the canonical text of each shipped edition, beside their folders.
CHECKSUMS = "checksums.json"

_registering = threading.Lock()
_registered: dict[str, tuple[str, Edition]] = {}


class EditionClash(RuntimeError):
    """Two editions claim one id: past scores could change, so nothing goes on."""

    def __init__(self, edition_id: str, known: str, found: str) -> None:
        super().__init__(f"edition {edition_id} is known as {known[:12]}, not {found[:12]}")
        self.edition_id = edition_id


def editions() -> tuple[str, ...]:
    """Return the ids of the shipped editions, oldest first."""
    return editions_in(_BANK)


def load_edition(edition_id: str) -> Edition:
    """Return one edition, shipped or registered; ``BankError`` if there is none or it is wrong."""
    if edition_id in _registered:
        return _registered[edition_id][1]
    return _shipped(edition_id)


def register(text: str) -> Edition:
    """Make an edition known to this process by its canonical text, and return it.

    Rules read editions without a database: whoever can read one registers what lies in it. An id
    never changes its meaning: ``EditionClash`` if it is known with other content.
    """
    found = digest(text)
    edition = from_canonical(text)
    known = digest_of(edition.id)
    if known not in {None, found}:
        raise EditionClash(edition.id, str(known), found)
    if known is None:
        with _registering:
            _registered[edition.id] = (found, edition)
    return edition


def digest_of(edition_id: str) -> str | None:
    """Return the SHA-256 of an edition's canonical text; None if it is not known here."""
    if edition_id in _registered:
        return _registered[edition_id][0]
    return _shipped_digest(edition_id) if edition_id in editions() else None


def changed_since_shipping() -> list[str]:
    """Return the ids of shipped editions that differ from the committed list of checksums."""
    listed = json.loads((_BANK / CHECKSUMS).read_text(encoding="utf-8"))
    return sorted(
        key for key in {*editions(), *listed} if listed.get(key) != (digest_of(key) or "")
    )


@cache
def _shipped(edition_id: str) -> Edition:
    return edition_from(_BANK, edition_id)


@cache
def _shipped_digest(edition_id: str) -> str:
    return digest(canonical(_shipped(edition_id)))


def editions_in(bank: Traversable) -> tuple[str, ...]:
    """Return the ids of the editions in a folder, oldest first."""
    names = (folder.name for folder in bank.iterdir() if folder.is_dir())
    return tuple(sorted(names, key=edition_order))


def edition_from(bank: Traversable, edition_id: str) -> Edition:
    """Return one edition from a folder of editions, checked against all that came before it."""
    known = editions_in(bank)
    if edition_id not in known:
        values = {"known": ", ".join(known)}
        raise BankError(edition_id, "", Text("there is no such edition; known: %(known)s", values))
    edition = parse_edition(
        {
            file.name: file.read_text(encoding="utf-8")
            for file in (bank / edition_id).iterdir()
            if file.name.endswith(".yaml")
        }
    )
    if edition.id != edition_id:
        values = {"folder": edition_id}
        raise BankError(EDITION_FILE, "id", Text("the folder is called %(folder)s", values))
    place = known.index(edition_id)
    if place:
        check_successor(edition_from(bank, known[place - 1]), edition)
    return edition


def check_successor(old: Edition, new: Edition) -> None:
    """Raise ``BankError`` if an indicator of ``old`` is gone from ``new`` or came back to life.

    Ids are for ever: an indicator is retired with ``until``, never deleted and never reused.
    """
    present = {indicator.id: indicator for indicator in new.indicators}
    for indicator in old.indicators:
        file = f"p{indicator.principle}.yaml"
        if indicator.id not in present:
            text = Text("in edition %(edition)s; retire it with until", {"edition": old.id})
            raise BankError(file, indicator.id, text)
        if indicator.until is not None and present[indicator.id].until != indicator.until:
            text = Text("retired in %(edition)s; it stays so", {"edition": indicator.until})
            raise BankError(file, f"{indicator.id}.until", text)
