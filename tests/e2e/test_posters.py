"""Posters at a browser: looked at, taken, scanned; with and without script."""

import pypdfium2
import pytest
import zxingcpp

from tests import factories
from tests.e2e.site import Site
from tests.e2e.test_bad_input import Member


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    found = Site(tmp_path_factory.mktemp("posters")).start()
    with found.look() as uow:
        factories.make_round(uow)
    yield found
    found.stop()


@pytest.fixture
def member(site):
    return Member(site)


@pytest.mark.parametrize("js", [True, False])
def test_a_sheet_is_looked_at_taken_and_scanned(site, member, visit, js):
    hanako = visit(site, js=js).sign_in(member.emails[0])
    hanako.go("/m/workplaces/new")
    hanako.press("Save the workplace", fields={"name": "浜松工場", "languages": ["vi", "my"]})
    hanako.go("/m/posters")
    hanako.press("Show a preview", fields={"layout": "many"})
    picture = hanako.page.locator(".app-posters img")
    assert picture.count() == 1
    picture.scroll_into_view_if_needed()
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => image.naturalWidth") == 1080
    with pypdfium2.PdfDocument(hanako.download("Download the posters")) as document:
        [code] = zxingcpp.read_barcodes(document[0].render(scale=110 / 72).to_pil())
    worker = visit(site, js=js, locale="en")
    path = code.text[len(site.url) :]
    worker.page.goto(path)
    assert worker.page.url.lower() == f"{site.url}/en/w/{path.rpartition('/')[2]}".lower()
    worker.shows("浜松工場")
    answer = worker.page.request.get(f"{worker.page.url}/poster.pdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert worker.page.context.cookies() == []
