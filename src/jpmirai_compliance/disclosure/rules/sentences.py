"""What the sentences of a wording are called on the secretariat's pages and in its files. Pure."""

from dataclasses import dataclass
from types import MappingProxyType

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import KEYS, SOURCE, SURVEY, Wording, WordingStatus

STATUS_NAMES = MappingProxyType(
    {
        WordingStatus.OFFICIAL: Text("Official"),
        WordingStatus.APPROVED: Text("Approved by the secretariat"),
        WordingStatus.REFERENCE: Text("Reference"),
    }
)
_NAMES = MappingProxyType(
    {
        SOURCE: Text("Source, printed beside the status"),
        "title": Text("Title"),
        "preamble": Text("Why there is a code"),
        "supply_chain": Text("Promise about the supply chain"),
        "about": Text("What this code is"),
        "help_lead": Text("Where to get help"),
        SURVEY: Text("Line about the survey, for later"),
    }
)


def sentence_name(key: str) -> Text:
    """Return what a sentence is called; KeyError if there is none."""
    kind, _, number = key.partition(".")
    if kind == "principles":
        return Text("Principle %(number)s in full", {"number": number})
    if kind == "plain":
        return Text("Principle %(number)s in one plain sentence", {"number": number})
    return _NAMES[key]


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one text: it before and after, and whose it is before and after.

    The source has no status, nor has a text that is empty.
    """

    key: str
    before: str
    after: str
    status_before: WordingStatus | None
    status_after: WordingStatus | None


def changes(before: Wording, after: Wording) -> tuple[Change, ...]:
    """Return what differs between two wordings of a language, in the order of the sentences."""
    found = []
    for key in (*KEYS, SOURCE):
        old, new = before.text(key), after.text(key)
        of_old = before.status_of(key) if old and key != SOURCE else None
        of_new = after.status_of(key) if new and key != SOURCE else None
        if (old, of_old) != (new, of_new):
            found.append(Change(key, old, new, of_old, of_new))
    return tuple(found)
