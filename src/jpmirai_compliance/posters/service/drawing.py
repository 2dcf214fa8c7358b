"""Making posters."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jpmirai_compliance.accounts.queries import organisation
from jpmirai_compliance.disclosure.queries.help import desks
from jpmirai_compliance.disclosure.queries.texts import wording, wording_languages
from jpmirai_compliance.disclosure.rules import labels
from jpmirai_compliance.disclosure.rules.help import printed
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete, NotFound
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Actor,
    Of,
    Permission,
    authorize,
)
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.posters import queries
from jpmirai_compliance.posters.layout import (
    DoesNotFit,
    HelpLine,
    Layout,
    Look,
    Mark,
    Poster,
    draw_sheets,
    pages_of,
)
from jpmirai_compliance.principles import ON_POSTERS, Wording, without_ruby
from jpmirai_compliance.typesetting.faces import missing_characters
from jpmirai_compliance.workplaces.queries import WorkplaceView, by_code, find
from jpmirai_compliance.workplaces.rules import AMBULANCE, POLICE, texts

AUTHOR = "JP-MIRAI"

#: Name and telephone or address of the neutral places that a poster prints.
Neutral = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a poster will hang; names are None on a poster without names."""

    code: str
    organisation: str | None
    site: str | None
    contact_name: str
    contact: str  # telephone, else mail address, else empty
    logo: Mark | None = None


#: Of no workplace: its address is no code, and leads to the general page.
_NOWHERE = Place("workers", None, None, "", "")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants: languages in order, names or none, plain sentences or full ones.

    ``apart`` gives a document for each sheet instead of one for all. A sheet with many languages
    and a card have room for plain sentences only.
    """

    languages: Sequence[str]
    named: bool = True
    logo: bool = True
    plain: bool = False
    look: Look = field(default_factory=Look)
    apart: bool = False

    @property
    def plainly(self) -> bool:
        """Whether the sentences are the plain ones."""
        return self.plain or self.look.layout in {Layout.MANY, Layout.CARD, Layout.CARDS}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One PDF, and what each of its pages is called, for names of files."""

    names: tuple[str, ...]
    pdf: bytes


def make_posters(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    workplace_id: uuid.UUID,
    wish: Wish,
    base_url: str,
    now: dt.datetime,
) -> tuple[Drawn, ...]:
    """Return the posters as PDF, in the wordings in force now.

    NotFound, NotPermitted; Incomplete without a language that has a wording, or if a name holds
    characters that cannot be printed; DomainError for a closed workplace or a text too long.
    """
    place, posters = _posters(uow, actor, workplace_id, wish, base_url, now)
    groups = pages_of(posters, wish.look.layout)
    drawn = tuple(
        Drawn(tuple(_name(page, wish.look) for page in pages), _draw(pages, wish.look))
        for pages in ([[group] for group in groups] if wish.apart else [groups])
    )
    audit.record(
        uow,
        Event.POSTER_MADE,
        actor=actor,
        now=now,
        subject=f"workplace:{place.id}",
        org_id=place.org_id,
        data={
            "languages": [poster.language for poster in posters],
            "status": [wording(uow, poster.language).least(ON_POSTERS).value for poster in posters],
            "layout": wish.look.layout.value,
            "named": wish.named,
            "plain": wish.plainly,
        },
    )
    return drawn


def preview(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    workplace_id: uuid.UUID,
    wish: Wish,
    page: int,
    base_url: str,
    now: dt.datetime,
) -> bytes:
    """Return one sheet, counted from 1, as PDF. Errors as above; NotFound for no such sheet."""
    _place, posters = _posters(uow, actor, workplace_id, wish, base_url, now)
    groups = pages_of(posters, wish.look.layout)
    if not 1 <= page <= len(groups):
        raise NotFound
    return _draw([groups[page - 1]], wish.look)


def public_poster(
    uow: UnitOfWork, *, code: str, language: str, base_url: str, now: dt.datetime
) -> bytes:
    """Return the poster of a code's workplace; one without names where the code has none.

    The same bytes all day. KeyError for a language outside the table; DomainError if the text in
    force is too long even in plain sentences.
    """
    found = by_code(uow, code)
    place = _spot(uow, found, named=True) if found else _NOWHERE
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    neutral = printed(desks(uow), language)
    return _full_or_plain(wording(uow, language), place, neutral, base_url, day)


def help_preview(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    language: str,
    neutral: Neutral,
    base_url: str,
    now: dt.datetime,
) -> bytes:
    """Return a poster without names as it would be with this neutral help, as PDF.

    NotPermitted; Incomplete for a language without a wording; DomainError if it does not fit.
    """
    authorize(actor, Permission.HELP_MANAGE, SECRETARIAT_ITSELF)
    [said] = _wordings(uow, [language])
    return _full_or_plain(said, _NOWHERE, neutral, base_url, now)


