import datetime as dt
import re

import pytest

from jpmirai_compliance.assessments.models import Participation
from jpmirai_compliance.disclosure import queries
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.disclosure import cases

STATEMENT = "私たちの約束です。"
WAYS = ("publish", "share")


@pytest.fixture
def at_work(login, member):
    org, user, _actor = member
    return login(user, org)


def test_from_choosing_to_the_public_page_and_back(make_uow, client, at_work, member):
    org = member[0]
    page = at_work.get("/m/2026/publish")
    assert "隣の会社の文章" not in page.text
    assert [i["value"] for i in page.select("[name=texts_1]")] == ["P1-01"]
    assert [i.find_next("label").text.strip() for i in page.select("[name=evidence]")] == [
        "雇用方針"
    ]
    page = at_work.press(
        "Save and look at the page", statement_ja=STATEMENT, headline_ja="見出し", numbers="numbers"
    )
    assert queries.live(make_uow()) == ()
    preview = at_work.client.get("/m/2026/publish/preview/ja")
    assert (STATEMENT in preview.text, "見本です" in preview.text) == (True, True)
    assert preview.headers["Cache-Control"] == "no-store"
    assert at_work.client.get("/m/2026/publish/preview/badge.svg").mimetype == "image/svg+xml"
    at_work.get("/m/2026/publish/check")
    page = at_work.press("Publish the page")
    assert page.h1.text == "Share 2026"
    found = queries.live_publication(make_uow(), org.id, 2026)
    public = client.get(f"/ja/orgs/{found.slug}/2026")
    assert (public.status_code, STATEMENT in public.text) == (200, True)
    assert "見本です" not in public.text
    assert main(public.text) == main(preview.text)
    embed = page.select_one("#embed").text
    assert embed.strip() == (
        f'<a href="http://localhost/ja/verify/{found.code}">'
        f'<img src="http://localhost/badges/{found.slug}/2026.svg"'
        ' alt="JP-MIRAI 2026年度 自己評価を公開（自己評価・事務局確認範囲）"'
        ' width="360" height="148"></a>'
    )
    at_work.get("/m/2026/unpublish")
    at_work.press("Withdraw the page", status=422, reason=" ")
    at_work.press("Withdraw the page", reason="数字に誤り")
    assert client.get(f"/ja/orgs/{found.slug}/2026").status_code == 404
    assert client.get(f"/badges/{found.slug}.svg").status_code == 404
    assert client.get(f"/data/{found.slug}/2026.json").status_code == 404


def main(text):
    """The statement and results of a page, without address, code and dates."""
    found = re.search(r'app-report__content">(.*?)app-report__facts', text, re.DOTALL)
    return " ".join(found[1].split())


def test_the_start_page_leads_to_what_is_public(uow, at_work, member, round_, publish):
    org, _user, actor = member
    with uow.transaction():
        uow.session.add(
            Participation(
                round_id=round_.id, org_id=org.id, form=round_.default_form, added_at=factories.NOW
            )
        )
    page = at_work.get("/m")
    assert [bool(page.select(f"main a[href='/m/2026/{to}']")) for to in WAYS] == [True, False]
    publish(actor)
    page = at_work.get("/m")
    assert [bool(page.select(f"main a[href='/m/2026/{to}']")) for to in WAYS] == [False, True]
    assert at_work.follow("See the public page, badge and posters").h1.text == "Share 2026"


def test_an_old_password_must_be_typed_again(uow, login, member):
    org, user, _actor = member
    browser = login(user, org, fresh=factories.clock() - dt.timedelta(minutes=11))
    browser.get("/m/2026/publish")
    browser.press("Save and look at the page", statement_ja=STATEMENT)
    token = browser.page.select_one("[name=csrf_token]")["value"]
    answer = browser.client.post("/m/2026/publish/check", data={"csrf_token": token})
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/confirm-password")
    assert queries.live(uow) == ()


def test_an_editor_prepares_and_cannot_publish(uow, login, member):
    org, _user, _actor = member
    editor = factories.make_user(uow, org, (Role.EDITOR,), locale="en")
    browser = login(editor, org)
    browser.get("/m/2026/publish")
    page = browser.press("Save and look at the page", statement_ja=STATEMENT)
    assert "Only an approver can publish." in page.text
    token = browser.page.select_one("[name=csrf_token]")["value"]
    data = {"csrf_token": token, "version": "1", "once": "00000000-0000-4000-8000-000000000000"}
    answer = browser.client.post("/m/2026/publish/check", data=data)
    assert answer.status_code == 403
    assert queries.live(uow) == ()


