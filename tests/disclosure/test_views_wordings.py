import io

import pytest

from jpmirai_compliance.disclosure import queries
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import LANGUAGES
from tests import factories
from tests.disclosure.test_wording import official


@pytest.fixture
def secretariat(uow, login):
    roles = (Role.SECRETARIAT, Role.REVIEWER)
    return login(factories.make_user(uow, None, roles, totp_secret="enrolled", locale="en"))


def test_the_secretariat_loads_a_file_and_downloads_it_again(uow, secretariat):
    page = secretariat.get("/s/wordings")
    assert [row.th.text for row in page.select("tbody tr")] == list(LANGUAGES)
    file = (io.BytesIO(official().encode()), "vi.yaml")
    secretariat.press("Put in force", file=file)
    assert "Wordings now in force: vi" in secretariat.page.text
    assert queries.wording(uow, "vi").status == "official"
    assert secretariat.client.get("/s/wordings/vi.yaml").text == official()
    secretariat.get("/s/wordings/fr.yaml", status=404)


@pytest.mark.parametrize("text", ["", "wordings: {vi: {title: x}}", "!!python/object:os.system x"])
def test_what_is_wrong_is_said_at_the_field(uow, secretariat, text):
    secretariat.get("/s/wordings")
    page = secretariat.press("Put in force", status=422, text=text)
    assert page.select_one(".govuk-error-summary a")
    assert queries.wording(uow, "vi").status == "reference"


def test_pasted_text_works_too(uow, secretariat):
    secretariat.get("/s/wordings")
    secretariat.press("Put in force", text=official())
    assert queries.wording(uow, "vi").status == "official"


def test_a_member_has_no_business_here(uow, login):
    org = factories.make_organisation(uow)
    browser = login(factories.make_user(uow, org), org)
    assert browser.client.get("/s/wordings").status_code == 403
