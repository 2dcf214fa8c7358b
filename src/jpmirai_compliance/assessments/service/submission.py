"""Submitting: the answers freeze, and everybody concerned gets a receipt."""

import datetime as dt

from sqlalchemy import update
from sqlmodel import col

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import AnswerRow, SnapshotKind, Status
from jpmirai_compliance.assessments.queries import snapshots
from jpmirai_compliance.assessments.queries.snapshots import SnapshotView
from jpmirai_compliance.assessments.service import queueing
from jpmirai_compliance.assessments.service.approval import require_whole
from jpmirai_compliance.assessments.service.freezing import freeze
from jpmirai_compliance.assessments.service.holding import Held, hold, require_seen
from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError
from jpmirai_compliance.foundation.policy import Actor, Permission, Role
from jpmirai_compliance.foundation.text import Localized, Text

__all__ = ["freeze", "submit"]


def submit(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork, *, actor: Actor, year: int, version: int, base_url: str, now: dt.datetime
) -> SnapshotView:
    """Freeze and hand in what the approver saw at ``version``; return the frozen state.

    An assessment that was handed in already gives the same snapshot again and changes nothing.
    Raises NotFound, NotPermitted, Conflict, DomainError, Incomplete with what is missing.
    """
    held = hold(uow, actor, Permission.ASSESSMENT_SUBMIT, year=year)
    if held.view.status in {Status.SUBMITTED, Status.ACCEPTED}:
        return _known(uow, held)
    require_seen(held, version)
    rules.require_open(held.view.window, now)
    if held.view.status in {Status.DRAFT, Status.AWAITING_APPROVAL}:
        raise DomainError(Text("An approver must approve the answers before they are submitted."))
    require_whole(uow, held, now)
    row = held.row
    if held.view.status is Status.RETURNED:  # handing in again is the approval of the changes
        row.approved_at, row.approved_by = now, actor.user_id
    row.status = rules.move(held.view.status, Status.SUBMITTED)
    row.submitted_at, row.return_due_at = now, None
    uow.session.flush()
    uow.session.execute(
        update(AnswerRow)
        .where(col(AnswerRow.assessment_id) == row.id, col(AnswerRow.reopened).is_(True))
        .values(reopened=False)
        .execution_options(synchronize_session=False)
    )
    frozen = freeze(
        uow,
        row,
        kind=SnapshotKind.SUBMITTED,
        actor=actor,
        event=Event.ASSESSMENT_SUBMITTED,
        now=now,
    )
    queueing.keep(uow, row, held.round)
    _tell_members(uow, held, frozen, base_url, now)
    _tell_secretariat(uow, held, frozen, base_url, now)
    return frozen


def _known(uow: UnitOfWork, held: Held) -> SnapshotView:
    found = snapshots.snapshot(uow, held.row.id, SnapshotKind.SUBMITTED)
    if found is None:
        raise DomainError(Text("This assessment is submitted, but its record is missing."))
    return found


def _tell_members(
    uow: UnitOfWork, held: Held, frozen: SnapshotView, base_url: str, now: dt.datetime
) -> None:
    roles = {Role.ADMIN, Role.EDITOR, Role.APPROVER}
    for person in accounts.with_roles(uow, held.row.org_id, roles):
        mail.queue(
            uow,
            kind="submitted",
            recipient=person.email,
            locale=person.locale,
            subject=Text(
                "Receipt %(number)s: self-assessment submitted", {"number": frozen.number}
            ),
            paragraphs=[
                Text(
                    "The %(year)s self-assessment was submitted on %(at)s. Its number is"
                    " %(number)s.",
                    {"year": frozen.year, "at": now, "number": frozen.number},
                ),
                Text("Hash of the frozen answers (SHA-256): %(hash)s", {"hash": frozen.sha256}),
                Text(
                    "The secretariat now checks the evidence. You get a mail when it is done, or"
                    " if something should be changed. The record as PDF is here:"
                ),
                f"{base_url}/m/{frozen.year}/done",
            ],
            now=now,
            org_id=held.row.org_id,
            key=f"submitted:{frozen.number}:{person.user_id}",
        )


def _tell_secretariat(
    uow: UnitOfWork, held: Held, frozen: SnapshotView, base_url: str, now: dt.datetime
) -> None:
    names = {"ja": held.organisation.name_ja, "en": held.organisation.name_en}
    name = Localized({tag: text for tag, text in names.items() if text})
    for person in accounts.with_roles(uow, None, {Role.REVIEWER, Role.SECRETARIAT}):
        mail.queue(
            uow,
            kind="submitted-secretariat",
            recipient=person.email,
            locale=person.locale,
            subject=Text(
                "Submitted: %(name)s (%(number)s)", {"name": name, "number": frozen.number}
            ),
            paragraphs=[
                Text(
                    "%(name)s submitted the %(year)s self-assessment. Its evidence can be checked"
                    " now.",
                    {"name": name, "year": frozen.year},
                ),
                f"{base_url}/s/reviews/{held.row.id}",
            ],
            now=now,
            key=f"submitted:{frozen.number}:{person.user_id}",
        )
