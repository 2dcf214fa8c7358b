import datetime as dt
import uuid

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.queries import outbox as queries
from jpmirai_compliance.assessments.queries.outbox import Box
from jpmirai_compliance.assessments.service import outbox as service
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.errors import DomainError, NotFound, NotPermitted
from jpmirai_compliance.foundation.mail import BouncedAddress, OutboxMail
from jpmirai_compliance.foundation.policy import Role
from tests import factories

NOW = factories.NOW
SECRET = "http://localhost/reset-password/secret-token"
STATES = {
    Box.WAITING: {"next_try_at": NOW},
    Box.HELD: {"held_at": NOW},
    Box.FAILED: {"attempts": 8, "error": "gone"},
    Box.BOUNCED: {"sent_at": NOW, "bounced_at": NOW},
    Box.SENT: {"sent_at": NOW},
    Box.CANCELLED: {"cancelled_at": NOW, "held_at": NOW},
}


@pytest.fixture
def staff(uow):
    return factories.make_staff(uow)[1]


def put(uow, number=0, **fields):
    values = {
        "kind": "t",
        "recipient": f"p{number}@example.org",
        "locale": "ja",
        "subject": f"件名{number}",
        "body": SECRET,
        "created_at": NOW + dt.timedelta(minutes=number),
    }
    with uow.transaction():
        row = OutboxMail(**(values | fields))
        uow.session.add(row)
        uow.session.flush()
        return row.id


@pytest.fixture
def ids(uow):
    return {box: put(uow, n, **fields) for n, (box, fields) in enumerate(STATES.items())}


def test_every_mail_lies_in_one_box_and_the_newest_is_first(uow, staff, ids):
    assert queries.box_counts(uow, actor=staff) == dict.fromkeys(Box, 1)
    for box, mail_id in ids.items():
        assert [m.id for m in queries.mails(uow, actor=staff, box=box)] == [mail_id]
    every = queries.mails(uow, actor=staff)
    assert [m.box for m in every] == list(reversed(STATES))
    pages, after = [], None
    for _ in range(6):
        [row] = queries.mails(uow, actor=staff, after=after, limit=1)
        pages.append(row)
        after = (row.created_at, row.id)
    assert tuple(pages) == every
    assert queries.mails(uow, actor=staff, after=after) == ()
    assert [m.id for m in queries.mails(uow, actor=staff, words="P2@")] == [ids[Box.FAILED]]
    assert queries.mails(uow, actor=staff, words="%") == ()


def test_what_failed_or_is_held_is_tried_again_even_if_its_address_bounced(uow, staff, outbox):
    failed = put(uow, 1, **STATES[Box.FAILED])
    held = put(uow, 2, **STATES[Box.HELD])
    follows = put(uow, 3, recipient="P2@example.org", **STATES[Box.HELD])
    with uow.transaction():
        uow.session.add(BouncedAddress(address="p2@example.org", at=NOW, status="5.1.1"))
    for mail_id in (failed, held):
        with uow.transaction():
            service.retry(uow, actor=staff, mail_id=mail_id, now=NOW)
    assert [m["To"] for m in outbox(NOW)] == ["p1@example.org", "p2@example.org"]
    assert [m["To"] for m in outbox(NOW)] == ["P2@example.org"]
    uow.session.rollback()
    assert uow.session.exec(select(BouncedAddress)).all() == []
    assert uow.session.get_one(OutboxMail, follows).sent_at == NOW
    named = [e.event for e in uow.session.exec(select(AuditEvent))]
    assert named == ["operations:mail-retried"] * 2 + ["operations:address-reached"]


def test_a_cancelled_mail_is_never_sent_and_its_text_is_gone(uow, staff, outbox, ids):
    with uow.transaction():
        service.cancel(uow, actor=staff, mail_id=ids[Box.WAITING], now=NOW)
    assert outbox(NOW + dt.timedelta(days=1)) == []
    uow.session.rollback()
    assert uow.session.get_one(OutboxMail, ids[Box.WAITING]).body == ""
    [event] = uow.session.exec(select(AuditEvent)).all()
    assert (event.event, event.subject) == (
        "operations:mail-cancelled",
        f"mail:{ids[Box.WAITING]}",
    )


@pytest.mark.parametrize(
    ("deed", "boxes"),
    [
        (service.retry, (Box.WAITING, Box.SENT, Box.BOUNCED, Box.CANCELLED)),
        (service.cancel, (Box.SENT, Box.BOUNCED, Box.CANCELLED)),
    ],
)
def test_what_has_left_or_was_cancelled_stays_as_it_is(uow, staff, ids, deed, boxes):
    for box in boxes:
        with pytest.raises(DomainError), uow.transaction():
            deed(uow, actor=staff, mail_id=ids[box], now=NOW)
    assert queries.box_counts(uow, actor=staff) == dict.fromkeys(Box, 1)
    with pytest.raises(NotFound), uow.transaction():
        deed(uow, actor=staff, mail_id=uuid.uuid4(), now=NOW)


def test_only_the_secretariat_sees_or_touches_mails(uow, ids):
    member = factories.make_member(uow)[2]
    reviewer = factories.make_staff(uow, Role.REVIEWER)[1]
    judge = factories.make_staff(uow, Role.JUDGE)[1]
    for actor in (member, reviewer, judge):
        with pytest.raises(NotPermitted):
            queries.mails(uow, actor=actor)
        with pytest.raises(NotPermitted):
            queries.box_counts(uow, actor=actor)
        for deed in (service.retry, service.cancel):
            with pytest.raises(NotPermitted), uow.transaction():
                deed(uow, actor=actor, mail_id=ids[Box.HELD], now=NOW)


def test_mails_ask_the_database_as_often_for_three_as_for_one(uow, staff, statements):
    seen = []
    for number in range(3):
        put(uow, number, org_id=factories.make_organisation(uow, f"会社{number}").id)
        with statements() as asked:
            queries.mails(uow, actor=staff)
            queries.box_counts(uow, actor=staff)
        seen.append(len(asked))
    assert seen == [seen[0]] * 3
