"""Going from the short form to the full one and back; no answer is ever deleted."""

import datetime as dt

from sqlmodel import col, select

from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import FormLength, Participation, Status
from jpmirai_compliance.assessments.queries import form_length as queries
from jpmirai_compliance.assessments.service.holding import Held, hold, touch
from jpmirai_compliance.assessments.service.prefilling import prefill
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete
from jpmirai_compliance.foundation.policy import Actor, Permission
from jpmirai_compliance.foundation.text import Text

#: Before submitting; from then on what was asked is part of what was frozen.
CHANGEABLE = frozenset({Status.DRAFT, Status.AWAITING_APPROVAL, Status.APPROVED})


def change(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    form: FormLength,
    confirmed: bool,
    now: dt.datetime,
) -> None:
    """Give the actor's own assessment another form; an approval no longer stands.

    The full form is open to everybody. The short one needs a round in which members choose, and
    ``confirmed`` if questions outside it were answered: those answers stay stored, unasked.
    Raises NotFound, NotPermitted, DomainError once submitted or outside the window, Incomplete
    without the confirmation.
    """
    held = hold(uow, actor, Permission.ASSESSMENT_ANSWER, year=year)
    if held.row.status not in CHANGEABLE:
        raise DomainError(Text("The answers are submitted. The form cannot change now."))
    rules.require_open(held.view.window, now)
    if held.row.form is form:
        return
    if form is FormLength.CORE:
        _may_shorten(uow, held, confirmed=confirmed)
    query = select(Participation).where(
        col(Participation.round_id) == held.round.id, col(Participation.org_id) == held.row.org_id
    )
    participation = uow.session.exec(query).one_or_none()
    if participation is not None:
        participation.form = form
        uow.session.add(participation)
    held.row.form = form
    uow.session.add(held.row)
    uow.session.flush()
    # what is asked only now starts from last year, too
    prefill(uow, held.row, edition_id=held.round.edition, year=year, actor=actor, now=now)
    audit.record(
        uow,
        Event.FORM_CHANGED,
        actor=actor,
        now=now,
        subject=f"assessment:{held.row.id}",
        org_id=held.row.org_id,
        data={"year": year, "form": form.value},
    )
    touch(uow, held)


def _may_shorten(uow: UnitOfWork, held: Held, *, confirmed: bool) -> None:
    if not held.round.members_choose:
        raise DomainError(
            Text("In this round the secretariat chooses the form. Ask it for the short form.")
        )
    if not confirmed and queries.answered_outside(uow, held.view):
        gap = Gap(Text("Tick that these answers need not be asked."), "confirmed")
        raise Incomplete(Text("Questions outside the short form are answered."), [gap])