def unprintable(uow: UnitOfWork, actor: Actor, workplace_id: uuid.UUID) -> str:
    """Return the characters of the names on a poster that no font has. NotFound."""
    spot = _spot(uow, find(uow, actor, workplace_id), named=True)
    return missing_characters(f"{spot.organisation}{spot.site}{spot.contact_name}{spot.contact}")


def _posters(  # noqa: PLR0913, PLR0917 -- what every caller has
    uow: UnitOfWork,
    actor: Actor,
    workplace_id: uuid.UUID,
    wish: Wish,
    base_url: str,
    now: dt.datetime,
) -> tuple[WorkplaceView, list[Poster]]:
    place = find(uow, actor, workplace_id)
    authorize(actor, Permission.POSTER_MAKE, Of(place.org_id))
    found = _wordings(uow, wish.languages)
    spot = _spot(uow, place, named=wish.named, logo=wish.logo)
    plain, all_ = wish.plainly, desks(uow)
    return place, [
        _poster(w, spot, printed(all_, w.language), plain=plain, base_url=base_url, now=now)
        for w in found
    ]


def _full_or_plain(
    said: Wording, place: Place, neutral: Neutral, base_url: str, day: dt.datetime
) -> bytes:
    """Return a poster in full sentences, in plain ones where those are too long."""
    try:
        full = _poster(said, place, neutral, plain=False, base_url=base_url, now=day)
        return _draw([[full]], Look())
    except DomainError:
        plain = _poster(said, place, neutral, plain=True, base_url=base_url, now=day)
        return _draw([[plain]], Look())


def _draw(pages: Sequence[Sequence[Poster]], look: Look) -> bytes:
    try:
        return draw_sheets([poster for page in pages for poster in page], look)
    except DoesNotFit as error:
        text = Text("A text is too long for the page. Choose the plain sentences.")
        raise DomainError(text) from error


def _name(page: Sequence[Poster], look: Look) -> str:
    tags = "-".join(poster.language for poster in page)
    return f"jp-mirai-{look.layout.value}-{tags}"


def _wordings(uow: UnitOfWork, languages: Sequence[str]) -> list[Wording]:
    known = wording_languages(uow)
    if not languages or any(tag not in known for tag in languages):
        text = Text("Choose at least one language.")
        raise Incomplete(text, [Gap(text, "languages")])
    return [wording(uow, tag) for tag in dict.fromkeys(languages)]


def _spot(uow: UnitOfWork, place: WorkplaceView, *, named: bool, logo: bool = True) -> Place:
    if place.closed_at is not None:
        raise DomainError(Text("This workplace is closed."))
    return Place(
        code=place.code,
        organisation=organisation(uow, place.org_id).name_ja if named else None,
        site=place.name if named else None,
        contact_name=place.contact_name,
        contact=place.contact_phone or place.contact_email,
        logo=queries.logo(uow, place.org_id) if named and logo else None,
    )


def _poster(  # noqa: PLR0913 -- private
    wording: Wording,
    place: Place,
    neutral: Neutral,
    *,
    plain: bool,
    base_url: str,
    now: dt.datetime,
) -> Poster:
    """Return what stands on the poster; the code leads to the workplace's page."""
    own, printed = labels(wording.language), wording.least(ON_POSTERS)
    japanese = wording.language.startswith("ja")
    return Poster(
        language=wording.language,
        title=wording.title,
        subtitle="",
        principles=wording.plain if plain else wording.principles,
        supply_chain=wording.supply_chain,
        help_lead=wording.help_lead,
        help_lines=_help(wording.language, place, neutral),
        organisation=place.organisation,
        site=place.site,
        qr_url=f"{base_url}/q/{place.code}".upper(),
        short_url=f"{urlsplit(base_url).netloc}/q/{place.code}",
        status=without_ruby(own.status(printed)),
        status_ja="" if japanese else labels("ja").status(printed),
        footer=f"{AUTHOR} {now.year}",
        author=AUTHOR,
        created=now,
        scan=own.scan,
        logo=place.logo,
        same_code=texts(wording.language).same_code if place is not _NOWHERE else "",
    )


def _help(language: str, place: Place, neutral: Neutral) -> tuple[HelpLine, ...]:
    """Return neutral places first, then the organisation's own contact, then whom to call.

    An own contact adds a line and takes none away. The code leads to all of them.
    """
    words = texts(language)
    found = [HelpLine(name, way) for name, way in neutral]
    if place.contact:
        typed = bool(place.contact_name)
        found.append(HelpLine(place.contact_name or words.own_title, place.contact, typed=typed))
    return (*found, HelpLine(words.police, POLICE), HelpLine(words.ambulance, AMBULANCE))
