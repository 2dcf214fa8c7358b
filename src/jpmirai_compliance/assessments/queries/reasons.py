"""The ready-made reasons: those that are shipped, as the secretariat changed them, and its own."""

from sqlmodel import col, select

from jpmirai_compliance.assessments.models import ReviewReason
from jpmirai_compliance.assessments.rules.reasons import REASONS, Reason
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized


def reasons(uow: UnitOfWork, *, actor: Actor) -> tuple[Reason, ...]:
    """Return all of them, retired ones too, shipped ones first; NotPermitted for members."""
    authorize(actor, Permission.ASSESSMENT_REVIEW, SECRETARIAT_ITSELF)
    query = select(ReviewReason).order_by(col(ReviewReason.label_ja), col(ReviewReason.id))
    own = {row.id: _reason(row) for row in uow.session.exec(query)}
    shipped = tuple(own.pop(reason.id, reason) for reason in REASONS)
    return *shipped, *own.values()


def _reason(row: ReviewReason) -> Reason:
    return Reason(
        row.id,
        Localized({"ja": row.label_ja, "en": row.label_en}),
        Localized({"ja": row.body_ja, "en": row.body_en}),
        retired=row.retired,
        version=row.version,
    )
