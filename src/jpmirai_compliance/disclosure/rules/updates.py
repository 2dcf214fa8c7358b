"""The half-year update on a public page. Pure."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Protocol

from jpmirai_compliance.principles import load_edition


class Report(Protocol):
    """What an organisation handed in: principle → its four texts, and when."""

    @property
    def parts(self) -> Mapping[int, Mapping[str, str]]:
        """The texts by the number of the principle."""

    @property
    def at(self) -> dt.datetime:
        """When it was handed in."""


def with_update(page: Mapping[str, Any], report: Report | None) -> dict[str, Any]:
    """Return the page with the update on it; without one it stays as it was, to the byte."""
    rest = {key: value for key, value in page.items() if key != "update"}
    if report is None:
        return rest
    edition = load_edition(page["edition"])
    return rest | {
        "update": {
            "at": report.at.isoformat(timespec="seconds"),
            "principles": [
                {
                    "number": number,
                    "title": dict(edition.principle(number).title.texts),
                    **report.parts[number],
                }
                for number in sorted(report.parts)
            ],
        }
    }
