"""Making posters."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from jpmirai_compliance.accounts.queries import organisation
from jpmirai_compliance.disclosure.queries import wording, wording_languages
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete
from jpmirai_compliance.foundation.policy import Actor, Of, Permission, authorize
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.posters import rules
from jpmirai_compliance.posters.layout import DoesNotFit, draw_pack
from jpmirai_compliance.workplaces.queries import find


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

    NotFound, NotPermitted; Incomplete for no language or one without a wording; DomainError
    for a closed workplace, or if a wording is too long for the page.
    """
    place = find(uow, actor, workplace_id)
    authorize(actor, Permission.POSTER_MAKE, Of(place.org_id))
    if place.closed_at is not None:
        raise DomainError(Text("This workplace is closed."))
    known = wording_languages(uow)
    if not wish.languages or any(tag not in known for tag in wish.languages):
        text = Text("Choose at least one language.")
        raise Incomplete(text, [Gap(text, "languages")])
    name = organisation(uow, place.org_id).name_ja
    spot = rules.Place(
        code=place.code,
        organisation=name if wish.named else None,
        site=place.name if wish.named else None,
        contact_name=place.contact_name,
        contact=place.contact_phone or place.contact_email,
    )
    wordings = [wording(uow, tag) for tag in dict.fromkeys(wish.languages)]
    posters = [
        rules.poster(w, spot, plain=wish.plain, base_url=base_url, now=now) for w in wordings
    ]
    try:
        drawn = draw_pack(posters)
    except DoesNotFit as error:
        raise DomainError(
            Text("A text is too long for an A4 page. Choose the plain sentences.")
        ) from error
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
