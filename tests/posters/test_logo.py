import io

import pikepdf
import pypdfium2
import pytest
from PIL import Image, PngImagePlugin
from sqlmodel import select

from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.errors import Incomplete, NotPermitted
from jpmirai_compliance.posters import queries, service
from jpmirai_compliance.posters.documents import LOGO_MAX, logo
from jpmirai_compliance.posters.layout import Layout, Look, Mark, draw_sheets
from jpmirai_compliance.workplaces import service as workplaces
from jpmirai_compliance.workplaces.service import Details
from tests import factories
from tests.disclosure.cases import english_member
from tests.factories import NOW
from tests.posters.cases import poster


def picture(form="PNG", size=(600, 200), colour=(0, 160, 60), **kept):
    into = io.BytesIO()
    Image.new("RGB", size, colour).save(into, form, **kept)
    return into.getvalue()


@pytest.fixture(scope="module")
def mark():
    return logo(picture())


def images(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return sum(len(page.get_images()) for page in document.pages)


def test_a_logo_is_drawn_anew_and_keeps_nothing_but_the_picture():
    secret = PngImagePlugin.PngInfo()
    secret.add_text("Comment", "35.6586N 139.7454E")
    exif = Image.Exif()
    exif[0x010F] = "35.6586N camera"
    for sent in (picture(pnginfo=secret), picture("JPEG", exif=exif)):
        assert b"35.6586N" in sent
        kept = logo(sent)
        assert b"35.6586N" not in kept.png
        assert (kept.png[:4], kept.width, kept.height) == (b"\x89PNG", 600, 200)


def test_a_large_logo_is_made_smaller_and_keeps_its_shape():
    kept = logo(picture("JPEG", size=(3000, 2000)))
    assert (kept.width, kept.height) == (450, 300)


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + bytes(40), b"%PDF-1.7"],
)
def test_fi_1_what_is_no_picture_is_refused(content):
    with pytest.raises(Incomplete, match="cannot be read as a picture"):
        logo(content)


def test_fi_1_a_large_file_and_a_bomb_are_refused():
    with pytest.raises(Incomplete, match="larger than 2 MB"):
        logo(bytes(LOGO_MAX + 1))
    with pytest.raises(Incomplete, match="cannot be read as a picture"):
        logo(picture(size=(20_000, 20_000)))


@pytest.mark.parametrize("layout", list(Layout))
def test_the_logo_stands_on_every_layout_inside_its_margin(mark, layout):
    pdf = draw_sheets([poster("vi", logo=mark)], Look(layout))
    assert images(pdf) == 1
    assert pdf == draw_sheets([poster("vi", logo=mark)], Look(layout))
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=1).to_pil().convert("RGB")
    top = page.crop((0, 0, page.width, page.height // 6))
    green = [
        (x, y)
        for x in range(top.width)
        for y in range(top.height)
        if top.getpixel((x, y)) == (0, 160, 60)
    ]
    assert len(green) > 300
    assert max(x for x, _y in green) <= page.width - 16


def test_a_logo_belongs_to_one_organisation_and_there_is_one(uow, mark):
    org, _user, actor = factories.make_member(uow, "みらい製作所")
    other, _user, stranger = factories.make_member(uow, "隣の会社")
    with uow.transaction():
        service.keep_logo(uow, actor=actor, org_id=org.id, mark=mark, now=NOW)
    with pytest.raises(NotPermitted), uow.transaction():
        service.keep_logo(uow, actor=stranger, org_id=org.id, mark=mark, now=NOW)
    newer = Mark(mark.png, 60, 20)
    with uow.transaction():
        service.keep_logo(uow, actor=actor, org_id=org.id, mark=newer, now=NOW)
    assert (queries.logo(uow, org.id), queries.logo(uow, other.id)) == (newer, None)
    with pytest.raises(NotPermitted), uow.transaction():
        service.remove_logo(uow, actor=stranger, org_id=org.id, now=NOW)
    with uow.transaction():
        service.remove_logo(uow, actor=actor, org_id=org.id, now=NOW)
        service.remove_logo(uow, actor=actor, org_id=org.id, now=NOW)
    assert queries.logo(uow, org.id) is None
    found = uow.session.exec(select(AuditEvent).where(AuditEvent.event == Event.LOGO_CHANGED)).all()
    assert [(e.org_id, e.data) for e in found] == [
        (org.id, '{"what":"kept"}'),
        (org.id, '{"what":"kept"}'),
        (org.id, '{"what":"removed"}'),
    ]


@pytest.mark.parametrize(("wish", "count"), [({}, 1), ({"logo": False}, 0), ({"named": False}, 0)])
def test_the_poster_has_it_where_it_is_wanted(uow, mark, wish, count):
    org, _user, actor = factories.make_member(uow, "みらい製作所")
    with uow.transaction():
        site = workplaces.add(uow, actor=actor, org_id=org.id, details=Details("工場"), now=NOW)
        service.keep_logo(uow, actor=actor, org_id=org.id, mark=mark, now=NOW)
    with uow.transaction():
        [drawn] = service.make_posters(
            uow,
            actor=actor,
            workplace_id=site.id,
            wish=service.Wish(("vi",), **wish),
            base_url="https://jp-mirai.example",
            now=NOW,
        )
    assert images(drawn.pdf) == count


def test_a_logo_is_sent_shown_and_removed(uow, login):
    org, user, actor = english_member(uow, "みらい製作所")
    with uow.transaction():
        workplaces.add(uow, actor=actor, org_id=org.id, details=Details("工場"), now=NOW)
    browser = login(user, org)
    browser.get("/m/posters")
    page = browser.press("Keep the logo", status=422, logo_file=(io.BytesIO(b"x"), "logo.png"))
    assert page.select_one(".govuk-error-summary a")["href"] == "#logo_file"
    page = browser.press("Keep the logo", logo_file=(io.BytesIO(picture()), "logo.png"))
    assert page.select_one("img.app-evidence")["src"] == "/m/posters/logo.png"
    assert [i["value"] for i in page.select("[name=logo][checked]")] == ["y"]
    answer = browser.client.get("/m/posters/logo.png")
    assert (answer.mimetype, Image.open(io.BytesIO(answer.data)).size) == ("image/png", (600, 200))
    neighbour, other, _actor = english_member(uow, "隣の会社")
    assert login(other, neighbour).client.get("/m/posters/logo.png").status_code == 404
    again = login(user, org)
    again.get("/m/posters")
    assert again.press("Remove the logo").select("img.app-evidence") == []
