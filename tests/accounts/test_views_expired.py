"""Sessions that ended while somebody was typing: nothing is lost, and nobody else gets it."""

import datetime as dt

import pytest
import time_machine
from sqlmodel import select

from jpmirai_compliance.accounts.models import KeptDraft, LoginSession, Membership
from jpmirai_compliance.assessments.models import AnswerRow
from jpmirai_compliance.foundation.policy import Role
from tests.accounts.scene import PASSWORD
from tests.factories import (
    NOW,
    clock,
    make_assessment,
    make_member,
    make_organisation,
    make_round,
    make_staff,
)

HERE = "/m/2026/P1-01"
NEXT = "Save and go to the next question"
IDLE, ABSOLUTE = dt.timedelta(hours=2), dt.timedelta(hours=12)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def place(uow, with_password):
    """A member with a person who is signed in by password, and another member."""
    org = make_organisation(uow, "青空食品")
    other, _user, _actor = make_member(uow, "別の会社")
    round_ = make_round(uow, orgs=[org, other])
    make_assessment(uow, org, round_)
    return org, with_password(org, roles=(Role.EDITOR,), locale="en"), round_


def enter(browser, user, path):
    """Sign in on the page that asks for it, and go where that leads."""
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    browser.get(path)
    return browser.press("Sign in", email=user.email, password=PASSWORD)


def rows(uow, table):
    uow.session.rollback()
    return uow.session.exec(select(table)).all()


def late(browser, moment, **typed):
    """Send the open form at a later moment; return where the answer leads."""
    with time_machine.travel(moment, tick=False):
        form = browser.page.select_one("form[data-autosave]")
        data = {f["name"]: f["value"] for f in form.select("input[type=hidden]")}
        answer = browser.client.post(HERE, data=data | {"reach": "own"} | typed)
        assert answer.status_code == 303, answer.text
        return answer.location


@pytest.mark.parametrize("after", [IDLE + SECOND, ABSOLUTE + SECOND], ids=["idle", "absolute"])
def test_se_4_what_was_typed_survives_the_end_of_the_session(login, uow, place, after):
    org, user, _round = place
    browser = login(user, org, language="en")
    browser.get(HERE)
    then = clock() + after
    to = late(browser, then, level="3", text="長い\n文", note="社内メモ")
    assert to == f"/sign-in?next={HERE}"
    [kept] = rows(uow, KeptDraft)
    assert (kept.user_id, kept.org_id, kept.path) == (user.id, org.id, HERE)
    assert "長い" not in kept.body
    assert rows(uow, AnswerRow) == []
    with time_machine.travel(then, tick=False):
        asked = browser.get(to).main.get_text()
        assert "What you typed is back when you sign in." in asked
        assert "When you have signed in, the page that you wanted opens." in asked
        page = enter(browser, user, to)
        assert browser.url.endswith(HERE)
        assert page.select_one("#text").text.strip() == "長い\n文"
        assert page.select_one("#note").text.strip() == "社内メモ"
        assert page.select_one("[name=level][value='3']").has_attr("checked")
        assert "The form below shows what you typed" in page.main.get_text()
        browser.press(NEXT)
    [row] = rows(uow, AnswerRow)
    assert (row.level, row.text, row.note) == (3, "長い\n文", "社内メモ")
    assert rows(uow, KeptDraft) == []


def test_se_4_a_colleagues_change_meanwhile_is_still_asked_about(login, uow, place):
    org, user, _round = place
    browser, colleague = login(user, org, language="en"), login(user, org, language="en")
    browser.get(HERE)
    colleague.get(HERE)
    colleague.press("Save and go back to the list", text="先に保存した文")
    then = clock() + IDLE + SECOND
    to = late(browser, then, text="後から送った文")
    with time_machine.travel(then, tick=False):
        enter(browser, user, to)
        page = browser.press(NEXT, status=409)
        cards = [p.get_text(strip=True) for p in page.select(".app-versions__text")]
    assert cards == ["後から送った文", "先に保存した文"]
    assert [r.text for r in rows(uow, AnswerRow)] == ["先に保存した文"]


def test_se_4_nobody_else_gets_what_was_typed(login, uow, place, with_password):
    org, user, _round = place
    colleague = with_password(org, roles=(Role.EDITOR,), locale="en")
    browser = login(user, org, language="en")
    browser.get(HERE)
    then = clock() + IDLE + SECOND
    to = late(browser, then, text="わたしの文")
    with time_machine.travel(then, tick=False):
        page = enter(browser, colleague, to)
        assert page.select_one("#text").text.strip() == ""
        browser.press("Sign out")
        page = enter(browser, user, to)
        assert page.select_one("#text").text.strip() == "わたしの文"


