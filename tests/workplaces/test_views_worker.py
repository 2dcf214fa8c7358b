"""What a worker reaches from a poster: rows PU-1, PU-4 and OU-8."""

import re
from pathlib import Path

import pytest

from jpmirai_compliance.foundation.web import DIST
from jpmirai_compliance.principles import reference_wording
from jpmirai_compliance.workplaces import rules, service
from jpmirai_compliance.workplaces.service import Details
from tests import factories
from tests.disclosure import cases
from tests.factories import NOW

LANGUAGES = ("ja", "en", "vi", "my")
HOSTILE = '"><script>alert(1)</script>{{7*7}}$year'


@pytest.fixture
def member(uow):
    return factories.make_member(uow, "株式会社みらい製作所", name_en="Mirai Works")


@pytest.fixture
def site(uow, member):
    return add(
        uow, member[2], Details("浜松工場", contact_name="人事部", contact_phone="053-000-0000")
    )


def add(uow, actor, details):
    with uow.transaction():
        return service.add(uow, actor=actor, org_id=actor.org_id, details=details, now=NOW)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_promises_help_first_and_the_own_contact_second(browser, site, lang):
    page = browser.get(f"/{lang}/w/{site.code}")
    texts = rules.texts(lang)
    assert (page.html["lang"], page.h1.text) == (lang, texts.title)
    assert [li.text for li in page.select("main ol li")] == list(reference_wording(lang).plain)
    assert [h.text for h in page.select("h2")] == [texts.get_help, texts.own_title]
    assert [a["href"] for a in page.select("a.tel")] == ["tel:110", "tel:119", "tel:0530000000"]
    assert [s.text for s in page.select(".languages strong")] == [rules.ENDONYMS[lang]]
    assert {a["hreflang"]: a["href"] for a in page.select(".languages a")} == {
        tag: f"/{tag}/w/{site.code}" for tag in LANGUAGES if tag != lang
    }
    assert texts.same_code in page.text
    assert page.select("script, form, iframe") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pu_1_nothing_is_known_about_the_visitor(browser, site, lang, capsys):
    for path in (f"/{lang}/w/{site.code}", f"/{lang}/workers", f"/q/{site.code}"):
        answer = browser.client.get(path, headers={"User-Agent": "MyPhone/1"})
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Cookie" not in answer.headers.get("Vary", "")
    said = "".join(capsys.readouterr())
    assert [w for w in (site.code, "127.0.0.1", "MyPhone") if w in said] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_weighs_little_and_loads_nothing_from_elsewhere(client, site, lang):
    answer = client.get(f"/{lang}/w/{site.code}")
    loaded = re.findall(
        r'<(?:link rel="stylesheet"|img|script)[^>]*(?:href|src)="([^"]+)"', answer.text
    )
    assert [path.startswith("/static/dist/worker-") for path in loaded] == [True]
    sheet = (DIST / Path(loaded[0]).name).read_text()
    fonts = re.findall(r"([a-z0-9-]+\.woff2)", sheet) if lang == "my" else []
    weight = (
        len(answer.data) + len(sheet) + sum((DIST / Path(f).name).stat().st_size for f in fonts)
    )
    assert weight <= 60_000


@pytest.mark.parametrize("code", ["2222222", "0000000", "x", "%00", "..", "a" * 300, "<script>"])
def test_an_unknown_code_is_never_an_error(browser, code):
    for lang in LANGUAGES:
        page = browser.get(f"/{lang}/w/{code}")
        assert page.h1.text == rules.texts(lang).title_general
        assert page.select_one("#help")
    answer = browser.client.get(f"/q/{code}")
    assert answer.status_code == 302
    assert browser.client.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    ("accept", "lang"), [("vi-VN,vi;q=0.9", "vi"), ("my", "my"), ("fr,en;q=0.5", "en"), ("", "ja")]
)
def test_the_code_leads_to_the_telephone_s_language(client, site, accept, lang):
    for path in (f"/Q/{site.code}", f"/q/{site.code.lower()}"):
        answer = client.get(
            path, headers={"Accept-Language": accept, "X-Forwarded-Host": "evil.example"}
        )
        assert (answer.status_code, answer.location) == (302, f"/{lang}/w/{site.code}")
        assert answer.headers["Vary"] == "Accept-Language"
    answer = client.get(f"/th/w/{site.code}", headers={"Accept-Language": accept})
    assert (answer.status_code, answer.location) == (302, f"/{lang}/w/{site.code}")


def test_old_codes_lead_on_and_closed_sites_to_the_general_page(uow, browser, member, site):
    with uow.transaction():
        new = service.renew_code(uow, actor=member[2], workplace_id=site.id, now=NOW)
    assert browser.get(f"/en/w/{site.code}").h1.text == browser.get(f"/en/w/{new}").h1.text
    with uow.transaction():
        service.close(uow, actor=member[2], workplace_id=site.id, now=NOW)
    for code in (site.code, new):
        page = browser.get(f"/en/w/{code}")
        assert page.h1.text == "What members of JP-MIRAI promise"
        assert "みらい" not in page.main.text


def test_whether_it_published_is_said_in_words(app, settings, uow, browser, member, site):
    org, user, actor = member
    page = browser.get(f"/en/w/{site.code}")
    assert "Mirai Works has not published what it does yet." in page.text
    cases.accept(uow, org, user, factories.make_round(uow))
    found = cases.publish(app, settings, uow, actor)
    page = browser.get(f"/vi/w/{site.code}")
    assert "Mirai Works đã công khai các hoạt động của năm 2026." in page.text
    assert page.select_one(".note a")["href"] == f"/en/orgs/{found.slug}/2026"
    assert "%" not in page.main.text


def test_hostile_names_stay_text(uow, browser):
    _org, _user, actor = factories.make_member(uow, HOSTILE, name_en=HOSTILE)
    details = Details(
        HOSTILE[:90], contact_name=HOSTILE[:90], contact_phone="1", contact_note=HOSTILE
    )
    code = add(uow, actor, details).code
    for lang in LANGUAGES:
        page = browser.get(f"/{lang}/w/{code}")
        assert page.select("script") == []
        assert HOSTILE in page.text
