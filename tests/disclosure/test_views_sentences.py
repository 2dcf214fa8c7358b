"""The page of one language: texts edited in place, approved, out and back as files."""

import csv
import io

import openpyxl
import pytest

from jpmirai_compliance.disclosure.queries import texts
from jpmirai_compliance.disclosure.rules import labels
from jpmirai_compliance.disclosure.service.postings import Hung, Wall, put_up
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import KEYS, reference_wording
from jpmirai_compliance.workplaces.service import Details, add
from tests import factories
from tests.factories import NOW

MY, UR = reference_wording("my"), reference_wording("ur")
NEW = "ဥပဒေကို အမြဲ လိုက်နာပါသည်။"


@pytest.fixture
def office(uow, login):
    return sign_in(uow, login)


def sign_in(uow, login, locale="en"):
    roles = (Role.SECRETARIAT, Role.REVIEWER)
    return login(factories.make_user(uow, None, roles, totp_secret="enrolled", locale=locale))


def in_force(uow, language="my"):
    uow.session.rollback()
    return texts.wording(uow, language)


def card(page, key):
    return page.find(id=f"sentence-{key}")


def save(browser, key, code=303, **fields):
    """Press the button in the card of a sentence."""
    form = card(browser.page, key).select_one("form")
    data = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")}
    data[f"{key}-text"] = form.textarea.text.removeprefix("\n")
    for radio in form.select("input[type=radio][checked]"):
        data[radio["name"]] = radio["value"]
    data |= {f"{key}-{name}": value for name, value in fields.items()}
    answer = browser.client.post(form["action"], data=data)
    if code == 303:
        assert answer.status_code == 303, answer.text
        assert answer.location.endswith(f"#sentence-{key}")
        return browser.get(answer.location.partition("#")[0])
    browser.url = form["action"]
    return browser._read(answer, code)


@pytest.mark.parametrize(("tag", "direction"), [("my", "ltr"), ("ur", "rtl"), ("ja", "ltr")])
def test_every_sentence_stands_with_its_originals_in_its_own_script(uow, office, tag, direction):
    page = office.get(f"/s/wordings/{tag}")
    assert [s["id"] for s in page.select(".app-sentence")] == [
        f"sentence-{key}" for key in (*KEYS, "source")
    ]
    for area in page.select("textarea"):
        assert (area["lang"], area["dir"]) == (tag, direction)
    shown = card(page, "plain.1").select_one(".app-sentence__text")
    assert (shown["lang"], shown["dir"]) == (tag, direction)
    originals = [p["lang"] for p in card(page, "plain.1").select(".app-sentence__original")]
    assert originals == [found for found in ("ja", "en") if found != tag]
    assert "As supplied with this software" in card(page, "plain.1").text


def test_a_text_is_changed_where_it_stands(uow, office):
    office.get("/s/wordings/my")
    first, _space, rest = NEW.rpartition(" ")
    page = save(office, "plain.1", text=f"{first}\r\n {rest}", status="approved")
    assert in_force(uow).plain[0] == NEW
    assert card(page, "plain.1").select_one("h2 .govuk-tag").text == "Approved by the secretariat"
    assert "Changed by 利用者" in card(page, "plain.1").text
    assert card(page, "plain.2").select_one("h2 .govuk-tag").text == "Reference"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the text is empty"),
        ("Hello", "this is not written in the language my"),
        ("\u1005\u1000\u102c\u1038 \u1031\u1005", "Zawgyi"),
        (NEW + "\U0001f9ff", "These characters cannot be printed: \U0001f9ff"),
        (NEW * 20, "at most 200 characters"),
        (NEW + "\u202e", "U+202E"),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_field_and_nothing_typed_is_lost(
    uow, office, text, said
):
    office.get("/s/wordings/my")
    page = save(office, "plain.1", 422, text=text)
    [link] = page.select(".govuk-error-summary a")
    field = page.find(id=link["href"].removeprefix("#"))
    assert (said in link.text, field.text.removeprefix("\n")) == (True, text)
    assert card(page, "plain.1").details.has_attr("open")
    assert not card(page, "plain.2").details.has_attr("open")
    assert in_force(uow) == MY