def test_se_4_it_is_not_shown_while_acting_for_another_organisation(login, uow, place):
    org, user, round_ = place
    second = make_organisation(uow, "第二の会社")
    make_assessment(uow, second, round_)
    with uow.transaction():
        uow.session.add(Membership(user_id=user.id, org_id=second.id, role=Role.EDITOR, since=NOW))
    browser = login(user, org, language="en")
    browser.get(HERE)
    late(browser, clock() + IDLE + SECOND, text="青空食品の文")
    assert len(rows(uow, KeptDraft)) == 1
    elsewhere, here = login(user, second, language="en"), login(user, org, language="en")
    assert elsewhere.get(HERE).select_one("#text").text.strip() == ""
    assert here.get(HERE).select_one("#text").text.strip() == "青空食品の文"


@pytest.mark.parametrize("why", ["signed out", "forged token", "a day later", "too long"])
def test_se_4_nothing_is_kept_for_whoever_cannot_show_the_ended_session(login, uow, place, why):
    org, user, _round = place
    browser = login(user, org, language="en")
    browser.get(HERE)
    typed, after = {"text": "文"}, IDLE + SECOND
    if why == "signed out":
        with uow.transaction():
            for row in uow.session.exec(select(LoginSession)):
                row.ended_at = clock()
    elif why == "forged token":
        typed["csrf_token"] = "forged"
    elif why == "a day later":
        after = dt.timedelta(hours=24, minutes=1)
    else:
        typed |= {"text": "あ" * 19_000, "note": "あ" * 19_000, "na_reason": "あ" * 19_000}
    assert late(browser, clock() + after, **typed).startswith("/sign-in")
    assert rows(uow, KeptDraft) == []


def test_se_4_a_tab_from_before_the_new_sign_in_shows_its_text_again(login, uow, place):
    org, user, _round = place
    browser = login(user, org, language="en")
    browser.get(HERE)
    form = browser.page.select_one("form[data-autosave]")
    data = {f["name"]: f["value"] for f in form.select("input[type=hidden]")}
    data |= {"reach": "own", "text": "前の画面の文"}
    enter_again = login(user, org, language="en")
    enter_again.get(HERE)
    answer = enter_again.client.post(HERE, data=data)
    assert (answer.status_code, answer.location) == (303, HERE)
    assert enter_again.get(HERE).select_one("#text").text.strip() == "前の画面の文"
    assert rows(uow, AnswerRow) == []
    stranger = enter_again.client.post(HERE, data=data | {"who": "somebody else"})
    assert stranger.status_code == 400


def test_se_4_what_was_typed_can_be_copied_or_discarded(login, uow, place):
    org, user, round_ = place
    browser = login(user, org, language="en")
    browser.get(HERE)
    late(browser, clock() + IDLE + SECOND, text="書きかけ")
    again = login(user, org, language="en")
    again.get(HERE)
    page = again.press("Discard it and show what is saved")
    assert page.select_one("#text").text.strip() == ""
    assert rows(uow, KeptDraft) == []
    browser = login(user, org, language="en")
    browser.get(HERE)
    late(browser, clock() + IDLE + SECOND, text="締切を過ぎた文")
    with uow.transaction():
        uow.session.merge(round_).closes_at = clock()
    page = login(user, org, language="en").get(HERE)
    assert page.h1.get_text(strip=True) == "Your answer was not saved"
    assert page.select_one("textarea[readonly]").text.strip() == "締切を過ぎた文"


def test_se_4_the_page_knows_when_its_session_ends(login, uow, place):
    org, user, _round = place
    browser = login(user, org, language="en")
    box = browser.get("/m").select_one("[data-session][data-idle]")
    assert box["data-idle"] == "7200"
    assert 43_190 <= int(box["data-left"]) <= 43_200
    assert box.has_attr("hidden")
    staff, _actor = make_staff(uow)
    box = login(staff).get("/s").select_one("[data-session][data-idle]")
    assert box["data-idle"] == "1800"


def test_se_4_a_new_token_is_for_the_same_person_and_organisation_only(login, uow, place):
    org, user, _round = place
    browser = login(user, org, language="en")
    browser.get(HERE)
    who = browser.page.select_one("[name=who]")["value"]
    told = browser.client.get(f"/session?who={who}").json
    assert (told["who"], told["idle"]) == (who, 7200)
    data = {"csrf_token": told["token"], "text": "文", "reach": "own", "version": "0"}
    answer = browser.client.post(HERE, data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    other = browser.client.get("/session?who=somebody")
    assert (other.status_code, "token" in other.json) == (409, False)
    with time_machine.travel(clock() + IDLE + SECOND, tick=False):
        answer = browser.client.get(f"/session?who={who}", headers={"Accept": "application/json"})
    assert answer.status_code == 401


def test_se_4_asking_for_the_session_keeps_it_alive_but_not_beyond_twelve_hours(login, place):
    org, user, _round = place
    browser = login(user, org, language="en")
    begun, step = clock(), dt.timedelta(hours=1, minutes=50)
    for turn in range(1, 7):
        with time_machine.travel(begun + turn * step, tick=False):
            answer = browser.client.get("/session", headers={"Accept": "application/json"})
            assert answer.status_code == 200, turn
    assert 3_590 <= answer.json["left"] <= 3_601
    with time_machine.travel(begun + ABSOLUTE + SECOND, tick=False):
        answer = browser.client.get("/session", headers={"Accept": "application/json"})
    assert answer.status_code == 401
