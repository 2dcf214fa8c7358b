"""Words around the code of conduct, in each language in which we have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from jpmirai_compliance.principles import LANGUAGES, WordingStatus

_FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Labels:
    """Headings of a page about the code, and the names of the three kinds of wording.

    ``scan`` is the sentence beside the code to scan on a poster.
    """

    language: str
    principles: str
    supply_chain: str
    about: str
    scan: str
    statuses: Mapping[str, str]

    def status(self, status: WordingStatus) -> str:
        """Return what is printed beside a wording: whose it is."""
        return self.statuses[status.value]


def labels(language: str) -> Labels:
    """Return the labels in a language, in English where we have none."""
    return _labels(language if language in LANGUAGES else _FALLBACK)


@cache
def _labels(language: str) -> Labels:
    path = files("jpmirai_compliance.disclosure") / "texts" / f"{language}.yaml"
    return Labels(language=language, **yaml.safe_load(path.read_text(encoding="utf-8")))
