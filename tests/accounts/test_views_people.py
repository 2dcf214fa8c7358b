import io

import pytest

from jpmirai_compliance.accounts import queries
from jpmirai_compliance.accounts.models import Organisation, User
from jpmirai_compliance.foundation.policy import Role
from tests.accounts.scene import errors, rows
from tests.accounts.test_views_pages import SITE, typed
from tests.browser import Browser
from tests.factories import (
    make_member,
    make_staff,
    make_user,
)


@pytest.fixture
def secretariat(uow, login):
    user, _ = make_staff(uow)
    return login(user, None, language="en")


def test_people_are_managed_by_administrators_of_the_same_organisation_only(uow, login):
    org, user, _ = make_member(uow)
    colleague = make_user(uow, org, (Role.EDITOR,))
    _, foreign, _ = make_member(uow, "別の会社")
    browser = login(user, org)
    page = browser.get("/m/people")
    assert len(page.select("tbody tr")) == 2
    assert foreign.email not in page.text
    browser.get(f"/m/people/{colleague.id}")
    assert errors(browser.press("役割を保存する", status=422, roles=None)) == [
        "役割を1つ以上選んでください。"
    ]
    browser.press("役割を保存する", roles=["approver"])
    assert queries.person(uow, colleague.id).roles == {Role.APPROVER}
    browser.get(f"/m/people/{user.id}")
    assert errors(browser.press("役割を保存する", status=422, roles=["editor"])) == [
        "最後の管理者です。先にほかの人を管理者にしてください。"
    ]
    for wrong in ("judge", "secretariat", "nonsense"):
        answer = browser.client.post(
            f"/m/people/{colleague.id}", data=typed(browser, roles=[wrong])
        )
        assert answer.status_code == 422
    editor = login(colleague, org)
    assert editor.get("/m/people").select("main form, main .govuk-button") == []
    for method, url in (("get", f"/m/people/{user.id}"), ("get", "/m/people/invite")):
        assert getattr(editor.client, method)(url).status_code == 403
    answer = editor.client.post(f"/m/people/{user.id}/remove", data=typed(editor))
    assert answer.status_code == 403


def test_az_3_a_foreign_person_and_a_missing_one_are_the_same_404(uow, login):
    import uuid

    org, user, _ = make_member(uow)
    _, foreign, _ = make_member(uow, "別の会社")
    browser = login(user, org)
    browser.get("/m/people")
    pages = set()
    for person in (foreign.id, uuid.uuid4()):
        got = browser.client.get(f"/m/people/{person}")
        posted = browser.client.post(f"/m/people/{person}/remove", data=typed(browser))
        assert (got.status_code, posted.status_code) == (404, 404)
        pages.add(got.text.replace(str(person), "").split("csrf_token")[0])
    assert len(pages) == 1
    staff, _ = make_staff(uow)
    desk = login(staff, None)
    assert desk.client.get(f"/s/members/{uuid.uuid4()}").status_code == 404
    assert desk.client.get(f"/s/members/{org.id}/{foreign.id}").status_code == 404
    assert browser.client.get(f"/s/members/{org.id}").status_code == 403


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {
                "name_ja": "",
                "kind": "",
                "size": "",
                "prefecture": "",
                "sector": "",
                "contact_name": "",
                "contact_email": "",
            },
            [
                "組織名を入力してください。",
                "1つ選んでください。",
                "1つ選んでください。",
                "1つ選んでください。",
                "1つ選んでください。",
                "氏名を入力してください。",
                "メールアドレスを入力してください。",
            ],
        ),
        ({"corporate_number": "401100109899"}, ["法人番号は13桁の数字です。いまは12桁です。"]),
        (
            {"no_corporate_number": None, "corporate_number": ""},
            ["法人番号を入力するか、「法人番号がない」を選んでください。"],
        ),
        (
            {"no_corporate_number": "y"},
            ["番号を消すか、「法人番号がない」のチェックを外してください。"],
        ),
        (
            {"website": "javascript:alert(1)"},
            [SITE],
        ),
        (
            {"contact_email": "nobody"},
            ["メールアドレスを name@example.jp のように入力してください。"],
        ),
        ({"contact_phone": "0" * 41}, ["40文字以内で入力してください。いまは41文字です。"]),
        ({"name_ja": "見本" * 200}, ["200文字以内で入力してください。いまは400文字です。"]),
    ],
)
def test_bad_input_of_the_profile_is_said_at_the_field_and_kept(uow, login, fields, said):
    org, user, _ = make_member(uow, corporate_number="4011001098993")
    browser = login(user, org)
    browser.get("/m/profile")
    page = browser.press("組織情報を保存する", status=422, **fields)
    assert errors(page) == said
    for name, value in fields.items():
        field = page.select_one(f"input[name={name}]:not([type=checkbox])")
        assert field is None or field["value"] == value
    assert rows(uow, Organisation)[0].version == 1


def test_a_choice_that_is_not_offered_is_refused(uow, login):
    org, user, _ = make_member(uow)
    browser = login(user, org)
    browser.get("/m/profile")
    for name in ("kind", "size", "prefecture", "sector"):
        page = browser.press("組織情報を保存する", status=422, **{name: "DROP TABLE"})
        assert page.select_one(f"#{name}-error")
        browser.get("/m/profile")


