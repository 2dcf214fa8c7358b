"""Public pages: rows PU-1, PU-2, PU-4, PU-5, AZ-3 and OU-8 of the security requirements."""

import datetime as dt
import re

import pytest

from jpmirai_compliance.disclosure import queries
from jpmirai_compliance.disclosure.models import Publication
from jpmirai_compliance.disclosure.service.texts import import_wordings
from jpmirai_compliance.principles import LANGUAGES, dump_wordings, reference_wording
from tests import factories
from tests.disclosure import cases

PAGES = ("", "code", "orgs", "method", "accessibility", "privacy", "verify")


@pytest.fixture
def found(member, publish):
    return publish(member[2], now=factories.clock())


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_pu_1_public_pages_touch_no_session_and_set_no_cookie(browser, found, lang):
    for page in PAGES:
        shown = browser.get(f"/{lang}/{page}")
        assert shown.html["lang"] == lang
        headers = browser.answer.headers
        assert "Set-Cookie" not in headers
        assert "Vary" not in headers  # Flask adds Cookie where the session was looked at
        assert headers["Cache-Control"].startswith("public, max-age=60")


def test_ou_8_the_front_door_follows_the_browser_s_language(client):
    for header, target in (
        ("en-GB,en;q=0.9", "/en/"),
        ("ja", "/ja/"),
        ("vi", "/ja/"),
        ("zh-Hans-xx;q=x,*", "/ja/"),
        ("", "/ja/"),
    ):
        answer = client.get("/", headers={"Accept-Language": header})
        assert (answer.status_code, answer.location) == (302, target)
        assert answer.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("path", ["/xx/", "/zh-Hans/orgs", "/fr/code", "/ja-JP/", "/../etc/orgs"])
def test_ou_8_an_unknown_language_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_pu_2_az_3_unknown_unpublished_and_withdrawn_answer_alike(
    app, settings, uow, client, member, found
):
    other, _user, _actor = factories.make_member(uow, "公開していない会社")
    cases.withdraw(app, settings, uow, member[2])
    answers = []
    for slug in (found.slug, "never-was-abc234", str(other.id)):
        for path in ("/ja/orgs/{}", "/ja/orgs/{}/2026"):
            answer = client.get(path.format(slug))
            answers.append((answer.status_code, answer.text, dict(answer.headers)))
    for path in ("/badges/{}.svg", "/badges/{}/2026.svg", "/data/{}/2026.json"):
        for slug in (found.slug, "never-was-abc234"):
            answer = client.get(path.format(slug))
            answers.append((answer.status_code, answer.text, dict(answer.headers)))
    assert {a[0] for a in answers} == {404}
    assert len({a[1] for a in answers[:6]}) == 1
    assert all(a[2] == answers[0][2] for a in answers[:6])
    assert found.slug not in answers[0][1]


def test_pu_2_five_hundred_guesses_are_too_many(client, found):
    seen = [client.get(f"/ja/orgs/guess-{n:06d}").status_code for n in range(130)]
    assert seen[:120] == [404] * 120
    assert set(seen[120:]) == {429}
    assert client.get("/en/verify/23456789AB").status_code == 429
    assert client.get(f"/ja/orgs/{found.slug}").status_code == 200  # readers are not held up


def test_pu_3_verification_has_a_text_for_each_state(app, settings, uow, browser, member, found):
    page = browser.get(f"/en/verify/{found.code}")
    assert page.h1.text == "This badge of 2026 is valid"
    assert "Mirai Works" in page.main.text
    cases.withdraw(app, settings, uow, member[2])
    page = browser.get(f"/en/verify/{found.code.lower()}")
    assert page.h1.text == "This badge of 2026 was withdrawn"
    assert "Mirai Works" not in page.main.text
    page = browser.get(f"/ja/verify/{found.code}")
    assert page.h1.text == "2026年度のバッジは取り下げられました"
    for code in ("23456789AB", "short", "0000000000", "%00%0a"):
        browser.get(f"/ja/verify/{code}", status=404)


def test_flask_says_the_same_of_a_live_badge_when_the_files_are_missing(
    settings, uow, browser, found
):
    from jpmirai_compliance.disclosure.bundle import folder

    written = browser.get(f"/en/verify/{found.code}").main
    folder.cut(settings.published, f"codes/{found.code}")
    assert browser.get(f"/en/verify/{found.code}").main == written
    with uow.transaction():
        row = uow.session.get(Publication, found.id)
        row.published_at -= dt.timedelta(days=400)
        row.valid_until -= dt.timedelta(days=400)
    assert browser.get(f"/en/verify/{found.code}").h1.text == "This badge of 2026 has lapsed"


def test_a_replaced_code_leads_to_the_new_one(client, member, found, publish):
    new = publish(member[2], now=factories.clock())
    answer = client.get(f"/ja/verify/{found.code}")
    assert (answer.status_code, answer.location) == (302, f"/ja/verify/{new.code}")


