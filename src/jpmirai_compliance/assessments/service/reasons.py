"""The secretariat keeps the list of ready-made reasons."""

import datetime as dt
import uuid
from dataclasses import dataclass

from jpmirai_compliance.assessments.models import ReviewReason
from jpmirai_compliance.assessments.queries import reasons as queries
from jpmirai_compliance.assessments.rules.reasons import named
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import Conflict, NotFound
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize


@dataclass(frozen=True, slots=True)
class Wording:
    """A reason as it was typed; the form has checked that every part is there."""

    label_ja: str
    label_en: str
    body_ja: str
    body_en: str
    retired: bool = False


def save(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    reason_id: str | None,
    wording: Wording,
    version: int,
    now: dt.datetime,
) -> str:
    """Change a reason over the ``version`` that was seen, or add one (None); return its id.

    Raises NotPermitted, NotFound, Conflict if somebody changed it meanwhile.
    """
    authorize(actor, Permission.REVIEW_MANAGE, SECRETARIAT_ITSELF)
    lock(uow, "review-reasons")
    id_ = reason_id or uuid.uuid4().hex
    known = named(queries.reasons(uow, actor=actor), id_)
    if reason_id is not None and known is None:
        raise NotFound
    if (known.version if known else 0) != version:
        raise Conflict
    row = uow.session.get(ReviewReason, id_) or ReviewReason(
        id=id_,
        label_ja="",
        label_en="",
        body_ja="",
        body_en="",
        version=0,
        updated_at=now,
        updated_by=actor.user_id,
    )
    row.label_ja, row.label_en = wording.label_ja, wording.label_en
    row.body_ja, row.body_en = wording.body_ja, wording.body_en
    row.retired, row.version = wording.retired, version + 1
    row.updated_at, row.updated_by = now, actor.user_id
    uow.session.add(row)
    data: dict[str, object] = {"reason": id_, "retired": wording.retired}
    audit.record(uow, Event.REVIEW_REASONS_CHANGED, actor=actor, now=now, data=data)
    return id_