def test_the_second_editor_sees_both_texts_and_may_then_replace(uow, office, login):
    second = sign_in(uow, login)
    second.get("/s/wordings/my")
    office.get("/s/wordings/my")
    save(office, "plain.1", text=NEW)
    mine = MY.plain[1]
    page = save(second, "plain.1", 409, text=mine)
    assert "while you were writing" in card(page, "plain.1").text
    assert card(page, "plain.1").textarea.text.removeprefix("\n") == mine
    assert card(page, "plain.1").select("del, ins")
    assert in_force(uow).plain[0] == NEW
    save(second, "plain.1")
    assert in_force(uow).plain[0] == mine


def test_sentences_are_approved_together_but_never_unseen(uow, office, login):
    page = office.get("/s/wordings/my")
    chosen = [page.find(id=f"choose-{key}")["value"] for key in ("title", "plain.3")]
    office.press("Give the chosen sentences this status", sentences=chosen)
    assert in_force(uow).statuses == {"title": "approved", "plain.3": "approved"}
    office.press("Give the chosen sentences this status", 422)
    assert "Choose at least one sentence." in office.page.select_one(".govuk-error-summary").text
    second = sign_in(uow, login)
    second.get("/s/wordings/my")
    office.get("/s/wordings/my")
    save(office, "plain.1", text=NEW)
    second.press("Give all sentences this status", 409)
    assert in_force(uow).status_of("plain.2") == "reference"
    second.press("Give all sentences this status")
    assert (in_force(uow).status, in_force(uow).statuses) == ("approved", {})


def test_the_status_on_pages_and_posters_is_that_of_the_least_approved(uow, office, client):
    page = office.get("/s/wordings/ur")
    keys = [k for k in KEYS if k not in {"survey", "preamble"}]
    chosen = [page.find(id=f"choose-{key}")["value"] for key in keys]
    office.press("Give the chosen sentences this status", sentences=chosen)
    assert labels("ur").statuses["approved"] in client.get("/ur/workers").text
    code = client.get("/ur/code").text  # shows the preamble, which is still ours
    assert labels("ur").statuses["reference"] in code
    assert labels("ur").statuses["approved"] not in code


def test_posters_out_of_date_are_listed_with_their_owners(uow, office):
    org, _user, member = factories.make_member(uow, "みらい製作所", name_en="Mirai Works")
    with uow.transaction():
        place = add(uow, actor=member, org_id=org.id, details=Details("浜松工場"), now=NOW)
        wall = Wall(org.id, place.id, "浜松工場")
        hung = Hung(NOW.date(), ("my", "ja"))
        put_up(uow, actor=member, wall=wall, hung=hung, evidence_id=None, now=NOW)
    assert "hang at 1 workplace." in office.get("/s/wordings/my").text
    assert "No poster is out of date" in office.get("/s/wordings/posters").text
    office.get("/s/wordings/my")
    page = save(office, "plain.1", text=NEW)
    assert "out of date at 1 workplace." in page.select_one(".govuk-notification-banner").text
    office.follow("At 1 they are out of date")
    assert [[c.text for c in row.select("th, td")] for row in office.page.select("tbody tr")] == [
        ["Mirai Works", "浜松工場", "မြန်မာ"]
    ]


def changed_csv(content, **texts_):
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    for row in rows[1:]:
        if row[1] in texts_:
            row[5], row[6] = texts_[row[1]]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("locale", ["en", "ja"])
def test_a_csv_goes_out_and_comes_back_through_a_preview(uow, login, locale):
    office = sign_in(uow, login, locale)
    sent = office.client.get("/s/wordings/my.csv")
    assert sent.headers["Content-Disposition"] == 'attachment; filename="my.csv"'
    official = {"en": "Official", "ja": "公式"}[locale]
    back = changed_csv(sent.data, **{"plain.1": (NEW, official), "title": ("", "approved")})
    show = {"en": "Show what would change", "ja": "変わるところを見る"}[locale]
    office.get("/s/wordings")
    page = office.press(show, 200, file=(io.BytesIO(back), "my.csv"))
    assert len(page.select("h3")) == 2
    assert page.select_one("[lang=my] ins")
    assert in_force(uow) == MY
    office.press({"en": "Put in force", "ja": "この文言を使う"}[locale])
    found = in_force(uow)
    assert (found.plain[0], found.title) == (NEW, MY.title)
    assert found.statuses == {"plain.1": "official", "title": "approved"}