def test_a_typed_code_leads_to_its_page(browser, found):
    code = found.code
    answer = browser.client.get(f"/ja/verify?code={code[:5].lower()}-{code[5:]}")
    assert (answer.status_code, answer.location) == (302, f"/ja/verify/{code}")
    page = browser.get("/en/verify?code=//evil.example", status=422)
    assert page.select_one(".govuk-error-message").text.endswith("such as 7K3F9QWX2M.")
    for typed in ("https://evil.example", "//evil.example/23456789AB", "\\\\evil"):  # PU-5
        assert browser.client.get("/en/verify", query_string={"code": typed}).status_code == 422


def test_the_directory_sorts_by_name_and_filters(browser, uow, round_, publish, found):
    for name, en, prefecture, level in (
        ("あさひ食品", "Asahi Foods", "13", 4),
        ("ｱｲｳ工業", "Zeta Industries", "23", 0),
    ):
        org, user, actor = factories.make_member(uow, name, name_en=en, prefecture=prefecture)
        cases.accept(uow, org, user, round_, level=level)
        publish(actor, now=factories.clock())

    def names(query=""):
        page = browser.get(f"/en/orgs{query}")
        return [a.text for a in page.select("tbody th a")]

    assert names() == ["Asahi Foods", "Mirai Works", "Zeta Industries"]
    assert names("?prefecture=23") == ["Mirai Works", "Zeta Industries"]
    assert names("?search=asahi") == ["Asahi Foods"]
    assert names("?search=アイウ") == ["Zeta Industries"]
    assert names("?search=%25") == []
    assert names("?kind=npo") == []
    assert names("?year=2026&kind=employer") == names()
    for wrong in ("?year=x", "?kind=zzz", "?prefecture=99x"):
        browser.get(f"/en/orgs{wrong}", status=422)
    browser.get(f"/en/orgs?search={'x' * 500}", status=422)
    browser.get("/en/orgs?after=zz.zz", status=200)
    page = browser.get("/ja/orgs")
    assert [a["href"] for a in page.select("tbody th a")][2].endswith(f"{found.slug}/2026")


def test_the_directory_turns_pages_by_key(uow, publish, found, round_):
    for name in ("い", "あ", "う"):
        org, user, actor = factories.make_member(uow, name)
        cases.accept(uow, org, user, round_)
        publish(actor)
    seen, after = [], ""
    while True:
        page = queries.directory(uow, locale="ja", after=after, limit=2)
        assert page.count == 4
        seen += [row.name for row in page.rows]
        if not (after := page.following):
            break
    assert seen == ["あ", "い", "う", "株式会社みらい製作所"]


@pytest.mark.parametrize("lang", [tag for tag in LANGUAGES if tag != "ja-x-easy"])
def test_the_code_is_there_in_every_language_with_its_status(browser, lang):
    page = browser.get(f"/{lang}/code")
    wording = reference_wording(lang)
    assert page.h1.text == wording.title
    assert page.select_one("main [lang]")["lang"] == lang
    assert [li.text for li in page.select(".app-principles li")] == list(wording.principles)
    assert wording.source in page.select_one(".app-meta").text
    assert [a["hreflang"] for a in page.select(".app-languages a")] == [
        tag for tag in LANGUAGES if tag != lang
    ]


def test_a_new_wording_is_on_the_page_at_once(browser, uow):
    text = dump_wordings((reference_wording("vi"),)).replace(
        "status: reference", "status: official"
    )
    _user, staff = factories.make_staff(uow)
    with uow.transaction():
        import_wordings(uow, actor=staff, text=text, filename="vi.yaml", now=factories.NOW)
    assert browser.get("/vi/code").select_one(".app-meta").text.startswith("Văn bản chính thức")


def test_pu_4_absolute_addresses_come_from_the_settings(client, found):
    for path in ("/sitemap.xml", "/ja/feed.atom", f"/ja/orgs/{found.slug}/2026"):
        answer = client.get(path, headers={"X-Forwarded-Host": "evil.example"})
        assert answer.status_code == 200
        assert "evil" not in answer.text
        assert f"http://localhost/ja/orgs/{found.slug}/2026" in answer.text
    assert client.get("/sitemap.xml", headers={"Host": "evil.example"}).status_code == 400


def test_the_front_page_counts_and_lists(browser, found):
    page = browser.get("/en/")
    assert [t.text for t in page.select(".app-tiles__number")] == ["1", "1"]
    assert page.select_one(".app-newest a")["href"] == f"/en/orgs/{found.slug}/2026"


def test_empty_pages_say_what_comes(browser):
    for path in ("/en/", "/en/orgs"):
        assert browser.get(path).select_one(".app-empty h2").text == "Nothing is public yet"


def test_no_page_claims_a_certification(browser, found):
    for page in (*PAGES, f"orgs/{found.slug}/2026", f"verify/{found.code}"):
        text = browser.get(f"/en/{page}").text.lower()
        for claim in re.findall(r"[^.]*certif[^.]*\.", text):
            assert "not" in claim or "neither" in claim or "never" in claim, claim
