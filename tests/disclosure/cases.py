"""Organisations whose self-assessment the secretariat accepted, and pages of them."""

import uuid

from sqlmodel import Session

from jpmirai_compliance.assessments.models import SnapshotKind, Status
from jpmirai_compliance.assessments.queries.member import assessment
from jpmirai_compliance.assessments.service.freezing import freeze
from jpmirai_compliance.disclosure import queries, rules, service
from jpmirai_compliance.disclosure.bundle import Press, reconcile, renderer
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork
from tests import factories

NOW = factories.NOW
PUBLIC_LINK = "https://example.com/policy"


def accept(uow, org, user, round_, *, level=2, levels=None, texts=None):
    """An accepted assessment of ``org``: every answer at ``level``, evidence on P1-01 and P2-01.

    Returns the assessment's id.
    """
    texts = {"P1-01": "雇用条件を母語で説明しています。"} if texts is None else texts
    given = {
        id_: {"level": (levels or {}).get(id_, level), "text": texts.get(id_, "")}
        for id_ in factories.all_answers(org)
    }
    found = factories.make_assessment(
        uow, org, round_, given, by=user, status=Status.SUBMITTED, submitted_at=NOW
    )
    staff, staff_actor = factories.make_staff(uow)
    with uow.transaction():
        for id_, title, visibility in (
            ("P1-01", "雇用方針", Visibility.PUBLIC),
            ("P2-01", "社内の記録", Visibility.REVIEWERS),
        ):
            evidence.attach_link(
                uow,
                actor=factories.actor_of(user, org),
                assessment_id=found.id,
                org_id=org.id,
                indicator_id=id_,
                url=PUBLIC_LINK,
                title=title,
                visibility=visibility,
                now=NOW,
            )
    with uow.transaction():
        row = uow.session.get(type(found), found.id)
        row.status, row.accepted_at, row.accepted_by = Status.ACCEPTED, NOW, staff.id
        freeze(
            uow,
            row,
            kind=SnapshotKind.ACCEPTED,
            actor=staff_actor,
            event=Event.REVIEW_ACCEPTED,
            now=NOW,
        )
    return found.id


def english_member(uow, name, **fields):
    """A member whose person reads English."""
    org = factories.make_organisation(uow, name, **fields)
    user = factories.make_user(uow, org, locale="en")
    return org, user, factories.actor_of(user, org)


def press_of(app, settings):
    return Press(settings.published, renderer(app), settings.public_base_url)


def said(**fields):
    values = {"statement_ja": "五つの原則を大切にします。", "indicators": ("P1-01",)}
    return rules.Choices(**(values | fields))


def publish(app, settings, uow, actor, year=2026, now=NOW, **fields):
    """Prepare and publish; the links are made as after a request."""
    with uow.transaction():
        taken = queries.accepted(uow, _assessment(uow, actor, year))
        offered = queries.offer(uow, taken)
        version = queries.draft(uow, actor.org_id, year, offered).version
        version = service.save_draft(
            uow, actor=actor, year=year, choices=said(**fields), version=version, now=now
        )
        return service.publish(
            uow,
            actor=actor,
            year=year,
            version=version,
            key=uuid.uuid4(),
            write=press_of(app, settings).write,
            settle=settler(app, settings),
            now=now,
        )


def withdraw(app, settings, uow, actor, year=2026, now=NOW):
    with uow.transaction():
        service.withdraw(
            uow,
            actor=actor,
            year=year,
            reason="誤りがあったため",
            settle=settler(app, settings),
            now=now,
        )


def settler(app, settings):
    def settle(org_id):
        with Session(app.extensions["engine"]) as session:
            work = UnitOfWork(session, EVERYTHING)
            reconcile(work, settings.published, org_id=org_id)

    return settle


def _assessment(uow, actor, year):
    return assessment(uow, actor, year).id


def accept_individual(uow, org, user, round_):
    """An accepted assessment of one person: words only."""
    first = next(iter(factories.all_answers(org)))
    return accept(uow, org, user, round_, texts={first: "地域の日本語教室を続けています。"})
