"""What a worker reaches from a poster: rows PU-1, PU-4 and OU-8."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from jpmirai_compliance.disclosure.rules.help import start_desks
from jpmirai_compliance.foundation.web import DIST
from jpmirai_compliance.principles import (
    LANGUAGES,
    direction,
    endonym,
    reference_wording,
    without_ruby,
)
from jpmirai_compliance.workplaces import rules, service
from jpmirai_compliance.workplaces.rules import Contact
from jpmirai_compliance.workplaces.service import Details
from tests import factories
from tests.disclosure import cases
from tests.factories import NOW

#: The web font that a page in the language asks for.
SCRIPTS = {
    "my": "myanmar",
    "km": "khmer",
    "th": "thai",
    "lo": "lao",
    "bn": "bengali",
    "ne": "devanagari",
    "hi": "devanagari",
    "si": "sinhala",
    "ta": "tamil",
}
HEAVIEST = "bn"  # its letters take the most
HOSTILE = '"><script>alert(1)</script>{{7*7}}$year'


@pytest.fixture
def member(uow):
    return factories.make_member(uow, "株式会社みらい製作所", name_en="Mirai Works")


@pytest.fixture
def site(uow, member):
    return add(
        uow, member[2], Details("浜松工場", contacts=(Contact("人事部", phone="053-000-0000"),))
    )


def bare(element):
    """The text without its readings."""
    copy = BeautifulSoup(str(element), "html.parser")
    for reading in copy.select("rt, rp"):
        reading.decompose()
    return copy.get_text()


def own_script_only(page):
    """Whether the way out is the only script, from a file."""
    [script] = page.select("script")
    return script.text == "" and re.match(r"/static/dist/leave-[0-9a-f]{10}\.js$", script["src"])


def add(uow, actor, details):
    with uow.transaction():
        return service.add(uow, actor=actor, org_id=actor.org_id, details=details, now=NOW)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_promises_help_first_and_the_own_contact_second(browser, site, lang):
    page = browser.get(f"/{lang}/w/{site.code}")
    texts = rules.texts(lang)
    assert (page.html["lang"], bare(page.h1)) == (lang, without_ruby(texts.title))
    assert page.html["dir"] == direction(lang)
    promises = [bare(li) for li in page.select("main ol li")]
    assert promises == [without_ruby(text) for text in reference_wording(lang).plain]
    headings = [texts.expect_title, texts.get_help, texts.own_title]
    headings += [texts.poster_title, texts.read_title]
    assert [bare(h) for h in page.select("h2")] == [without_ruby(text) for text in headings]
    called = [a["href"] for a in page.select("a[href^=tel]")]
    assert set(called[:2]) == {"tel:0570013904", "tel:0120811610"}
    assert called[2:] == ["tel:110", "tel:119", "tel:0530000000"]
    assert [s.text for s in page.select(".languages strong")] == [endonym(lang)]
    assert {a["hreflang"]: a["href"] for a in page.select(".languages li a")} == {
        tag: f"/{tag}/w/{site.code}" for tag in LANGUAGES if tag != lang
    }
    assert page.select("link[rel=alternate]") == []  # nobody finds a workplace by searching
    general = browser.get(f"/{lang}/workers").select("link[rel=alternate]")
    assert {a["hreflang"] for a in general} == set(LANGUAGES)
    assert without_ruby(texts.same_code) in bare(page.main)
    assert page.select_one(".leave a")["href"] == rules.EXIT
    assert page.select("form, iframe") == []
    assert own_script_only(page)


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
def test_the_page_weighs_little_and_loads_nothing_from_elsewhere(
    app, settings, uow, client, member, site, lang
):
    org, user, actor = member
    if lang == HEAVIEST:  # as much as a page of a member usually says
        cases.accept(uow, org, user, factories.make_round(uow))
        cases.publish(app, settings, uow, actor)
        three = tuple(
            Contact(
                f"相談窓口{n}",
                ("ja", "bn"),
                "平日 9:00–17:00",
                f"053-000-000{n}",
                f"a{n}@b.example",
            )
            for n in range(3)
        )
        site = add(uow, actor, Details("浜松第二工場", contacts=three))
    answer = client.get(f"/{lang}/w/{site.code}")
    loaded = re.findall(
        r'<(?:link rel="stylesheet"|img|script)[^>]*(?:href|src)="([^"]+)"', answer.text
    )
    assert [re.sub(r"-\w+\.", ".", path) for path in loaded] == [
        "/static/dist/worker.css",
        "/static/dist/leave.js",
    ]
    sheet, script_file = ((DIST / Path(path).name).read_text() for path in loaded)
    assert len(script_file) < 1000
    script = SCRIPTS.get(lang)
    fonts = [f for f in re.findall(r"([a-z0-9-]+\.woff2)", sheet) if script and script in f]
    assert len(fonts) == (1 if script else 0)
    weight = (
        len(answer.data)
        + len(sheet)
        + len(script_file)
        + sum((DIST / Path(f).name).stat().st_size for f in fonts)
    )
    assert weight <= 60_000


@pytest.mark.parametrize("code", ["2222222", "0000000", "x", "%00", "..", "a" * 300, "<script>"])
def test_an_unknown_code_is_never_an_error(browser, code):
    for lang in LANGUAGES:
        page = browser.get(f"/{lang}/w/{code}")
        assert bare(page.h1) == without_ruby(rules.texts(lang).title_general)
        assert page.select_one("#help")
    answer = browser.client.get(f"/q/{code}")
    assert answer.status_code == 302
    assert browser.client.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    ("accept", "lang"),
    [
        *(("vi-VN,vi;q=0.9", "vi"), ("my", "my"), ("fr,en;q=0.5", "en"), ("", "ja")),
        *(("zh-TW,zh;q=0.9", "zh-Hant"), ("pt-PT", "pt-BR"), ("tl-PH", "fil"), ("uz", "uz-Latn")),
    ],
)
def test_the_code_leads_to_the_telephone_s_language(client, site, accept, lang):
    for path in (f"/Q/{site.code}", f"/q/{site.code.lower()}"):
        answer = client.get(
            path, headers={"Accept-Language": accept, "X-Forwarded-Host": "evil.example"}
        )
        assert (answer.status_code, answer.location) == (302, f"/{lang}/w/{site.code}")
        assert answer.headers["Vary"] == "Accept-Language"
    answer = client.get(f"/fr/w/{site.code}", headers={"Accept-Language": accept})
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
    details = Details(HOSTILE[:90], contacts=(Contact(HOSTILE[:90], phone="1", hours=HOSTILE),))
    code = add(uow, actor, details).code
    for lang in LANGUAGES:
        page = browser.get(f"/{lang}/w/{code}")
        assert own_script_only(page)
        assert HOSTILE in page.text


def test_the_way_out_is_honest_about_the_history(browser):
    for lang in LANGUAGES:
        page = browser.get(f"/{lang}/workers/safety")
        texts = rules.texts(lang)
        assert bare(page.select_one(".note")) == without_ruby(texts.exit_note)
        assert [bare(li) for li in page.select("main li")] == [
            without_ruby(text) for text in texts.safety
        ]
        assert page.select_one(".leave a")["rel"] == ["noreferrer", "noopener"]
        assert bare(page.select_one("[data-keys][hidden]")) == without_ruby(texts.exit_keys)
    answer = browser.client.get("/xx/workers/safety", headers={"Accept-Language": "ne"})
    assert (answer.status_code, answer.location) == (302, "/ne/workers/safety")


def test_readings_are_over_the_characters_and_can_be_left_out(browser, site):
    page = browser.get(f"/ja-x-easy/w/{site.code}")
    assert page.h1.find("ruby").rt.text == "しょくば"
    assert "{" not in page.main.text
    page = browser.get(page.select_one(".toggle")["href"])
    assert page.select("ruby") == []
    assert bare(page.h1) == "この 職場の 約束"
    assert page.select_one(".toggle")["href"] == f"/ja-x-easy/w/{site.code}"


def test_whoever_answers_in_the_language_comes_before_the_others(browser):
    page = browser.get("/ne/workers")
    names = [h.text for h in page.select(".contact h3")]
    assert names[:2] == [desk.said("ne").name for desk in start_desks()[:2]]
    page = browser.get("/ja/workers")
    assert [h.text for h in page.select(".contact h3")][1:3] == [
        "出入国在留管理庁",
        "労働条件相談ほっとライン",
    ]
    free = [a.text for a in page.select("a[href='tel:0120811610'] small")]
    assert free == ["電話代はかかりません"]


def test_hours_name_the_days_of_the_language_and_addresses_are_short(browser):
    for lang, hours in (
        ("ja", "17:00–22:00 (月–金) 9:00–21:00 (土・日)"),
        ("vi", "17:00–22:00 (Th 2–Th 6) 9:00–21:00 (Th 7, CN)"),
        ("ur", "17:00–22:00 (پیر–جمعہ) 9:00–21:00 (ہفتہ، اتوار)"),
    ):
        page = browser.get(f"/{lang}/workers")
        shown = page.find(href="tel:0120811610").find_parent(class_="contact")
        said = shown.select("dd")[-1]
        assert " ".join(said.get_text(" ").split()).replace("( ", "(").replace(" )", ")") == hours
        assert [time["dir"] for time in said.select("bdi")] == ["ltr", "ltr"]
        link = shown.select_one("a[rel]")
        assert link.small.text == "www.check-roudou.mhlw.go.jp/lp/hotline"
        assert link["href"] == "https://www.check-roudou.mhlw.go.jp/lp/hotline/"


def test_no_english_stands_in_the_frame_of_another_language(browser):
    for lang in LANGUAGES:
        page = browser.get(f"/{lang}/workers/safety")
        english = "code of conduct" in f"{page.title.text} {page.footer.text}"
        assert english == (lang == "en"), lang


def test_the_whole_code_keeps_the_language_the_way_out_and_the_way_back(browser, site):
    for lang in LANGUAGES:
        for place, back in ((f"w/{site.code}", f"/{lang}/w/{site.code}"), ("workers", None)):
            browser.get(f"/{lang}/{place}")
            [link] = [a for a in browser.page.select(".actions a") if a["href"].endswith("/code")]
            assert link["href"] == f"/{lang}/{place}/code"
            page = browser.get(link["href"])
            assert (page.html["lang"], len(page.select("main ol li"))) == (lang, 5)
            assert page.select_one(".leave a")["href"] == rules.EXIT
            ways = [a["href"] for a in page.select("main .actions a")]
            here = back or f"/{lang}/workers"
            assert ways == [f"{here}#help", here]
            assert own_script_only(page)
            assert browser.answer.headers["Referrer-Policy"] == "no-referrer"
            assert "Set-Cookie" not in browser.answer.headers
            assert bool(page.select("meta[name=robots][content=noindex]")) == bool(back)


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/xx/workers/code", "/ne/workers/code"),
        ("/xx/w/ABCDEFGH/code", "/ne/w/ABCDEFGH/code"),
        ("/my/w/!!/code", "/my/workers/code"),
    ],
)
def test_no_address_of_the_code_is_an_error(browser, path, leads):
    answer = browser.client.get(path, headers={"Accept-Language": "ne"})
    assert (answer.status_code, answer.location) == (302, leads)
