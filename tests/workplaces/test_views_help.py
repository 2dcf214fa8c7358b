"""The page on which the secretariat sets the neutral help."""

import pytest

from jpmirai_compliance.disclosure.queries.help import desks
from jpmirai_compliance.disclosure.rules.help import start_desks
from jpmirai_compliance.disclosure.service.postings import Hung, Wall, put_up
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import LANGUAGES
from jpmirai_compliance.workplaces.rules import Contact
from jpmirai_compliance.workplaces.service import Details, add
from tests import factories
from tests.factories import NOW

NEW = {
    "name_ja": "よりそい電話",
    "name_en": "Companion Line",
    "about_ja": "いつでも話せます。",
    "about_en": "Talk at any time.",
    "phone": "０１２０ー２７９ー３３８",
    "free": "y",
    "languages": ["my", "vi"],
}


@pytest.fixture
def office(uow, login):
    return sign_in(uow, login)


def sign_in(uow, login, locale="en"):
    roles = (Role.SECRETARIAT, Role.REVIEWER)
    return login(factories.make_user(uow, None, roles, totp_secret="enrolled", locale=locale))


def now(uow):
    uow.session.rollback()
    return desks(uow)


def names(page):
    return [h.get_text(" ", strip=True) for h in page.select("main .app-card h2")]


def test_the_start_is_listed_in_order(uow, office):
    page = office.get("/s/help")
    assert [name.split(" ", 1)[0] for name in names(page)] == ["1.", "2.", "3.", "4."]
    assert all(name.endswith("Shown") for name in names(page))
    assert page.text.count("As supplied with this software") == 4
    assert {a["href"].rpartition("/")[2] for a in page.select("a[href*='/s/help/as/']")} == set(
        LANGUAGES
    )


def test_a_place_is_added_shown_to_workers_moved_and_hidden_again(uow, office, client):
    office.get("/s/help")
    office.follow("Add a place")
    page = office.press("Save the place", **NEW)
    assert names(page)[4] == "5. Companion Line Shown"
    assert "Changed by 利用者" in page.text
    shown = client.get("/my/workers").text
    assert 'href="tel:0120279338"' in shown
    assert shown.index("Companion Line") < shown.index("0120-811-610")  # it answers in Burmese
    new = now(uow)[4]
    assert (new.phone, new.languages, new.free) == ("0120-279-338", ("vi", "my"), True)
    office.client.post(
        f"/s/help/{new.id}/move", data={"csrf_token": token(office.page), "to": "up"}
    )
    assert [d.id for d in now(uow)] == ["assist", "isa", "labour", new.id, "portal"]
    office.get(f"/s/help/{new.id}")
    page = office.press("Save the place", shown=None)
    assert names(page)[3] == "4. Companion Line Not shown"
    assert "Companion Line" not in client.get("/en/workers").text


def token(page):
    return page.find("input", {"name": "csrf_token"})["value"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"phone": "0120-ABC"}, "3 to 15 digits"),
        ({"phone": ""}, "Enter a telephone number or a web page."),
        ({"url": "www.example.org"}, "starts with https://"),
        ({"url": "javascript:alert(1)"}, "starts with https://"),
        ({"name_en": ""}, "Enter the name in English."),
        ({"about_ja": ""}, "Say in Japanese what it is for."),
        ({"about_ur": "English"}, "not written in the language ur"),
        ({"name_my": "\u1031\u1005"}, "Zawgyi"),
        ({"name_ta": "\U0001f9ff"}, "These characters cannot be printed: \U0001f9ff"),
        ({"since": "2100-01-01"}, "This day has not come yet."),
        ({"since": "soon"}, "Enter a date"),
    ],
)
@pytest.mark.parametrize("button", ["Save the place", "Show a preview"])
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    uow, office, changed, said, button
):
    office.get("/s/help/new")
    page = office.press(button, 422, **NEW | changed)
    [link] = page.select(".govuk-error-summary a")
    assert said in link.text
    assert page.find(id=link["href"].removeprefix("#"))
    for name, value in ({"name_en": "Companion Line"} | changed).items():
        assert page.find(attrs={"name": name})["value"] == value
    assert len(page.select("input[name=languages][checked]")) == 2
    assert now(uow) == start_desks()


