"""Posters that were put up: a record, and the photo as evidence of the question it belongs to."""

import datetime as dt
import uuid
from dataclasses import dataclass

from jpmirai_compliance.assessments.queries.openings import taking_evidence
from jpmirai_compliance.assessments.service import answers
from jpmirai_compliance.disclosure.service import postings
from jpmirai_compliance.disclosure.service.postings import Hung, Wall
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.models import Category
from jpmirai_compliance.evidence.service import Description, Received
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.workplaces.service.sites import held

#: «Multilingual posting at workplaces and counters»; an indicator's id is for ever.
POSTING_INDICATOR = "P5-02"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of the wall that lies in the store already, and the title it gets."""

    received: Received
    title: str
    quota_mb: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record's id, and the year whose assessment got the photo; None: it is in the library."""

    id: uuid.UUID
    year: int | None


def put_up(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    workplace_id: uuid.UUID,
    hung: Hung,
    photo: Photo | None,
    now: dt.datetime,
) -> Recorded:
    """Record what was put up at an open site, and keep its photo.

    The photo becomes evidence of the question on posters where that answer may change now; else
    it waits in the library. NotFound, NotPermitted, DomainError for a closed site, Incomplete for
    the day or the languages, FileRefused if there is no room for the photo.
    """
    place = held(uow, actor, workplace_id)
    year, evidence_id = _keep(uow, actor, place.org_id, photo, hung, now)
    wall = Wall(place.org_id, place.id, place.name)
    made = postings.put_up(uow, actor=actor, wall=wall, hung=hung, evidence_id=evidence_id, now=now)
    return Recorded(made, year)


def _keep(  # noqa: PLR0913, PLR0917 -- one caller
    uow: UnitOfWork,
    actor: Actor,
    org_id: uuid.UUID,
    photo: Photo | None,
    hung: Hung,
    now: dt.datetime,
) -> tuple[int | None, uuid.UUID | None]:
    if photo is None:
        return None, None
    said = Description(photo.title, issued_on=hung.posted_on, category=Category.PHOTO)
    found = taking_evidence(uow, actor, POSTING_INDICATOR, now=now)
    if found is None:
        return None, evidence.add_received(
            uow,
            actor=actor,
            org_id=org_id,
            received=photo.received,
            description=said,
            quota_mb=photo.quota_mb,
            now=now,
        )
    return found.year, answers.attach_file(
        uow,
        actor=actor,
        assessment_id=found.id,
        indicator_id=POSTING_INDICATOR,
        received=photo.received,
        description=said,
        quota_mb=photo.quota_mb,
        now=now,
    )
