"""At a browser: the check leads to the field, the preview and the PDF, and later to the report."""

import io

import pypdf
import pytest

from jpmirai_compliance.accounts import service as accounts
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.e2e.site import Site
from tests.e2e.visitor import PASSWORD
from tests.reports.cases import accept

ROLES = frozenset({Role.ADMIN, Role.EDITOR, Role.APPROVER})
LONG = "2019年4月から、対象者全員に、年4回の面談を行い、結果を記録しています。"
PHONE = "090-1234-5678"
WAYS = [{"locale": "ja", "js": True}, {"locale": "en", "js": False}]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    found = Site(tmp_path_factory.mktemp("reports")).start()
    yield found
    found.stop()


def member(site, email, year, name="青葉精密工業"):
    """An organisation of its own with somebody who can sign in, and an open round."""
    now = factories.clock()
    with site.look() as uow:
        org = factories.make_organisation(uow, name)
        round_ = factories.make_round(uow, year, orgs=[org])
    with site.work() as uow:
        user_id = accounts.create_user(
            uow,
            email=email,
            name="花子",
            locale="ja",
            password=PASSWORD,
            totp_secret="",
            vault=accounts.Vault.of(site.settings),
            now=now,
        )
        accounts.grant(uow, actor=None, user_id=user_id, org_id=org.id, roles=ROLES, now=now)
    with site.look() as uow:
        user = uow.session.get(factories.User, user_id)
        uow.session.expunge(user)
    return org, user, round_


def speak(site, user, locale):
    with site.work() as uow:
        uow.session.get_one(factories.User, user.id).locale = locale


def text_of(path):
    pages = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


@pytest.mark.parametrize("way", WAYS, ids=["ja-js", "en-no-js"])
def test_from_the_check_to_the_field_the_preview_and_the_pdf(site, visit, way):
    year = 2026 if way["js"] else 2027
    email = f"hanako@check{year}.example.com"
    org, user, round_ = member(site, email, year)
    speak(site, user, way["locale"])
    given = factories.all_answers(org, 2) | {
        "P1-01": {},
        "P1-02": {"level": 2, "text": f"{LONG}{PHONE}", "note": "内緒の覚え"},
    }
    with site.look() as uow:
        factories.make_assessment(uow, org, round_, given, by=user)
    hanako = visit(site, **way).sign_in(email)
    hanako.go(f"/m/{year}/check")
    hanako.says("Questions without an answer")
    hanako.shows(PHONE)
    hanako.open("P1-02")
    assert hanako.page.url.endswith(f"/m/{year}/P1-02#text")
    hanako.press("Save and go back to the list", fields={"text": LONG})
    hanako.go(f"/m/{year}/P1-01")
    hanako.press("Save and go back to the list", fields={"level": "1"})
    hanako.go(f"/m/{year}/check")
    hanako.says("All clear: every question is answered, and the check found nothing to look at.")
    plain = text_of(hanako.download("All answers as PDF"))
    assert (LONG in plain, "内緒の覚え" in plain, PHONE in plain) == (True, False, False)
    hanako.follow("Preview as the public page")
    hanako.says("Preview – not public")
    hanako.shows(LONG)
    hanako.shows_not("内緒の覚え")
    hanako.follow("Back to the check of the answers")
    assert hanako.page.url.endswith(f"/m/{year}/check")
    assert (hanako.faults, hanako.elsewhere) == ([], [])


@pytest.mark.parametrize("way", WAYS, ids=["ja-js", "en-no-js"])
def test_from_the_start_page_to_the_report_and_its_pdf(site, visit, way):
    year = 2028 if way["js"] else 2029
    email = f"hanako@report{year}.example.com"
    org, user, round_ = member(site, email, year)
    speak(site, user, way["locale"])
    reason = "規程に施行日がありません。"
    with site.look() as uow:
        accept(uow, round_, org, user, level=3, verdicts={"P1-01": ("gap", 1, reason)})
    hanako = visit(site, **way).sign_in(email)
    hanako.go("/m")
    hanako.follow("Feedback report")
    hanako.says("What costs most, and what would close it")
    hanako.shows(reason)
    assert reason in text_of(hanako.download("Download the report (PDF)"))
    assert (hanako.faults, hanako.elsewhere) == ([], [])
