"""An administrator's rights pass on in a browser, and come back."""

import itertools

import pytest

from jpmirai_compliance.accounts import service as accounts
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.e2e.site import Site
from tests.e2e.visitor import PASSWORD

_numbers = itertools.count(1)
EVERYTHING = frozenset({Role.ADMIN, Role.EDITOR, Role.APPROVER})


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    found = Site(tmp_path_factory.mktemp("handover")).start()
    with found.look() as uow:
        factories.make_member(uow, "ほかの組織")
    yield found
    found.stop()


@pytest.fixture
def domain(site):
    name = f"org{next(_numbers)}.example.com"
    now = factories.clock()
    with site.look() as uow:
        org = factories.make_organisation(uow, "青葉精密工業")
    with site.work() as uow:
        vault = accounts.Vault.of(site.settings)
        user = accounts.create_user(
            uow, email=f"aoki@{name}", name="青木 花子", password=PASSWORD, vault=vault, now=now
        )
        accounts.grant(uow, actor=None, user_id=user, org_id=org.id, roles=EVERYTHING, now=now)
    return name


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_successor_confirms_and_the_old_administrator_takes_it_back(site, domain, visit, js):
    aoki = visit(site, js=js).sign_in(f"aoki@{domain}")
    aoki.go("/m/people").follow("Hand over the administrator's rights")
    aoki.press("Ask the successor by mail")
    aoki.says("Choose who takes over.")
    aoki.page.locator("input[name=successor][value=new]").click()
    typed = {"email": f"ishida@{domain}", "name": "石田 健", "leaves": "no"}
    aoki.press("Ask the successor by mail", fields=typed)
    aoki.says("Waiting for the successor")
    ishida = visit(site, js=js)
    ishida.go(site.link(f"ishida@{domain}"))
    ishida.shows("青木 花子", "青葉精密工業")
    ishida.press("Take over", fields={"locale": "ja", "password": PASSWORD})
    ishida.says("You are an administrator now.")
    aoki.go("/m/people")
    assert "/sign-in" in aoki.page.url
    aoki.sign_in(f"aoki@{domain}").go("/m/people")
    assert not aoki.offers("Hand over the administrator's rights")
    aoki.go(site.link(f"aoki@{domain}")).press("Undo the hand-over")
    aoki.sign_in(f"aoki@{domain}").go("/m/people")
    assert aoki.offers("Hand over the administrator's rights")
    aoki.shows_not(f"ishida@{domain}, ")


def test_whoever_leaves_is_signed_out_and_shut_out(site, domain, visit):
    aoki = visit(site).sign_in(f"aoki@{domain}")
    aoki.go("/m/people/hand-over")
    aoki.page.locator("input[name=successor][value=new]").click()
    typed = {"email": f"ueda@{domain}", "name": "上田 翔", "leaves": "yes"}
    aoki.press("Ask the successor by mail", fields=typed)
    ueda = visit(site)
    path = site.link(f"ueda@{domain}")
    ueda.go(path).press("Take over", fields={"locale": "ja", "password": PASSWORD})
    for address in ("/m", "/m/people", "/m/profile", "/m/workplaces"):
        aoki.go(address)
        assert "/sign-in" in aoki.page.url
    somebody = visit(site)
    somebody.go(path, 410)
    somebody.says("This link was used already")


def test_a_phone_shows_every_column_of_the_people_without_pushing_aside(site, domain, visit):
    aoki = visit(site, width=360).sign_in(f"aoki@{domain}")
    aoki.go("/m/people")
    box = aoki.page.locator(".app-scroll").first
    assert box.evaluate("e => e.scrollWidth <= e.clientWidth")
    cells = aoki.page.locator("td.govuk-table__cell")
    assert [cell.bounding_box()["x"] for cell in cells.all()] == [
        cells.first.bounding_box()["x"]
    ] * 3
    wide = visit(site).sign_in(f"aoki@{domain}")
    wide.go("/m/people")
    lefts = [cell.bounding_box()["x"] for cell in wide.page.locator("td.govuk-table__cell").all()]
    assert lefts == sorted(set(lefts))  # side by side, as a table