def test_fields_have_the_language_and_direction_of_what_is_typed(office):
    page = office.get("/s/help/isa")
    for tag in LANGUAGES:
        field = page.find("input", {"name": f"name_{tag}"})
        assert (field["lang"], field["dir"]) == (tag, "rtl" if tag == "ur" else "ltr")
        assert field["value"] == start_desks()[1].names[tag]


def test_a_preview_shows_what_was_typed_and_saves_nothing(uow, office):
    office.get("/s/help/isa")
    page = office.press(
        "Show a preview", 200, phone="03-1234-5678", preview_in="ur", name_ur="نیا نام"
    )
    assert (page.html["lang"], page.html["dir"]) == ("ur", "rtl")
    assert "Nothing is saved yet" in page.select_one(".note").text
    assert page.select_one("a[href='tel:0312345678']")
    picture = page.select_one("img.poster")["src"]
    answer = office.client.get(picture)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "03-1234-5678" in picture
    assert now(uow) == start_desks()


def test_what_is_in_force_is_seen_in_every_language(office):
    for tag in ("ja", "my", "ja-x-easy"):
        page = office.get(f"/s/help/as/{tag}")
        assert page.html["lang"] == tag
        assert len(page.select(".contact")) == 4
    office.get("/s/help/as/fr", status=404)
    assert office.client.get("/s/help/poster/fr.png").status_code == 404


def test_the_second_editor_sees_what_changed_and_may_then_replace_it(uow, office, login):
    second = sign_in(uow, login)
    second.get("/s/help/isa")
    office.get("/s/help/isa")
    office.press("Save the place", hours="9:00–18:00")
    page = second.press("Save the place", 409, hours="10:00–11:00")
    assert "while you were writing" in page.select_one(".govuk-inset-text").text
    assert "9:00–18:00" in page.select_one(".govuk-inset-text").text
    assert page.find("input", {"name": "hours"})["value"] == "10:00–11:00"
    assert now(uow)[1].hours == "9:00–18:00"
    second.press("Save the place")
    assert now(uow)[1].hours == "10:00–11:00"


def test_posters_that_print_the_old_help_are_out_of_date(uow, office, login):
    org, user, member = factories.make_member(uow, "みらい製作所")
    with uow.transaction():
        contact = Contact("人事部", phone="053-000-0000")
        details = Details("浜松工場", contacts=(contact,))
        place = add(uow, actor=member, org_id=org.id, details=details, now=NOW)
        wall = Wall(org.id, place.id, "浜松工場")
        hung = Hung(NOW.date(), ("my",))
        put_up(uow, actor=member, wall=wall, hung=hung, evidence_id=None, now=NOW)
    office.get("/s/help/isa")
    page = office.press("Save the place", phone="03-1234-5678")
    assert "out of date at 1 workplace." in page.select_one(".govuk-notification-banner").text
    assert "浜松工場" in office.follow("Posters are out of date at 1 workplace").text
    mine = login(user, org, language="en").get("/m/workplaces")
    assert "Out of date" in mine.text


def test_an_organisation_adds_to_the_neutral_help_and_removes_nothing(uow, browser):
    org, _user, member = factories.make_member(uow, "みらい製作所")
    with uow.transaction():
        contact = Contact("人事部", phone="053-000-0000")
        details = Details("浜松工場", contacts=(contact,))
        place = add(uow, actor=member, org_id=org.id, details=details, now=NOW)
    page = browser.get(f"/ja/w/{place.code}")
    called = [a["href"] for a in page.select("a[href^=tel]")]
    assert called == ["tel:0570013904", "tel:0120811610", "tel:110", "tel:119", "tel:0530000000"]


def test_nobody_else_sees_or_sets_the_help(uow, login, client):
    org, user, _actor = factories.make_member(uow)
    staff = [
        login(factories.make_user(uow, None, (role,), totp_secret="enrolled"))
        for role in (Role.JUDGE, Role.REVIEWER)
    ]
    paths = ("", "/new", "/isa", "/as/ja", "/poster/ja.png?name=x&way=y")
    sent = {"csrf_token": token(staff[1].get("/s/reviews"))}  # others are turned away before
    for browser in (login(user, org), *staff):
        for path in paths:
            assert browser.client.get(f"/s/help{path}").status_code == 403, path
        for path in ("/isa", "/new", "/isa/move"):
            assert browser.client.post(f"/s/help{path}", data=sent).status_code == 403, path
    for path in paths:
        assert "/sign-in" in client.get(f"/s/help{path}").location
    assert now(uow) == start_desks()
