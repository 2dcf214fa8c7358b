import io

import pytest

from jpmirai_compliance.disclosure.queries import texts
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import LANGUAGES
from tests import factories
from tests.disclosure.test_wording import official


@pytest.fixture
def secretariat(uow, login):
    roles = (Role.SECRETARIAT, Role.REVIEWER)
    return login(factories.make_user(uow, None, roles, totp_secret="enrolled", locale="en"))


def in_force(uow, language="vi"):
    uow.session.rollback()  # what was committed since
    return texts.wording(uow, language)


def test_the_secretariat_loads_a_file_and_downloads_it_again(uow, secretariat):
    page = secretariat.get("/s/wordings")
    assert [row.th.span.text for row in page.select("tbody tr")] == list(LANGUAGES)
    file = (io.BytesIO(official().encode()), "vi.yaml")
    secretariat.press("Show what would change", 200, file=file)
    assert in_force(uow).status == "reference"
    secretariat.press("Put in force")
    assert "Wordings now in force: vi" in secretariat.page.text
    assert in_force(uow).status == "official"
    assert secretariat.client.get("/s/wordings/vi.yaml").text == official()
    secretariat.get("/s/wordings/fr.yaml", status=404)


@pytest.mark.parametrize("text", ["", "wordings: {vi: {title: x}}", "!!python/object:os.system x"])
def test_what_is_wrong_is_said_at_the_field(uow, secretariat, text):
    secretariat.get("/s/wordings")
    page = secretariat.press("Show what would change", status=422, text=text)
    assert page.select_one(".govuk-error-summary a")
    assert in_force(uow).status == "reference"


def test_pasted_text_works_too(uow, secretariat):
    secretariat.get("/s/wordings")
    secretariat.press("Show what would change", 200, text=official())
    secretariat.press("Put in force")
    assert in_force(uow).status == "official"


def test_a_member_has_no_business_here(uow, login):
    org = factories.make_organisation(uow)
    browser = login(factories.make_user(uow, org), org)
    assert browser.client.get("/s/wordings").status_code == 403
