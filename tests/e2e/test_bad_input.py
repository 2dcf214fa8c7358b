"""What goes wrong at a browser: old links, two presses, two people, late answers, lost sessions."""

import datetime as dt
import itertools

import pytest
from sqlmodel import col, select

from jpmirai_compliance.accounts import service as accounts
from jpmirai_compliance.accounts.models import Invitation, LoginSession
from jpmirai_compliance.assessments.models import AnswerRow, Round
from jpmirai_compliance.evidence.rules import FILE_MAX
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.e2e.site import Site
from tests.e2e.visitor import PASSWORD
from tests.evidence.files import PDF

QUESTION = "/m/2026/P1-01"
TYPED = "面談を毎月しています。"
ROLES = frozenset({Role.ADMIN, Role.EDITOR})
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    found = Site(tmp_path_factory.mktemp("faults")).start()
    with found.look() as uow:
        factories.make_round(uow)
        factories.make_organisation(uow, "ほかの組織")
    yield found
    found.stop()


class Member:
    """An organisation with an open assessment, and two colleagues."""

    def __init__(self, site):
        self.site = site
        domain = f"org{next(_numbers)}.example.com"
        with site.look() as uow:
            self.org = factories.make_organisation(uow, "青葉精密工業")
            round_ = uow.session.exec(select(Round)).one()
            self.assessment = factories.make_assessment(uow, self.org, round_)
        self.emails = [self._colleague(f"{name}@{domain}", name) for name in ("hanako", "taro")]

    def _colleague(self, email, name):
        now = factories.clock()
        vault = accounts.Vault.of(self.site.settings)
        with self.site.work() as uow:
            user = accounts.create_user(
                uow, email=email, name=name, password=PASSWORD, vault=vault, now=now
            )
            accounts.grant(uow, actor=None, user_id=user, org_id=self.org.id, roles=ROLES, now=now)
        return email

    def invite(self, email):
        """Return the path of an invitation."""
        with self.site.work() as uow:
            token = accounts.invite(
                uow,
                actor=None,
                email=email,
                name="新井 葵",
                org_id=self.org.id,
                roles=ROLES,
                locale="ja",
                base_url=self.site.url,
                now=factories.clock(),
            )
        return f"/invitations/{token}"

    def answers(self):
        with self.site.look() as uow:
            query = select(AnswerRow).where(col(AnswerRow.assessment_id) == self.assessment.id)
            return {row.indicator_id: row.text for row in uow.session.exec(query)}


@pytest.fixture
def member(site):
    return Member(site)


@pytest.fixture
def hanako(site, member, visit):
    return visit(site).sign_in(member.emails[0])


def test_an_invitation_works_once_and_not_for_ever(site, member, visit):
    used, late = member.invite("aoi@new.example.com"), member.invite("ren@new.example.com")
    visit(site).join(used, "新井 葵")
    somebody = visit(site)
    somebody.go(used, 410)
    somebody.says("This link was used already")
    with site.work() as uow:
        query = select(Invitation).where(col(Invitation.email) == "ren@new.example.com")
        row = uow.session.exec(query).one()
        row.expires_at = factories.clock() - dt.timedelta(minutes=1)
    somebody.go(late, 410)
    somebody.says("This link has expired")
    somebody.go("/invitations/never-sent", 404)


def test_a_double_click_saves_once(member, hanako):
    hanako.go(QUESTION)
    hanako.fill(level=3, text=TYPED, url="https://aoba.example.com/")
    button = hanako.page.locator("button[value=back]")
    with hanako.page.expect_navigation():
        button.dblclick(no_wait_after=True)
    hanako.page.wait_for_load_state()
    hanako.go(QUESTION)
    assert hanako.page.locator("main form a[href='https://aoba.example.com/']").count() == 1
    assert member.answers() == {"P1-01": TYPED}


def test_two_presses_without_javascript_lose_nothing(site, member, visit):
    """The second of two equal forms finds that the first was faster, and shows both texts."""
    hanako = visit(site, js=False).sign_in(member.emails[0])
    hanako.go(QUESTION)
    second = hanako.context.new_page()
    second.goto(QUESTION)
    hanako.press("Save and go back to the list", fields={"level": 2, "text": TYPED})
    second.locator("[name=text]").fill("別のことを書きました。")
    with second.expect_navigation():
        second.locator("button[value=back]").click()
    shown = second.inner_text("main")
    assert TYPED in shown
    assert "別のことを書きました。" in shown
    assert member.answers() == {"P1-01": TYPED}


def test_a_round_that_closed_meanwhile_gives_the_text_back(site, member, visit):
    hanako = visit(site, js=False).sign_in(member.emails[0])
    hanako.go(QUESTION)
    hanako.fill(level=2, text=TYPED, note="覚え書き")
    with site.work() as uow:
        round_ = uow.session.exec(select(Round)).one()
        kept, round_.closes_at = round_.closes_at, factories.clock() - dt.timedelta(seconds=1)
    hanako.press("Save and go back to the list")
    hanako.says("Your answer was not saved")
    fields = hanako.page.locator("main textarea").all()
    assert [f.input_value() for f in fields] == [TYPED, "覚え書き"]
    with site.work() as uow:
        uow.session.exec(select(Round)).one().closes_at = kept
    assert member.answers() == {}


@pytest.mark.parametrize("size", [FILE_MAX + 1, 33 * 1024 * 1024])
def test_a_file_that_is_too_large_costs_no_answer(site, member, visit, size, tmp_path):
    hanako = visit(site, js=False).sign_in(member.emails[0])
    hanako.go(QUESTION)
    hanako.press("Save and go back to the list", fields={"level": 2, "text": TYPED})
    hanako.go(QUESTION)
    large = tmp_path / "大きい.pdf"
    large.write_bytes(PDF.ljust(size, b" "))
    hanako.fill(text="書き直しました。", files=[large])
    with hanako.page.expect_navigation():
        hanako.page.locator("button[value=add]").click()
    assert "MB" in hanako.text
    assert hanako.page.locator("h1").count() == 1
    assert member.answers()["P1-01"] in {TYPED, "書き直しました。"}
    if size == FILE_MAX + 1:
        hanako.shows("大きい.pdf", "20 MB")
        assert member.answers() == {"P1-01": "書き直しました。"}


def test_a_session_that_ended_leads_back_to_the_same_question(site, member, hanako):
    hanako.go(QUESTION)
    hanako.fill(level=2, text=TYPED)
    with site.work() as uow:
        for row in uow.session.exec(select(LoginSession)).all():
            row.ended_at = factories.clock()
    hanako.press("Save and go back to the list")
    assert "/sign-in" in hanako.page.url
    hanako.press("Sign in", fields={"email": member.emails[0], "password": PASSWORD})
    assert hanako.page.url == site.url + QUESTION
