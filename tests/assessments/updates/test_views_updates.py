"""The pages of the half-year update: writing, losing nothing, handing in, planning."""

import datetime as dt

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import FormLength, Participation, UpdatePeriod
from jpmirai_compliance.assessments.queries import updates as queries
from jpmirai_compliance.assessments.service import updates as service
from jpmirai_compliance.foundation.errors import DomainError
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.assessments.updates.conftest import NOW


@pytest.fixture
def hanako(login, member, period):
    return login(member[1], member[0], language="en")


def test_a_member_writes_reads_it_through_and_hands_it_in(hanako, uow, member):
    hanako.get("/m")
    page = hanako.follow("Open the half-year update")
    assert page.h1.text == "Half-year update to the 2026 self-assessment"
    assert "Your page of 2026 is not public." in page.main.text
    hanako.get("/m/2026/update/check")
    assert hanako.page.find("h2").text == "Nothing is written yet"
    hanako.get("/m/2026/update/1")
    page = hanako.press("Save and go to the next principle", done="We trained 14 people.")
    assert hanako.url == "/m/2026/update/2"
    hanako.press("Save and go back to the list", unsolved="No interpreter at night.")
    page = hanako.follow("Read it through and submit")
    cards = [card.get_text(" ", strip=True) for card in page.select(".app-card")]
    assert cards == [
        "1. Compliance with law What we did We trained 14 people.",
        (
            "2. Respecting rights, knowing conditions, solving problems"
            " What is not solved yet No interpreter at night."
        ),
    ]
    hanako.press("Submit the half-year update")
    report = queries.newest_report(uow, member[0].id, 2026)
    assert report.parts[1]["done"] == "We trained 14 people."


def test_a_conflict_shows_both_texts_and_saves_at_the_second_press(hanako, uow, member, write):
    hanako.get("/m/2026/update/1")
    write(member[2], 1, done="their text")
    page = hanako.press("Save and go back to the list", 409, done="my text")
    assert page.select_one("#done").text.strip() == "my text"
    assert "their text" in page.select_one(".govuk-notification-banner").text
    hanako.press("Save and go back to the list", done="my text and their text")
    assert queries.update(uow, member[2], 2026).part(1).done == "my text and their text"


def test_what_was_typed_stays_when_it_is_too_long_or_too_late(hanako, uow, member):
    hanako.get("/m/2026/update/1")
    page = hanako.press("Save and go back to the list", 422, done="x" * 2001, changed="kept")
    assert page.select_one("#changed").text.strip() == "kept"
    assert [a["href"] for a in page.select(".govuk-error-summary a")] == ["#done"]
    hanako.get("/m/2026/update/1")
    with uow.transaction():
        [row] = uow.session.exec(select(UpdatePeriod)).all()
        row.closes_at = NOW
    page = hanako.press("Save and go back to the list", 409, done="typed too late")
    assert page.select_one("#done").text.strip() == "typed too late"
    assert queries.update(uow, member[2], 2026).said == 0
    page = hanako.get("/m/2026/update/1")
    assert page.select("textarea") == []


def test_others_do_not_find_it_and_editors_do_not_submit(login, uow, member, other, period, write):
    org, _user, actor = member
    write(actor, 1, done="secret so far")
    outside = factories.make_member(uow, "不参加")
    login(outside[1], outside[0], language="en").get("/m/2026/update", 404)
    theirs = login(other[1], other[0], language="en").get("/m/2026/update/check")
    assert "secret so far" not in theirs.text
    editor = factories.make_user(uow, org, (Role.EDITOR,))
    page = login(editor, org, language="en").get("/m/2026/update/check")
    assert [b.text for b in page.select("main form button")] == []


def test_the_secretariat_plans_it_and_sees_who_has_written(login, uow, round_, member):
    staff, _actor = factories.make_staff(uow)
    office = login(staff, language="en")
    office.get("/s/rounds/2026")
    office.follow("Half-year update")
    page = office.press("Save the dates", 422, opens_day="", closes_day="2027-13-45")
    assert page.select_one("#closes_day")["value"] == "2027-13-45"
    opens = (factories.clock() - dt.timedelta(days=1)).date()
    closes = (factories.clock() + dt.timedelta(days=30)).date()
    page = office.press("Save the dates", opens_day=str(opens), closes_day=str(closes))
    rows = [r.get_text(" ", strip=True) for r in page.select("tbody tr")]
    assert len(rows) == 2
    assert all(row.endswith("Not started") for row in rows)
    office.get("/s/rounds/2026/update?stage=submitted")
    assert office.page.select("tbody tr") == []


def test_members_do_not_see_the_secretariats_page(hanako):
    hanako.get("/s/rounds/2026/update", 403)


def test_who_did_not_hand_in_that_year_is_told_that_no_update_is_due(login, uow, period):
    org, user, actor = factories.make_member(uow, "途中の会社")
    factories.make_member(uow, "ほかの会社")
    with uow.transaction():
        taking_part = {"form": FormLength.FULL, "added_at": NOW}
        uow.session.add(Participation(org_id=org.id, round_id=period.id, **taking_part))
    factories.make_assessment(uow, org, period)  # started, never handed in
    browser = login(user, org, language="en")
    told = "Your organisation did not submit the self-assessment of that year"
    page = browser.get("/m")
    assert told in page.select_one("section[aria-labelledby=half-year]").text
    assert not page.select("a[href='/m/2026/update']")
    page = browser.get("/m/2026/update")
    assert told in page.main.text
    assert [a["href"] for a in page.main.select("a.govuk-button")] == ["/m"]
    assert not browser.get("/m/2026/update/1").main.select("textarea")
    uow.session.rollback()
    with pytest.raises(DomainError, match=told), uow.transaction():
        service.save_part(
            uow,
            actor=actor,
            year=2026,
            principle=1,
            said=service.Said(done="x"),
            version=0,
            now=NOW,
        )
    assert queries.update(uow, actor, 2026).said == 0
