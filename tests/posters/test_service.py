import io
import unicodedata

import pypdf
import pypdfium2
import pytest
import zxingcpp
from sqlmodel import select

from jpmirai_compliance.disclosure.service.texts import import_wordings
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.errors import DomainError, Incomplete, NotFound
from jpmirai_compliance.posters.service import Wish, make_posters
from jpmirai_compliance.principles import dump_wordings, reference_wording
from jpmirai_compliance.workplaces import service as workplaces
from jpmirai_compliance.workplaces.rules import Contact
from jpmirai_compliance.workplaces.service import Details
from tests import factories
from tests.factories import NOW

BASE = "https://jp-mirai.example"


@pytest.fixture
def member(uow):
    return factories.make_member(uow, "株式会社みらい製作所")


@pytest.fixture
def site(uow, member):
    with uow.transaction():
        details = Details("浜松工場", contacts=(Contact("人事部", phone="053-000-0000"),))
        return workplaces.add(uow, actor=member[2], org_id=member[0].id, details=details, now=NOW)


def make(uow, actor, site, **wish):
    """Return the one PDF."""
    [drawn] = made(uow, actor, site, **wish)
    return drawn.pdf


def made(uow, actor, site, **wish):
    with uow.transaction():
        return make_posters(
            uow,
            actor=actor,
            workplace_id=site.id,
            wish=Wish(**({"languages": ("ja", "vi", "my")} | wish)),
            base_url=BASE,
            now=NOW,
        )


def pages(content):
    read = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    return [unicodedata.normalize("NFC", text) for text in read]


def test_pu_4_one_page_a_language_whose_code_leads_to_the_site(uow, member, site):
    content = make(uow, member[2], site)
    texts = pages(content)
    assert [("株式会社みらい製作所" in t, "053-000-0000" in t) for t in texts] == [(True, True)] * 3
    assert ["参考文" in t for t in texts] == [True] * 3
    assert "tham khảo" in texts[1]
    document = pypdfium2.PdfDocument(content)
    read = []
    for page in document:
        image = page.render(scale=2).to_pil()
        read.append([code.text for code in zxingcpp.read_barcodes(image)])
    document.close()
    assert read == [[f"HTTPS://JP-MIRAI.EXAMPLE/Q/{site.code}"]] * 3
    [event] = uow.session.exec(
        select(AuditEvent).where(AuditEvent.event == Event.POSTER_MADE)
    ).all()
    assert (event.org_id, event.subject) == (member[0].id, f"workplace:{site.id}")
    assert '"languages":["ja","vi","my"]' in event.data


def test_without_names_there_are_none(uow, member, site):
    for text in pages(make(uow, member[2], site, named=False)):
        assert "みらい製作所" not in text
        assert "浜松工場" not in text


def test_plain_sentences_and_full_ones(uow, member, site):
    [full] = pages(make(uow, member[2], site, languages=("en",)))
    [plain] = pages(make(uow, member[2], site, languages=("en",), plain=True))
    assert "comply with the laws" in " ".join(full.split())
    assert "We obey the law when we accept you." in " ".join(plain.split())


def test_a_new_wording_is_on_the_next_poster(uow, member, site):
    text = dump_wordings((reference_wording("en"),)).replace(
        "status: reference", "status: official"
    )
    _user, staff = factories.make_staff(uow)
    assert "Reference translation" in pages(make(uow, member[2], site, languages=("en",)))[0]
    with uow.transaction():
        import_wordings(uow, actor=staff, text=text, filename="en.yaml", now=NOW)
    [page] = pages(make(uow, member[2], site, languages=("en",)))
    assert ("Official text" in page, "Reference translation" in page) == (True, False)


def test_ou_1_hostile_names_print_as_they_are(uow):
    name = '<b>&amp;</b><img src="/etc/passwd">'
    org, _user, actor = factories.make_member(uow, name)
    with uow.transaction():
        site = workplaces.add(uow, actor=actor, org_id=org.id, details=Details(name), now=NOW)
    content = make(uow, actor, site, languages=("en",))
    assert name in pages(content)[0].replace("\n", "")
    assert all(not page.images for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_what_cannot_be_made(uow, member, site):
    _org, _user, stranger = factories.make_member(uow, "よその会社")
    with pytest.raises(NotFound):
        make(uow, stranger, site)
    for languages in ((), ("fr",), ("../x",)):
        with pytest.raises(Incomplete):
            make(uow, member[2], site, languages=languages)
    with uow.transaction():
        workplaces.close(uow, actor=member[2], workplace_id=site.id, now=NOW)
    with pytest.raises(DomainError, match="closed"):
        make(uow, member[2], site)
