"""The poster of a workplace, for whoever scans its code."""

import io

import pypdf
import pypdfium2
import pytest
import zxingcpp

from jpmirai_compliance.principles import LANGUAGES
from jpmirai_compliance.workplaces import service as workplaces
from jpmirai_compliance.workplaces.service import Details
from tests import factories
from tests.factories import NOW


@pytest.fixture
def site(uow):
    org, _user, actor = factories.make_member(uow, "株式会社みらい製作所")
    with uow.transaction():
        details = Details("浜松工場")
        found = workplaces.add(uow, actor=actor, org_id=org.id, details=details, now=NOW)
    return found, actor


def read(answer):
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "Set-Cookie" not in answer.headers
    [page] = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    with pypdfium2.PdfDocument(answer.data) as document:
        [code] = zxingcpp.read_barcodes(document[0].render(scale=110 / 72).to_pil())
    return page.extract_text(), code.text


@pytest.mark.parametrize("tag", ["vi", "ur"])
def test_the_page_of_a_code_leads_to_its_poster(client, site, tag):
    found, _actor = site
    page = client.get(f"/{tag}/w/{found.code}").text
    assert f'href="/{tag}/w/{found.code}/poster.pdf"' in page
    answer = client.get(f"/{tag}/w/{found.code}/poster.pdf")
    text, code = read(answer)
    assert ("みらい製作所" in text, "浜松工場" in text) == (True, True)
    assert code.endswith(f"/Q/{found.code}")
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    again = client.get(
        f"/{tag}/w/{found.code}/poster.pdf", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_an_old_code_gives_the_poster_with_the_new_one(client, uow, site):
    found, actor = site
    with uow.transaction():
        new = workplaces.renew_code(uow, actor=actor, workplace_id=found.id, now=NOW)
    _text, code = read(client.get(f"/vi/w/{found.code}/poster.pdf"))
    assert code.endswith(f"/Q/{new}")


@pytest.mark.parametrize("code", ["AAAAAAA", "x", "workers", "%3Cb%3E"])
def test_an_unknown_code_gives_the_general_poster_without_names(client, site, code):
    text, printed = read(client.get(f"/en/w/{code}/poster.pdf"))
    assert ("みらい製作所" in text, "浜松工場" in text) == (False, False)
    assert "same for everyone" not in text
    assert printed.endswith("/Q/WORKERS")
    scanned = client.get("/Q/WORKERS", headers={"Accept-Language": "vi"})
    assert scanned.headers["Location"] == "/vi/workers"


def test_a_closed_workplace_gives_the_general_poster(client, uow, site):
    found, actor = site
    with uow.transaction():
        workplaces.close(uow, actor=actor, workplace_id=found.id, now=NOW)
    text, _code = read(client.get(f"/en/w/{found.code}/poster.pdf"))
    assert "みらい製作所" not in text


def test_another_language_leads_to_one_that_we_have(client, site):
    answer = client.get("/fr/w/AAAAAAA/poster.pdf")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/fr/w/AAAAAAA")


def test_all_languages_fit_into_the_column_of_a_workplace():
    assert len(",".join(LANGUAGES)) <= 100
