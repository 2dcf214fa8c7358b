"""Where the code of conduct hangs, site by site. Pure."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Posted(Protocol):
    """Posters that were put up at one site on one day."""

    @property
    def workplace_id(self) -> uuid.UUID:
        """The site."""

    @property
    def site(self) -> str:
        """Its name on that day."""

    @property
    def named(self) -> bool:
        """Whether the public page may say the name."""

    @property
    def posted_on(self) -> dt.date:
        """The day."""

    @property
    def wordings(self) -> Mapping[str, str]:
        """Language → fingerprint of the wording that hangs there."""

    @property
    def created_at(self) -> dt.datetime:
        """When it was recorded."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """The newest poster of one language at one site."""

    language: str
    posted_on: dt.date
    outdated: bool  # the wording has changed since


@dataclass(frozen=True, slots=True)
class Site:
    """What hangs at one site; ``named``: its name may be public."""

    workplace_id: uuid.UUID
    name: str
    named: bool
    posters: tuple[Hanging, ...]

    @property
    def outdated(self) -> tuple[str, ...]:
        """The languages whose posters should be printed anew."""
        return tuple(poster.language for poster in self.posters if poster.outdated)


def sites(postings: Iterable[Posted], in_force: Mapping[str, str]) -> tuple[Site, ...]:
    """Return what hangs where, by name; of each language the newest poster of a site counts.

    ``in_force``: language → fingerprint now, in the order of the languages. What was recorded
    last at a site decides about its name.
    """
    found: dict[uuid.UUID, list[Posted]] = {}
    for posting in sorted(postings, key=lambda p: p.created_at):
        found.setdefault(posting.workplace_id, []).append(posting)
    made = [_site(of_one, in_force) for of_one in found.values()]
    return tuple(sorted(made, key=lambda site: (site.name, site.workplace_id.hex)))


def with_postings(page: Mapping[str, Any], found: Iterable[Site]) -> dict[str, Any]:
    """Return the page with sites and languages; without any it stays as it was, to the byte.

    A site whose name is not to be shown has the empty name and comes last.
    """
    rest = {key: value for key, value in page.items() if key != "postings"}
    lines = [
        {
            "site": site.name if site.named else "",
            "languages": [
                {"language": poster.language, "posted_on": poster.posted_on.isoformat()}
                for poster in site.posters
            ],
        }
        for site in found
    ]
    # not by the hidden name: the order would give it away
    lines.sort(key=lambda line: (not line["site"], line["site"], json.dumps(line["languages"])))
    return rest | {"postings": lines} if lines else rest


def _site(of_one: list[Posted], in_force: Mapping[str, str]) -> Site:
    newest: dict[str, Posted] = {}
    for posting in sorted(of_one, key=lambda p: (p.posted_on, p.created_at)):
        newest |= dict.fromkeys(posting.wordings, posting)
    order = [tag for tag in in_force if tag in newest]
    order += sorted(newest.keys() - in_force.keys())
    last = of_one[-1]
    return Site(
        last.workplace_id,
        last.site,
        last.named,
        tuple(
            Hanging(tag, newest[tag].posted_on, newest[tag].wordings[tag] != in_force.get(tag))
            for tag in order
        ),
    )
