"""One's own sessions are listed and ended one by one; whoever manages people ends theirs."""

import uuid

import pytest

from jpmirai_compliance.accounts import queries, service
from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.errors import NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Role
from tests.accounts.scene import rows
from tests.factories import NOW, actor_of, clock, make_member, make_staff, make_user


def is_in(browser):
    return browser.client.get("/account").status_code == 200


def test_se_5_own_sessions_are_listed_and_one_is_ended(login, uow):
    org, user, _actor = make_member(uow)
    stranger = make_user(uow, org)
    here, there, noise = login(user, org, language="en"), login(user, org), login(stranger, org)
    page = here.get("/account")
    lines = [" ".join(li.text.split()) for li in page.select("#sessions li")]
    assert [line.endswith("This device") for line in lines].count(True) == 1
    assert len(lines) == 2
    here.press("Sign out there")
    assert [is_in(b) for b in (here, there, noise)] == [True, False, True]
    assert len(here.page.select("#sessions li")) == 1


def test_se_5_nobody_ends_a_session_of_somebody_else_by_its_id(login, uow):
    org, user, _actor = make_member(uow)
    other_org, other, _ = make_member(uow, "別の会社")
    login(other, other_org)
    [theirs] = queries.sessions(uow, other.id, clock())
    mine = login(user, org, language="en")
    mine.get("/account")
    form = mine.page.select_one("form[action='/account/sign-out-elsewhere'] [name=csrf_token]")
    for session_id in (theirs.id, uuid.uuid4()):
        answer = mine.client.post(
            f"/account/sessions/{session_id}/end", data={"csrf_token": form["value"]}
        )
        assert answer.status_code == 404
    uow.session.rollback()
    assert queries.sessions(uow, other.id, clock()) == (theirs,)


def test_what_has_ended_or_lapsed_is_not_listed(login, uow):
    org, user, _actor = make_member(uow)
    login(user, org)
    later = clock() + limits.IDLE_MEMBER
    assert len(queries.sessions(uow, user.id, clock())) == 1
    assert queries.sessions(uow, user.id, later) == ()


@pytest.mark.parametrize("who", ["admin", "secretariat"])
def test_se_5_whoever_manages_people_signs_them_out_and_the_roles_stay(login, uow, who):
    org, _boss, admin = make_member(uow)
    _staff, mori = make_staff(uow)
    user = make_user(uow, org, (Role.EDITOR,))
    browser = login(user, org)
    actor = {"admin": admin, "secretariat": mori}[who]
    with uow.transaction():
        service.sign_out(uow, actor=actor, org_id=org.id, user_id=user.id, now=NOW)
    assert not is_in(browser)
    assert is_in(login(user, org))
    event = rows(uow, AuditEvent)[-1]
    assert (event.event, event.org_id, event.subject) == (
        Event.SIGNED_OUT,
        org.id,
        f"user:{user.id}",
    )


def test_se_5_others_may_not_and_find_nobody_elsewhere(login, uow):
    org, user, admin = make_member(uow)
    other_org, other, other_admin = make_member(uow, "別の会社")
    browser = login(other, other_org)
    editor = actor_of(user, org, (Role.EDITOR,))
    with pytest.raises(NotPermitted), uow.transaction():
        service.sign_out(uow, actor=editor, org_id=org.id, user_id=user.id, now=NOW)
    with pytest.raises(NotPermitted), uow.transaction():
        service.sign_out(uow, actor=admin, org_id=other_org.id, user_id=other.id, now=NOW)
    with pytest.raises(NotFound), uow.transaction():
        service.sign_out(uow, actor=admin, org_id=org.id, user_id=other.id, now=NOW)
    assert is_in(browser)
    with uow.transaction():
        service.sign_out(uow, actor=other_admin, org_id=other_org.id, user_id=other.id, now=NOW)
    assert not is_in(browser)


def test_the_page_of_a_person_signs_out_with_one_press(login, uow):
    org, user, _actor = make_member(uow)
    colleague = make_user(uow, org, (Role.EDITOR,), name="佐藤 桜")
    theirs = login(colleague, org)
    mine = login(user, org, language="en")
    mine.get(f"/m/people/{colleague.id}")
    mine.press(f"Sign out everywhere {colleague.name}")
    assert "佐藤 桜 was signed out everywhere." in mine.page.text
    assert not is_in(theirs)