def test_an_unchanged_file_changes_nothing_in_any_language(uow, office):
    for tag in ("ja-x-easy", "ur", "uz-Latn"):
        for kind in ("csv", "xlsx", "yaml"):
            content = office.client.get(f"/s/wordings/{tag}.{kind}").data
            office.get("/s/wordings")
            page = office.press(
                "Show what would change", 200, file=(io.BytesIO(content), f"{tag}.{kind}")
            )
            assert "Nothing changes in this language." in page.text, (tag, kind)
            assert "Put in force" not in page.text


def test_a_workbook_comes_back_too(uow, office):
    book = openpyxl.load_workbook(io.BytesIO(office.client.get("/s/wordings/ur.xlsx").data))
    sheet = book.active
    for row in sheet.iter_rows(min_row=2):
        if row[1].value == "plain.2":
            row[5].value, row[6].value = UR.plain[2], "Approved by the secretariat"
    out = io.BytesIO()
    book.save(out)
    office.get("/s/wordings")
    office.press("Show what would change", 200, file=(io.BytesIO(out.getvalue()), "ur.xlsx"))
    office.press("Put in force")
    assert in_force(uow, "ur").plain[1] == UR.plain[2]
    assert in_force(uow, "ur").statuses == {"plain.2": "approved"}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"\x82\xa0", "not in UTF-8"),
        ("a.csv", b"x,y\n1,2\n", "no row with a language and a key"),
        ("a.xlsx", b"PK\x03\x04broken", "broken"),
        ("a.csv", b"Language,Key,Text (change this)\nfr,title,x\n", "a.csv, 2 (fr, title)"),
        (
            "a.csv",
            b"Language,Key,Text (change this)\nmy,plain.1,x\n",
            "not written in the language",
        ),
        (
            "a.csv",
            b"Language,Key,Text (change this),Status (change this)\nmy,title,,good\n",
            "write one of: official, approved, reference",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(uow, office, name, content, said):
    office.get("/s/wordings")
    page = office.press("Show what would change", 422, file=(io.BytesIO(content), name))
    assert said in page.select_one(".govuk-error-summary").text
    assert in_force(uow) == MY


def test_a_preview_that_is_out_of_date_is_shown_anew(uow, office, login):
    content = changed_csv(office.client.get("/s/wordings/my.csv").data, title=("", "official"))
    office.get("/s/wordings")
    office.press("Show what would change", 200, file=(io.BytesIO(content), "my.csv"))
    second = sign_in(uow, login)
    second.get("/s/wordings/my")
    save(second, "plain.1", text=NEW)
    page = office.press("Put in force", 409)
    assert "while you were looking" in page.text
    assert in_force(uow).status_of("title") == "reference"
    office.press("Put in force")
    assert in_force(uow).status_of("title") == "official"


def test_nobody_else_reads_or_changes_sentences(uow, login, client):
    org, user, _actor = factories.make_member(uow)
    member = login(user, org).client
    judge = login(factories.make_user(uow, None, (Role.JUDGE,), totp_secret="enrolled")).client
    reviewer = login(
        factories.make_user(uow, None, (Role.REVIEWER,), totp_secret="enrolled")
    ).client
    paths = ["my", "my.csv", "my.xlsx", "my.yaml", "posters"]
    for browser in (member, judge, reviewer):
        for path in paths:
            assert browser.get(f"/s/wordings/{path}").status_code == 403
    for path in paths:
        assert "/sign-in" in client.get(f"/s/wordings/{path}").location
    assert client.post("/s/wordings/my/status").status_code in {302, 303, 400}


def test_an_unknown_language_or_sentence_is_not_found(uow, office):
    office.get("/s/wordings/fr", status=404)
    office.get("/s/wordings/fr.csv", status=404)
    office.get("/s/wordings/my")
    token = office.page.find("input", {"name": "csrf_token"})["value"]
    for path in ("my/sentences/plain.6", "fr/sentences/title", "fr/status"):
        answer = office.client.post(f"/s/wordings/{path}", data={"csrf_token": token})
        assert answer.status_code == 404, path
