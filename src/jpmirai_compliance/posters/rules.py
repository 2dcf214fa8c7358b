"""What stands on a poster in one language. Pure."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from jpmirai_compliance.disclosure.rules import labels
from jpmirai_compliance.posters.layout import HelpLine, Poster
from jpmirai_compliance.principles import Wording
from jpmirai_compliance.workplaces.rules import (
    AMBULANCE,
    LANGUAGES,
    POLICE,
    help_desks,
    texts,
)

AUTHOR = "JP-MIRAI"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a poster will hang; names are None on a poster without names."""

    code: str
    organisation: str | None
    site: str | None
    contact_name: str
    contact: str  # telephone, else mail address, else empty


def poster(
    wording: Wording, place: Place, *, plain: bool, base_url: str, now: dt.datetime
) -> Poster:
    """Return the poster's content; the code leads to the workplace's page."""
    own = labels(wording.language)
    japanese = wording.language.startswith("ja")
    return Poster(
        language=wording.language,
        title=wording.title,
        subtitle="",
        principles=wording.plain if plain else wording.principles,
        supply_chain=wording.supply_chain,
        help_lead=wording.help_lead,
        help_lines=_help(wording.language, place),
        organisation=place.organisation,
        site=place.site,
        qr_url=f"{base_url}/q/{place.code}".upper(),
        short_url=f"{urlsplit(base_url).netloc}/q/{place.code}",
        status=own.status(wording.status),
        status_ja="" if japanese else labels("ja").status(wording.status),
        footer=f"{AUTHOR} {now.year}",
        author=AUTHOR,
        created=now,
    )


def _help(language: str, place: Place) -> tuple[HelpLine, ...]:
    """Return the neutral places first, then the organisation's own."""
    words = texts(language if language in LANGUAGES else "en")
    found = [HelpLine(d.name, urlsplit(d.url).netloc) for d in help_desks(language)]
    found.append(HelpLine(f"{words.police} / {words.ambulance}", f"{POLICE} / {AMBULANCE}"))
    if place.contact:
        found.append(HelpLine(place.contact_name or words.own_title, place.contact))
    return tuple(found)
