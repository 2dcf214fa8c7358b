"""Members whose check is finished; a whole group of them."""

from dataclasses import dataclass
from typing import Any

from jpmirai_compliance.assessments.models import SnapshotKind, Status, Verdict, VerdictKind
from jpmirai_compliance.assessments.service.freezing import freeze
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.foundation.audit import Event
from tests import factories

NOW = factories.NOW


@dataclass
class Checked:
    """A member with an accepted assessment."""

    org: Any
    user: Any
    actor: Any
    id: Any


def accept(uow, round_, org, user, *, level=2, levels=None, verdicts=None, proven=(), staff=None):
    """Answer everything at ``level`` (no evidence but on ``proven``), give verdicts, accept.

    ``verdicts``: {indicator id: (kind, level, reason)}.
    """
    given = {id_: {"level": (levels or {}).get(id_, level)} for id_ in factories.all_answers(org)}
    found = factories.make_assessment(
        uow, org, round_, given, by=user, status=Status.SUBMITTED, submitted_at=NOW
    )
    actor = factories.actor_of(user, org)
    person, reviewer = staff or factories.make_staff(uow)
    for number, id_ in enumerate(proven):
        with uow.transaction():
            evidence.attach_link(
                uow,
                actor=actor,
                assessment_id=found.id,
                org_id=org.id,
                indicator_id=id_,
                url=f"https://example.com/{number}",
                title=f"資料{number}",
                now=NOW,
            )
    with uow.transaction():
        for id_, (kind, to, reason) in (verdicts or {}).items():
            uow.session.add(
                Verdict(
                    org_id=org.id,
                    assessment_id=found.id,
                    indicator_id=id_,
                    kind=VerdictKind(kind),
                    level=to,
                    reason=reason,
                    at=NOW,
                    by=person.id,
                )
            )
    with uow.transaction():
        row = uow.session.get_one(type(found), found.id)
        row.status, row.accepted_at, row.accepted_by = Status.ACCEPTED, NOW, person.id
        freeze(
            uow,
            row,
            kind=SnapshotKind.ACCEPTED,
            actor=reviewer,
            event=Event.REVIEW_ACCEPTED,
            now=NOW,
        )
    return Checked(org, user, actor, found.id)


def make_group(uow, round_, count, *, levels=None, **fields):
    """``count`` checked members of one kind and size; ``levels`` cycles over them."""
    staff = factories.make_staff(uow)
    found = []
    for number in range(count):
        org, user, _actor = factories.make_member(uow, f"会員{number}", **fields)
        level = levels[number % len(levels)] if levels else 1
        found.append(accept(uow, round_, org, user, level=level, staff=staff))
    return found
