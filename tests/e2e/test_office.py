"""The secretariat's office in a browser: remind, extend, mail that came back."""

import datetime as dt

import pytest
from sqlmodel import select

from jpmirai_compliance.accounts import service as accounts
from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.assessments.models import Participation
from jpmirai_compliance.foundation.mail import BouncedAddress, OutboxMail
from jpmirai_compliance.foundation.policy import STAFF
from tests import factories
from tests.e2e.site import Site
from tests.e2e.visitor import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STAFF_MEMBER = "mori@secretariat.example"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    found = Site(tmp_path_factory.mktemp("office")).start()
    now = factories.clock()
    with found.look() as uow:
        orgs = [factories.make_organisation(uow, name) for name in ("青葉精密", "みどり農園")]
        for number, org in enumerate(orgs):
            factories.make_user(uow, org, email=f"person{number}@example.com", locale="ja")
        closes = now + dt.timedelta(days=20)
        factories.make_round(uow, year=2026, orgs=orgs, closes_at=closes)
    with found.work() as uow:
        vault = accounts.Vault.of(found.settings)
        user = accounts.create_user(
            uow,
            email=STAFF_MEMBER,
            name="森 由美子",
            password=PASSWORD,
            vault=vault,
            totp_secret=SECRET,
            now=now,
        )
        accounts.grant(uow, actor=None, user_id=user, org_id=None, roles=STAFF, now=now)
        uow.session.add(BouncedAddress(address="person1@example.com", at=now, status="5.1.1"))
        waiting = {"locale": "ja", "body": "secret", "created_at": now, "kind": "t"}
        held = {"held_at": now, "recipient": "person1@example.com", "subject": "件名"}
        uow.session.add(OutboxMail(**waiting, **held))
    yield found
    found.stop()


@pytest.fixture(params=[True, False], ids=["js", "no-js"])
def mori(request, site, visit):
    with site.work() as uow:
        for user in uow.session.exec(select(User)):
            user.totp_last_step = 0
    found = visit(site, js=request.param)
    found.secret = SECRET
    return found.sign_in(STAFF_MEMBER)


def test_members_are_reminded_with_a_preview_and_extended_with_a_reason(site, mori):
    with site.work() as uow:
        for mail in uow.session.exec(select(OutboxMail).where(OutboxMail.kind == "reminder")):
            uow.session.delete(mail)
        for row in uow.session.exec(select(Participation)):
            row.late_until, row.late_reason = None, ""
    mori.go("/s").follow("Not started")
    mori.page.locator("label[for^=who-]").first.click()
    mori.press("Remind those ticked")
    boxes = mori.page.locator("input[name=who]:checked")
    assert boxes.count() == 0
    assert "who=" in mori.page.url
    mori.go("/s/rounds/2026/remind?all=1")
    mori.shows("みどり農園", mori.word("Mail to all its people came back."))
    subject = "【再送】締切まであと{days}日です"
    mori.press("Show the preview again", fields={"subject_ja": subject})
    mori.shows("【再送】締切まであと20日です")
    assert site.mails(kind="reminder") == []
    mori.page.locator("button[name=send]").click()
    mori.page.wait_for_url("**/s/rounds/2026")
    [mail] = site.mails(kind="reminder")
    assert (mail.recipient, mail.subject) == (
        "person0@example.com",
        "【JP-MIRAI】【再送】締切まであと20日です",
    )
    mori.go("/s/rounds/2026/remind?all=1")
    mori.shows(mori.word("Nobody of those chosen gets a mail."))
    mori.go("/s/rounds/2026/extend?all=1")
    day = (factories.clock() + dt.timedelta(days=40)).date().isoformat()
    mori.press("Extend these members", fields={"late_day": day, "reason": ""})
    mori.says("Enter the reason for the extension.")
    mori.press("Extend these members", fields={"reason": "台風の影響のため"})
    with site.look() as uow:
        reasons = {p.late_reason for p in uow.session.exec(select(Participation))}
    assert reasons == {"台風の影響のため"}


def test_mail_that_came_back_is_seen_tried_again_and_kept_back(site, mori):
    with site.work() as uow:
        mail = uow.session.exec(select(OutboxMail).where(OutboxMail.kind == "t")).one()
        mail.held_at, mail.cancelled_at = factories.clock(), None
    mori.go("/s").follow("Mail to %(count)s member came back", count=1)
    mori.shows("person1@example.com", "みどり農園")
    mori.go("/s/mail?box=held").shows("person1@example.com")
    mori.shows_not("secret")
    mori.press("Do not send", within="person1@example.com")
    mori.says("The mail was cancelled. It will not be sent.")
    with site.look() as uow:
        mail = uow.session.exec(select(OutboxMail).where(OutboxMail.kind == "t")).one()
        assert mail.cancelled_at is not None
    mori.go("/s/mail")
    path = mori.page.locator("main a[href*='mail.csv']").get_attribute("href")
    with mori.page.expect_download() as waiting:
        mori.page.locator(f"main a[href='{path}']").click()
    assert "person1@example.com" in waiting.value.path().read_text("utf-8-sig")
