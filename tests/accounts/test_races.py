"""What is pressed eight times at once happens once."""

import threading
from collections import Counter

from sqlmodel import Session, select

from jpmirai_compliance.accounts import queries, service
from jpmirai_compliance.accounts.models import Invitation, Membership, User
from jpmirai_compliance.accounts.queries import LinkState
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.policy import Role
from tests.accounts.scene import PASSWORD, rows
from tests.factories import NOW, make_member

TIMES = 8


def at_once(engine, act):
    """Act eight times at the same moment; return what came of each: a value, or an error's name."""
    gate, found = threading.Barrier(TIMES), []

    def press():
        with Session(engine) as session:
            work = UnitOfWork(session, EVERYTHING)
            gate.wait()
            try:
                with work.transaction():
                    found.append(act(work))
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test shows it
                found.append(type(error).__name__)

    threads = [threading.Thread(target=press) for _ in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def invite(work, admin, org):
    return service.invite(
        work,
        actor=admin,
        email="new@example.com",
        name="新人 一郎",
        org_id=org.id,
        roles=(Role.EDITOR,),
        locale="ja",
        base_url="http://localhost",
        now=NOW,
    )


def test_av_3_eight_invitations_at_once_leave_one_link_that_works(uow, engine):
    org, _user, admin = make_member(uow)
    make_member(uow, "別の会社")
    tokens = at_once(engine, lambda work: invite(work, admin, org))
    assert Counter(tokens)["TooMany"] == TIMES - 3
    sent = [token for token in tokens if token != "TooMany"]
    states = Counter(queries.invitation(uow, token, NOW).state for token in sent)
    assert states == {LinkState.OPEN: 1, LinkState.REVOKED: 2}
    assert len(uow.session.exec(select(OutboxMail)).all()) == 3
    assert len(rows(uow, Invitation)) == 3


def test_av_3_eight_acceptances_at_once_make_one_person(uow, engine, vault):
    org, _user, admin = make_member(uow)
    with uow.transaction():
        token = invite(uow, admin, org)
    uow.session.rollback()

    def accept(work):
        service.accept_as_new(
            work, token=token, name="新人", password=PASSWORD, locale="ja", vault=vault, now=NOW
        )
        return "accepted"

    found = Counter(at_once(engine, accept))
    assert found["accepted"] == 1
    assert set(found) <= {"accepted", "LinkOver", "Conflict"}
    users = uow.session.exec(select(User).where(User.email == "new@example.com")).all()
    assert len(users) == 1
    held = uow.session.exec(select(Membership).where(Membership.user_id == users[0].id)).all()
    assert [m.role for m in held] == [Role.EDITOR]
