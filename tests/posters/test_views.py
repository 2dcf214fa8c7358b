import pytest

from jpmirai_compliance.workplaces import service as workplaces
from jpmirai_compliance.workplaces.service import Details
from tests import factories
from tests.disclosure.cases import english_member
from tests.factories import NOW


@pytest.fixture
def member(uow):
    return english_member(uow, "みらい製作所")


@pytest.fixture
def site(uow, member):
    details = Details("浜松工場", languages=("my", "vi"))
    with uow.transaction():
        return workplaces.add(uow, actor=member[2], org_id=member[0].id, details=details, now=NOW)


def test_the_posters_of_a_site_are_downloaded(login, member, site):
    browser = login(member[1], member[0])
    page = browser.get("/m/posters")
    chosen = [i["value"] for i in page.select("[name=languages][checked]")]
    assert sorted(chosen) == ["my", "vi"]
    answer = browser.press("Download the posters (PDF)", status=200)
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-1.7")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="jp-mirai-posters-vi-my.pdf"'
    )
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("languages", None),
        ("languages", ["xx"]),
        ("workplace", "x"),
        ("names", "?"),
        ("sentences", "?"),
    ],
)
def test_bad_input_is_told_at_the_field(login, member, site, field, value):
    browser = login(member[1], member[0])
    browser.get("/m/posters")
    page = browser.press("Download the posters (PDF)", status=422, **{field: value})
    assert page.select_one(".govuk-error-summary a")["href"].startswith(f"#{field}")


def test_a_site_of_somebody_else_is_not_offered(uow, login, member, site):
    org, user, _actor = english_member(uow, "隣の会社")
    browser = login(user, org)
    assert "No workplace yet" in browser.get("/m/posters").text
    with uow.transaction():
        own = Details("うちの工場")
        workplaces.add(
            uow, actor=factories.actor_of(user, org), org_id=org.id, details=own, now=NOW
        )
    browser.get("/m/posters")
    browser.press("Download the posters (PDF)", status=422, workplace=str(site.id))
