"""Sites and languages on the public page: with the next publication, and only what may be said."""

import json

from jpmirai_compliance.disclosure.service.postings import Hung, take_down
from jpmirai_compliance.workplaces import service
from jpmirai_compliance.workplaces.service import Details
from tests.disclosure.cases import NOW, press_of

SECRET = "秘密の工場"


def hang(uow, actor, name, *languages, named=True):
    with uow.transaction():
        place = service.add(uow, actor=actor, org_id=actor.org_id, details=Details(name), now=NOW)
        hung = Hung(NOW.date(), languages, named)
        return service.put_up(
            uow, actor=actor, workplace_id=place.id, hung=hung, photo=None, now=NOW
        )


def file_of(settings, found, name):
    return (settings.published / "bundles" / found.bundle / name).read_text()


def test_the_page_and_its_data_list_sites_and_languages(settings, uow, member, publish):
    hang(uow, member[2], "浜松工場", "ja", "my")
    hang(uow, member[2], SECRET, "vi", named=False)
    found = publish(member[2])
    page, data = file_of(settings, found, "page.en.html"), file_of(settings, found, "data.json")
    for text in ("浜松工場", '<bdi lang="my">မြန်မာ</bdi>', "A workplace that is not named"):
        assert text in page
    assert SECRET not in page + data + file_of(settings, found, "page.ja.html")
    day = NOW.date().isoformat()
    assert json.loads(data)["selfAssessment"]["postings"] == [
        {
            "site": "浜松工場",
            "languages": [
                {"language": "ja", "posted_on": day},
                {"language": "my", "posted_on": day},
            ],
        },
        {"site": "", "languages": [{"language": "vi", "posted_on": day}]},
    ]


def test_without_posters_page_and_data_have_no_trace(app, settings, uow, member, publish):
    made = hang(uow, member[2], "浜松工場", "ja")
    with uow.transaction():
        take_down(uow, actor=member[2], posting_id=made.id, now=NOW)
    found = publish(member[2])
    assert "postings" not in found.page
    html = press_of(app, settings).page(found.page, "en")
    assert 'id="posters"' not in html


def test_a_poster_put_up_later_waits_for_the_next_publication(settings, uow, member, publish):
    before = publish(member[2])
    hang(uow, member[2], "浜松工場", "ja")
    assert "浜松工場" not in file_of(settings, before, "page.ja.html")
    after = publish(member[2])
    assert "浜松工場" in file_of(settings, after, "page.ja.html")