def test_av_2_a_second_editor_sees_both_texts_and_loses_nothing(uow, login):
    org, user, _ = make_member(uow)
    boss = make_user(uow, org, name="上司 太郎")
    browser, faster = login(user, org), login(boss, org)
    for b, name in ((browser, "Slow"), (faster, "Fast")):
        b.get("/m/profile")
        b.name = name
    faster.press("組織情報を保存する", name_en="Fast")
    page = browser.press("組織情報を保存する", status=409, name_en="Slow")
    assert [td.text.strip() for td in page.select("main tbody td")] == ["Slow", "Fast"]
    assert "上司 太郎" in page.main.text
    assert page.select_one("[name=name_en]")["value"] == "Slow"
    browser.press("組織情報を保存する")
    assert queries.organisation(uow, org.id).name_en == "Slow"


def test_the_profile_is_read_by_everybody_in_it_and_written_by_administrators(uow, login):
    org, _, _ = make_member(uow)
    editor = make_user(uow, org, (Role.EDITOR,))
    browser = login(editor, org, language="en")
    page = browser.get("/m/profile")
    assert page.select("main form") == []
    assert "Aichi" in page.main.text
    answer = browser.client.post("/m/profile", data=typed(browser, name_ja="x"))
    assert answer.status_code == 403


def upload(browser, content, name="members.csv"):
    browser.get("/s/members/invite-csv")
    file = (io.BytesIO(content), name)
    return browser.client.post("/s/members/invite-csv", data=typed(browser, file=file))


def test_a_file_invites_everybody_in_it(uow, secretariat, outbox):
    example = secretariat.client.get("/s/members/invite-csv/example").data
    assert upload(secretariat, example).status_code == 303
    [message] = outbox()
    assert message["To"] == "hanako@example.jp"
    answer = upload(secretariat, example)
    assert answer.status_code == 422
    assert "Row 2: A member of this name exists already." in answer.text
    assert len(outbox()) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a CSV file."),
        (b"\x89PNG\x00", "This is not a CSV file."),
        (b"a,b\n<script>,1\n", "The first row lacks these headings"),
    ],
)
def test_a_wrong_file_is_refused_in_words(uow, secretariat, content, said):
    answer = upload(secretariat, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>," not in answer.text


def test_reviewers_read_the_members_and_invite_nobody(uow, login):
    org, _, _ = make_member(uow)
    reviewer, _ = make_staff(uow, Role.REVIEWER)
    browser = login(reviewer, None)
    page = browser.get("/s/members")
    assert page.select("main .govuk-button-group .govuk-button[href]") == []
    browser.get(f"/s/members/{org.id}")
    for url in (
        "/s/members/invite",
        "/s/members/invite-csv",
        "/s/people",
        f"/s/members/{org.id}/invite",
    ):
        assert browser.client.get(url).status_code == 403
    answer = browser.client.post("/s/members/invite", data=typed(browser))
    assert answer.status_code == 403


def test_the_secretariat_disables_and_enables_an_account(uow, secretariat, login):
    org, user, _ = make_member(uow)
    member = login(user, org)
    secretariat.get(f"/s/members/{org.id}/{user.id}")
    secretariat.press(f"Disable the account {user.name}")
    assert member.client.get("/account").status_code == 303
    secretariat.get(f"/s/members/{org.id}/{user.id}")
    secretariat.press(f"Enable the account {user.name}")
    assert queries.person(uow, user.id).disabled is False


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "a" * 5000, "after=1", "after=%F0%9F", "q=%25&after=" + "0" * 32]
)
def test_no_search_breaks_the_list(uow, secretariat, query):
    make_member(uow)
    assert secretariat.client.get(f"/s/members?{query}").status_code == 200


def test_every_page_shows_in_both_languages(app, uow, login):
    org, user, _ = make_member(uow)
    staff, _ = make_staff(uow)
    judge = make_user(uow, None, (Role.JUDGE,))
    member_pages = (
        "/account", "/account/password", "/account/email", "/account/second-factor", "/choose",
        "/confirm-password", "/m/profile", "/m/people", "/m/people/invite", f"/m/people/{user.id}",
    )  # fmt: skip
    staff_pages = (
        "/s/members", "/s/members/invite", "/s/members/invite-csv", f"/s/members/{org.id}",
        f"/s/members/{org.id}/invite", "/s/people", "/s/people/invite", f"/s/people/{staff.id}",
        "/account",
    )  # fmt: skip
    for language in ("ja", "en"):
        with uow.transaction():
            for person in (user, staff, judge):
                uow.session.get(User, person.id).locale = language
        for person, place, pages in (
            (user, org, member_pages),
            (staff, None, staff_pages),
            (judge, None, ("/account",)),
        ):
            browser = login(person, place)
            for url in pages:
                assert browser.get(url).html["lang"] == language
        visitor = Browser(app.test_client())
        visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        for url, status in (
            ("/sign-in", 200),
            ("/forgot-password", 200),
            ("/reset-password/x", 404),
        ):
            assert visitor.get(url, status).html["lang"] == language
