"""Words around the code of conduct, in each language in which we have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from jpmirai_compliance.principles import WordingStatus

_FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Labels:
    """Headings of a page about the code, and the names of the three kinds of wording."""

    language: str
    principles: str
    supply_chain: str
    about: str
    statuses: Mapping[str, str]

    def status(self, status: WordingStatus) -> str:
        """Return what is printed beside a wording: whose it is."""
        return self.statuses[status.value]


def labels(language: str) -> Labels:
    """Return the labels in a language, in English where we have none."""
    every = _every()
    return every.get(language, every[_FALLBACK])


@cache
def _every() -> dict[str, Labels]:
    path = files("jpmirai_compliance.disclosure") / "texts" / "labels.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {tag: Labels(language=tag, **parts) for tag, parts in data.items()}
