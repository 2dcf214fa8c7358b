"""Making posters."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from jpmirai_compliance.accounts.queries import organisation
from jpmirai_compliance.disclosure.queries import wording, wording_languages
from jpmirai_compliance.disclosure.rules import labels
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete
from jpmirai_compliance.foundation.policy import Actor, Of, Permission, authorize
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.posters.layout import DoesNotFit, HelpLine, Poster, draw_pack
from jpmirai_compliance.principles import Wording, without_ruby
from jpmirai_compliance.workplaces.queries import WorkplaceView, find
from jpmirai_compliance.workplaces.rules import AMBULANCE, POLICE, help_desks, texts

AUTHOR = "JP-MIRAI"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a poster will hang; names are None on a poster without names."""

    code: str
    organisation: str | None
    site: str | None
    contact_name: str
    contact: str  # telephone, else mail address, else empty


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants: languages in order, names or none, plain sentences or full ones."""

    languages: Sequence[str]
    named: bool = True
    plain: bool = False


def make_posters(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    workplace_id: uuid.UUID,
    wish: Wish,
    base_url: str,
    now: dt.datetime,
) -> bytes:
    """Return a PDF with an A4 poster for each language, in the wordings in force now.

    NotFound, NotPermitted; Incomplete without a language that has a wording; DomainError for
    a closed workplace or a wording too long for the page.
    """
    place = find(uow, actor, workplace_id)
    authorize(actor, Permission.POSTER_MAKE, Of(place.org_id))
    wordings = _wordings(uow, wish.languages)
    spot = _spot(uow, place, named=wish.named)
    posters = [_poster(w, spot, plain=wish.plain, base_url=base_url, now=now) for w in wordings]
    try:
        drawn = draw_pack(posters)
    except DoesNotFit as error:
        text = Text("A text is too long for an A4 page. Choose the plain sentences.")
        raise DomainError(text) from error
    audit.record(
        uow,
        Event.POSTER_MADE,
        actor=actor,
        now=now,
        subject=f"workplace:{place.id}",
        org_id=place.org_id,
        data={
            "languages": [w.language for w in wordings],
            "status": [w.status.value for w in wordings],
            "named": wish.named,
            "plain": wish.plain,
        },
    )
    return drawn


def _wordings(uow: UnitOfWork, languages: Sequence[str]) -> list[Wording]:
    known = wording_languages(uow)
    if not languages or any(tag not in known for tag in languages):
        text = Text("Choose at least one language.")
        raise Incomplete(text, [Gap(text, "languages")])
    return [wording(uow, tag) for tag in dict.fromkeys(languages)]


def _spot(uow: UnitOfWork, place: WorkplaceView, *, named: bool) -> Place:
    if place.closed_at is not None:
        raise DomainError(Text("This workplace is closed."))
    return Place(
        code=place.code,
        organisation=organisation(uow, place.org_id).name_ja if named else None,
        site=place.name if named else None,
        contact_name=place.contact_name,
        contact=place.contact_phone or place.contact_email,
    )


def _poster(
    wording: Wording, place: Place, *, plain: bool, base_url: str, now: dt.datetime
) -> Poster:
    """Return what stands on the poster; the code leads to the workplace's page."""
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
        status=without_ruby(own.status(wording.status)),
        status_ja="" if japanese else labels("ja").status(wording.status),
        footer=f"{AUTHOR} {now.year}",
        author=AUTHOR,
        created=now,
        scan=own.scan,
        same_code=texts(wording.language).same_code,
    )


def _help(language: str, place: Place) -> tuple[HelpLine, ...]:
    """Return neutral places first, then the organisation's own contact, then whom to call.

    The code leads to all of them.
    """
    words, desks = texts(language), help_desks(language)
    found = [HelpLine(desks[0].name, desks[0].phone or urlsplit(desks[0].url).netloc)]
    if place.contact:
        typed = bool(place.contact_name)
        found.append(HelpLine(place.contact_name or words.own_title, place.contact, typed=typed))
    else:
        found += [HelpLine(desk.name, desk.phone) for desk in desks[1:] if desk.phone][:1]
    return (*found, HelpLine(words.police, POLICE), HelpLine(words.ambulance, AMBULANCE))
