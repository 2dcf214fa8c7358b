import io
import zipfile

import pypdf
import pytest
import zxingcpp
from PIL import Image
from sqlmodel import select

from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.principles import LANGUAGES
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
    answer = browser.press("Download the posters", status=200)
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-1.7")
    assert answer.headers["Content-Disposition"] == ('attachment; filename="jp-mirai-a4-vi.pdf"')
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("languages", None),
        ("languages", ["xx"]),
        ("workplace", "x"),
        ("names", "?"),
        ("sentences", "?"),
        ("layout", "a5"),
        ("colours", "?"),
        ("file", "exe"),
    ],
)
def test_bad_input_is_told_at_the_field(login, member, site, field, value):
    browser = login(member[1], member[0])
    browser.get("/m/posters")
    page = browser.press("Download the posters", status=422, **{field: value})
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
    browser.press("Download the posters", status=422, workplace=str(site.id))


def chosen(**changed):
    """Return what a form sends, apart from the workplace."""
    usual = {
        "languages": ["vi", "my"],
        "layout": "a4",
        "sentences": "plain",
        "names": "both",
        "colours": "colour",
        "file": "pdf",
    }
    return usual | changed


def names_in(archive):
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        assert found.testzip() is None
        return found.namelist()


def test_the_preview_shows_each_sheet_before_anything_is_made(uow, login, member, site):
    browser = login(member[1], member[0])
    browser.get("/m/posters")
    page = browser.press("Show a preview", languages=["vi", "my", "ja"], layout="two")
    pictures = [image["src"] for image in page.select(".app-posters img")]
    assert len(pictures) == 2
    assert [i["value"] for i in page.select("[name=layout][checked]")] == ["two"]
    answer = browser.client.get(pictures[0])
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.data)).size == (1080, 764)
    assert browser.client.get(pictures[0].replace("/1.png", "/3.png")).status_code == 404
    made = select(AuditEvent).where(AuditEvent.event == Event.POSTER_MADE)
    assert uow.session.exec(made).all() == []


def test_a_preview_needs_a_workplace_of_ones_own(uow, login, member, site):
    org, user, _actor = english_member(uow, "隣の会社")
    query = chosen(workplace=str(site.id))
    client = login(user, org).client
    assert client.get("/m/posters/preview/1.png", query_string=query).status_code == 404
    with uow.transaction():
        details, actor = Details("うちの工場"), factories.actor_of(user, org)
        own = workplaces.add(uow, actor=actor, org_id=org.id, details=details, now=NOW)
    query = chosen(workplace=str(own.id))
    assert client.get("/m/posters/preview/1.png", query_string=query).status_code == 200


@pytest.mark.parametrize(
    ("wish", "mimetype", "names"),
    [
        ({"file": "zip"}, "application/zip", ["jp-mirai-a4-my.pdf", "jp-mirai-a4-vi.pdf"]),
        ({"file": "png"}, "application/zip", ["jp-mirai-a4-my.png", "jp-mirai-a4-vi.png"]),
        ({"file": "zip", "layout": "many"}, "application/zip", ["jp-mirai-many-vi-my.pdf"]),
    ],
)
def test_several_files_come_as_one(login, member, site, wish, mimetype, names):
    browser = login(member[1], member[0])
    browser.get("/m/posters")
    answer = browser.press("Download the posters", status=200, **chosen(**wish))
    assert (answer.mimetype, sorted(names_in(answer.data))) == (mimetype, names)


def test_one_picture_is_a_picture(login, member, site):
    browser = login(member[1], member[0])
    browser.get("/m/posters")
    answer = browser.press("Download the posters", status=200, **chosen(file="png", layout="many"))
    assert answer.mimetype == "image/png"
    picture = Image.open(io.BytesIO(answer.data))
    assert picture.width == 1080
    [code] = zxingcpp.read_barcodes(picture)
    assert code.text.endswith(f"/Q/{site.code}")


def test_all_languages_at_once(login, member, site):
    browser = login(member[1], member[0])
    browser.get("/m/posters")
    answer = browser.press("Download all languages", status=200, **chosen(languages=[], file="pdf"))
    assert len(pypdf.PdfReader(io.BytesIO(answer.data)).pages) == len(LANGUAGES)


def test_characters_that_no_font_has_are_named_at_the_field(uow, login):
    org, user, actor = english_member(uow, "ᚠᚢ工業")
    with uow.transaction():
        workplaces.add(uow, actor=actor, org_id=org.id, details=Details("工場"), now=NOW)
    browser = login(user, org)
    browser.get("/m/posters")
    page = browser.press("Download the posters", status=422)
    [link] = page.select(".govuk-error-summary a")
    assert (link["href"], link.text) == (
        "#names",
        "These characters cannot be printed: ᚠ ᚢ",
    )
    answer = browser.press("Download the posters", status=200, names="none")
    assert answer.mimetype == "application/pdf"
