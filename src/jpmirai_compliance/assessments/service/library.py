"""Removing a piece of evidence together with its places in answers that may still change."""

import datetime as dt
import uuid

from jpmirai_compliance.assessments.queries import library, member
from jpmirai_compliance.assessments.queries.library import Use
from jpmirai_compliance.assessments.service import answers
from jpmirai_compliance.evidence import queries as evidence_queries
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict
from jpmirai_compliance.foundation.policy import Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Text


def detachable(
    uow: UnitOfWork, actor: Actor, evidence_id: uuid.UUID, now: dt.datetime
) -> tuple[Use, ...]:
    """Return the uses from which a piece would be taken away: answers that may change now."""
    piece = evidence_queries.piece(uow, actor, evidence_id)[0]
    found = library.uses(uow, piece.org_id, evidence_id).get(evidence_id, ())
    open_years = {
        year
        for year in {use.year for use in found}
        if member.assessment(uow, actor, year).window.holds(now)
    }
    return tuple(use for use in found if use.editable and use.year in open_years)


def remove(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    evidence_id: uuid.UUID,
    version: int,
    confirmed: int,
    now: dt.datetime,
) -> None:
    """Take a piece out of the library, and from the ``confirmed`` number of answers.

    Frozen submissions keep their copy. Raises NotFound, NotPermitted, and Conflict if the piece
    changed since ``version`` or supports another number of answers than the person was told.
    """
    piece = evidence_queries.piece(uow, actor, evidence_id)[0]
    authorize(actor, Permission.EVIDENCE_ATTACH, piece)
    found = detachable(uow, actor, evidence_id, now)
    if len(found) != confirmed:
        raise Conflict(
            text=Text("Meanwhile this piece was added to or taken from an answer. Look again.")
        )
    for use in found:
        answers.detach(
            uow,
            actor=actor,
            assessment_id=use.assessment_id,
            indicator_id=use.indicator_id,
            evidence_id=evidence_id,
            now=now,
        )
    evidence.remove(uow, actor=actor, evidence_id=evidence_id, version=version, now=now)
