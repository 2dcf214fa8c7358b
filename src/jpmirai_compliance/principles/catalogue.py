"""The editions of the bank that come with the product."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.model import Edition, edition_order
from jpmirai_compliance.principles.parsing import EDITION_FILE, parse_edition
from jpmirai_compliance.principles.reading import BankError

_BANK = files(__package__) / "bank"


def editions() -> tuple[str, ...]:
    """Return the ids of all editions, oldest first."""
    return editions_in(_BANK)


@cache
def load_edition(edition_id: str) -> Edition:
    """Return one edition, read once per process; ``BankError`` if there is none or it is wrong."""
    return edition_from(_BANK, edition_id)


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
