import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.queries.outbox import Box
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.assessments.secretariat.test_outbox import STATES, put


@pytest.fixture
def ids(uow):
    return {box: put(uow, n, **fields) for n, (box, fields) in enumerate(STATES.items())}


@pytest.fixture
def desk(login, english):
    return login(english)


def words(element):
    return " ".join(element.get_text().split()).replace("\u200b", "")


def test_an_6_the_page_of_mails_shows_where_they_are_and_no_link(desk, ids):
    for address in ("/s/mail", *(f"/s/mail?box={box}" for box in Box)):
        page = desk.get(address)
        assert "secret-token" not in str(page)
    page = desk.get("/s/mail")
    status = [words(r.select("td")[2].strong) for r in page.select("tbody tr")]
    assert status == [
        "Cancelled",
        "Sent",
        "Came back",
        "Failed",
        "Held: the address bounced",
        "Waiting",
    ]
    assert desk.get("/s/mail?q=zzz").find("h2", string="No mail matches")


def test_a_failed_mail_is_tried_again_and_a_waiting_one_kept_back(desk, uow, ids):
    desk.get("/s/mail?box=failed")
    desk.press("Try again p2@example.org")
    assert desk.url == "/s/mail?box=failed"
    assert "The mail will be sent again" in words(desk.page)
    desk.get("/s/mail?q=p0")
    desk.press("Do not send p0@example.org")
    rows = {m.recipient: m for m in uow.session.exec(select(OutboxMail))}
    assert rows["p2@example.org"].next_try_at is not None
    assert rows["p0@example.org"].cancelled_at is not None


def test_two_people_press_and_the_second_reads_why_not(login, english, ids, uow):
    first, second = login(english), login(english)
    for desk in (first, second):
        desk.get("/s/mail?box=held")
    first.press("Do not send p1@example.org")
    page = second.press("Do not send p1@example.org", status=409)
    assert "This mail was cancelled." in words(page)


def test_nobody_else_finds_the_mails(login, uow, ids, staff):
    org, user, _ = factories.make_member(uow)
    reviewer, _ = factories.make_staff(uow, Role.REVIEWER)
    for browser in (login(user, org), login(reviewer)):
        browser.get("/s/mail", status=403)
        for deed in ("retry", "cancel"):
            answer = browser.client.post(f"/s/mail/{ids[Box.HELD]}/{deed}")
            assert answer.status_code in {400, 403}
    login(staff[0]).get("/s/mail")
    assert "送信" in words(login(staff[0]).get("/s/mail").main)