def test_two_editors_do_not_overwrite_each_other(at_work, login, member):
    org, user, _actor = member
    other = login(user, org)
    for browser in (at_work, other):
        browser.get("/m/2026/publish")
    at_work.press("Save and look at the page", statement_ja="一人目の文章")
    other.press("Save and look at the page", status=409, statement_ja="二人目の文章")
    assert at_work.get("/m/2026/publish").select_one("#statement_ja").text.strip() == "一人目の文章"


def test_a_page_that_changed_after_the_check_is_not_published(uow, at_work, login, member):
    org, user, _actor = member
    at_work.get("/m/2026/publish")
    at_work.press("Save and look at the page", statement_ja="一")
    second = login(user, org)
    second.get("/m/2026/publish")
    second.press("Save and look at the page", statement_ja="二")
    at_work.press("Publish the page", status=409)
    assert queries.live(uow) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("statement_ja", "あ" * 2001),
        ("headline_ja", "x" * 121),
        ("statement_en", "bad\x07text"),
        ("numbers", "everything"),
        ("texts_1", ["P9-99"]),
        ("evidence", ["../../etc"]),
        ("principles", ["6"]),
        ("principles", ["x"]),
    ],
)
def test_bad_input_is_told_at_the_field(at_work, field, value):
    at_work.get("/m/2026/publish")
    fields = {"statement_ja": STATEMENT} | {field: value}
    page = at_work.press("Save and look at the page", status=422, **fields)
    assert page.select_one(".govuk-error-summary a")["href"].startswith(f"#{field}")


def test_without_a_statement_the_way_leads_back_to_it(at_work):
    at_work.get("/m/2026/publish")
    at_work.press("Save and look at the page", statement_ja="")
    page = at_work.press("Publish the page", status=422)
    assert page.select_one(".govuk-error-summary a")["href"] == "/m/2026/publish#statement_ja"


def test_before_the_check_there_is_nothing_to_publish(uow, login, round_):
    org, user, _actor = cases.english_member(uow, "まだの会社")
    factories.make_assessment(uow, org, round_, {}, by=user)
    browser = login(user, org)
    for path in ("/m/2026/publish", "/m/2026/publish/check"):
        assert "Not ready to publish yet" in browser.get(path).text
    browser.get("/m/2026/publish/preview/ja", status=404)
    for path in ("/m/2026/share", "/m/2026/unpublish"):
        assert "Nothing is public of this year" in browser.get(path).text
    browser.get("/m/2031/publish", status=404)


def test_a_low_answer_leaves_the_badge_out_and_says_why(uow, login, round_):
    org, user, _actor = cases.english_member(uow, "低い会社")
    cases.accept(uow, org, user, round_, level=0)
    browser = login(user, org)
    browser.get("/m/2026/publish")
    page = browser.press("Save and look at the page", statement_ja=STATEMENT)
    assert "There will be a page but no badge" in page.text
    browser.get("/m/2026/publish/preview/badge.svg", status=404)


def test_an_individual_gets_words_and_no_number(uow, login, client, round_):
    org, user, _actor = cases.english_member(uow, "個人 太郎", kind="individual", name_en="")
    cases.accept_individual(uow, org, user, round_)
    browser = login(user, org)
    assert browser.get("/m/2026/publish").select("[name=numbers]") == []
    browser.press("Save and look at the page", statement_ja=STATEMENT, numbers="numbers")
    browser.press("Publish the page")
    found = queries.live_publication(uow, org.id, 2026)
    assert (found.band, found.slug.startswith("member-")) == (None, True)
    text = client.get(f"/en/orgs/{found.slug}").text
    assert "Individual members report in words." in text
    assert "%" not in re.search(r"<main.*</main>", text, re.DOTALL)[0]


def test_strangers_and_staff_are_kept_out(client, login, uow):
    assert client.get("/m/2026/publish").status_code in {302, 303}
    staff, _actor = factories.make_staff(uow)
    assert login(staff).client.get("/m/2026/publish").status_code == 403
