"""A member that comes back: copied answers, filters, colleagues, the table; with and without JS."""

import pytest
from sqlmodel import select

from jpmirai_compliance.accounts import service as accounts
from jpmirai_compliance.assessments.models import AnswerRow, Assessment
from jpmirai_compliance.foundation.policy import MEMBER_ROLES
from tests import factories
from tests.assessments.member.last_year import make_returning
from tests.e2e.site import Site
from tests.e2e.visitor import PASSWORD


@pytest.fixture
def site(tmp_path):
    found = Site(tmp_path).start()
    yield found
    found.stop()


@pytest.fixture
def returning(site):
    """An organisation with a submitted 2025, and somebody who can sign in."""
    with site.look() as uow:
        found = make_returning(uow, lambda _scope: uow)
    with site.work() as uow:
        now, vault = factories.clock(), accounts.Vault.of(site.settings)
        email = "hanako@working.example.com"
        user = accounts.create_user(
            uow, email=email, name="青木 花子", password=PASSWORD, vault=vault, now=now
        )
        accounts.grant(
            uow, actor=None, user_id=user, org_id=found.org.id, roles=MEMBER_ROLES, now=now
        )
    found.email = email
    return found


def answers(site, who):
    with site.look() as uow:
        query = (
            select(AnswerRow)
            .join(Assessment, Assessment.id == AnswerRow.assessment_id)
            .where(Assessment.round_id == who.round.id, Assessment.org_id == who.org.id)
        )
        return {row.indicator_id: row for row in uow.session.exec(query)}


@pytest.mark.parametrize("js", [True, False], ids=["js", "plain"])
def test_last_years_answers_are_confirmed_shared_and_changed(site, returning, visit, js):
    hanako = visit(site, js=js).sign_in(returning.email)
    hanako.go("/m")
    hanako.press("Start the self-assessment")
    hanako.shows("前年度から複写・未確認")

    hanako.go("/m/2026/P1-01")
    hanako.says("Last year's answer (%(year)s)", year=2025)
    hanako.press("It still holds: confirm")
    assert hanako.page.url.endswith("/m/2026/P1-02?filter=prefilled")
    with hanako.page.expect_navigation():
        hanako.page.keyboard.press("Enter")  # the button has the focus: one key each
    assert hanako.page.url.endswith("/m/2026/P1-04?filter=prefilled")
    stored = answers(site, returning)
    assert [stored[i].prefilled for i in ("P1-01", "P1-02", "P1-04")] == [False, False, True]

    hanako.press("Save and put a flag on it")
    hanako.go("/m/2026?filter=flagged")
    hanako.open("P1-04")
    assert hanako.page.url.endswith("/m/2026/P1-04?filter=flagged")

    hanako.go("/m/2026/P1-04/discussion")
    hanako.press("Add the comment", fields={"comment": "数字は総務に確認します。"})
    hanako.shows("数字は総務に確認します。", "青木 花子")
    hanako.says(
        "Only people of your organisation read this. The secretariat never sees it, and it "
        "is never published."
    )

    hanako.go("/m/2026/principles/1/table")
    hanako.press(
        "Save all rows that changed", fields={"P1-05-level": "4", "P1-05-text": "表からの文"}
    )
    stored = answers(site, returning)
    assert (stored["P1-05"].level, stored["P1-05"].text) == (4, "表からの文")
    assert stored["P1-06"].prefilled is True
    hanako.go("/m/2026/print")
    hanako.shows("表からの文", "前年度から複写・未確認")
    hanako.shows_not("数字は総務に確認します。")
