import io

import pytest

from jpmirai_compliance.accounts import queries
from jpmirai_compliance.accounts.models import Invitation, Membership, Organisation, User
from jpmirai_compliance.foundation.policy import Role
from tests.accounts.scene import OTHER, PASSWORD, errors, events, link_in, rows
from tests.browser import Browser
from tests.factories import (
    make_member,
    make_organisation,
    make_staff,
    make_user,
)

SITE = "公開しているサイトのアドレスを https://www.example.co.jp/ のように入力してください。"


def typed(browser, **fields):
    return {"csrf_token": browser.page.select_one("[name=csrf_token]")["value"]} | fields


@pytest.fixture
def secretariat(uow, login):
    user, _ = make_staff(uow)
    return login(user, None, language="en")


def invited(secretariat, outbox, **fields):
    secretariat.get("/s/members/invite")
    values = {
        "organisation": "見本製作所",
        "kind": "npo",
        "name": "見本 花子",
        "email": "hanako@example.jp",
    }
    secretariat.client.post(
        "/s/members/invite", data=typed(secretariat, locale="ja", **(values | fields))
    )
    return link_in(outbox()[-1])


def test_an_invited_organisation_joins_and_fills_in_its_profile(app, uow, secretariat, outbox):
    make_member(uow, "別の会社")
    secretariat.get("/s/members/invite")
    page = secretariat.press(
        "Send the invitation",
        organisation="見本製作所",
        kind="employer",
        name="見本 花子",
        email="Hanako@Example.jp",
    )
    assert (
        page.select_one("[role=status] p").text == "The invitation was sent to hanako@example.jp."
    )
    [row] = [tr for tr in page.select("tbody tr") if "見本製作所" in tr.text]
    assert row.select("td")[1].text.strip() == "Invited"
    browser = Browser(app.test_client())
    browser.get(link_in(outbox()[0]))
    answer = browser.client.post(
        browser.url, data=typed(browser, name="見本 花子", locale="ja", password=PASSWORD)
    )
    assert (answer.status_code, answer.location) == (303, "/start")
    assert (
        browser.get("/m/profile").select_one("[role=status] p").text
        == "招待を承諾しました。ログインしています。"
    )
    page = browser.press(
        "組織情報を保存する",
        name_en="Mihon",
        size="30-299",
        prefecture="23",
        sector="E",
        corporate_number="４０１１－００１０－９８９９３",
        website="www.mihon.example.jp",
        contact_name="見本 花子",
        contact_email="info@mihon.jp",
    )
    assert page.select_one("[role=status] p").text == "組織情報を保存しました。"
    [org] = [o for o in rows(uow, Organisation) if o.name_ja == "見本製作所"]
    assert (org.corporate_number, org.website, org.version) == (
        "4011001098993",
        "https://www.mihon.example.jp",
        2,
    )
    assert org.profile_completed_at is not None


def test_an_6_a_mail_scanner_that_reads_the_link_three_times_changes_nothing(
    app, uow, secretariat, outbox
):
    link = invited(secretariat, outbox)
    before = len(events(uow))
    scanner = app.test_client()
    assert [scanner.get(link).status_code for _ in range(3)] == [200, 200, 200]
    assert scanner.head(link).status_code == 200
    assert scanner.post(link, data={"name": "x", "password": PASSWORD}).status_code == 400
    assert len(events(uow)) == before
    browser = Browser(app.test_client())
    browser.get(link)
    data = typed(browser, name="花子", locale="ja", password=PASSWORD)
    assert browser.client.post(link, data=data).status_code == 303
    late = Browser(app.test_client())
    page = late.get(link, status=410)
    assert page.h1.text == "このリンクは使用済みです"
    assert page.select_one("main a")["href"] == "/sign-in"


def test_an_invitation_that_was_withdrawn_or_never_was_says_what_to_do(
    app, uow, secretariat, outbox
):
    link = invited(secretariat, outbox)
    [invitation] = rows(uow, Invitation)
    page = secretariat.get(f"/s/members/{invitation.org_id}")
    assert "hanako@example.jp" in page.main.text
    secretariat.press("Withdraw hanako@example.jp")
    browser = Browser(app.test_client())
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert browser.get(link, status=410).h1.text == "This link does not work"
    assert browser.get("/invitations/" + "x" * 43, status=404).h1.text == "This link does not work"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"name": "", "password": ""},
            ["氏名を入力してください。", "新しいパスワードを入力してください。"],
        ),
        ({"password": "short"}, ["12文字以上で入力してください。いまは5文字です。"]),
        (
            {"password": "見本製作所 で 働く 花子 です"},
            ["サービス名と組織名は推測されやすいため、パスワードに入れないでください。"],
        ),
        ({"name": "あ" * 201}, ["200文字以内で入力してください。いまは201文字です。"]),
    ],
)
def test_bad_input_of_an_invited_person_is_said_and_kept_but_no_password(
    app, uow, secretariat, outbox, fields, said
):
    link = invited(secretariat, outbox)
    browser = Browser(app.test_client())
    browser.get(link)
    values = {"name": "花子 <b>", "locale": "en", "password": PASSWORD} | fields
    page = browser.press("招待を承諾する", status=422, **values)
    assert errors(page) == said
    assert page.select_one("[name=name]")["value"] == values["name"]
    assert page.select_one("[name=password]").get("value") is None
    assert rows(uow, User)[1:] == []


def test_somebody_with_an_account_joins_by_its_password(
    app, uow, secretariat, outbox, with_password
):
    org = make_organisation(uow, "今の会社")
    user = with_password(org, (Role.EDITOR,))
    link = invited(secretariat, outbox, email=user.email)
    browser = Browser(app.test_client())
    browser.get(link)
    assert errors(browser.press("招待を承諾する", status=422, password=OTHER)) == [
        "パスワードが違います。"
    ]
    answer = browser.client.post(link, data=typed(browser, password=PASSWORD))
    assert answer.location == "/choose"
    assert queries.person(uow, user.id).roles == {Role.ADMIN, Role.EDITOR, Role.APPROVER}
    assert len(rows(uow, User)) == 2


def test_somebody_who_is_signed_in_joins_with_that_account(uow, secretariat, outbox, login):
    org, user, _ = make_member(uow)
    link = invited(secretariat, outbox, email="another@example.jp")
    browser = login(user, org)
    page = browser.get(link)
    assert user.email in page.main.text
    answer = browser.client.post(link, data=typed(browser))
    assert answer.location == "/choose"
    assert len(queries.places(uow, user.id)) == 2
    assert browser.client.get("/account").status_code == 200


def test_az_10_fields_that_the_form_does_not_list_are_not_written(
    app, uow, secretariat, outbox, login
):
    link = invited(secretariat, outbox)
    browser = Browser(app.test_client())
    browser.get(link)
    extra = {"roles": "secretariat", "org_id": "", "is_admin": "1", "email": "evil@example.com"}
    data = typed(browser, name="花子", locale="ja", password=PASSWORD, **extra)
    browser.client.post(link, data=data)
    [user] = [u for u in rows(uow, User) if u.email == "hanako@example.jp"]
    assert {m.role for m in rows(uow, Membership) if m.user_id == user.id} == {
        Role.ADMIN,
        Role.EDITOR,
        Role.APPROVER,
    }
    browser.get("/account")
    fields = {"name": "花子2", "locale": "en", "email": "evil@example.com", "totp_secret": "x"}
    fields["seen"] = browser.page.select_one("[name=seen]")["value"]
    browser.client.post("/account", data=typed(browser, disabled_at="now", **fields))
    [user] = [u for u in rows(uow, User) if u.name == "花子2"]
    assert (user.email, user.totp_secret, user.disabled_at) == ("hanako@example.jp", "", None)


def test_an_6_a_reset_link_works_once_and_signs_nobody_in(app, uow, outbox, with_password, totp):
    org = make_organisation(uow)
    user = with_password(org, second_factor=True)
    browser = Browser(app.test_client())
    links = []
    for _ in range(2):
        browser.get("/forgot-password")
        browser.press("リンクを送ってもらう", status=200, email=user.email)
        links += [link_in(m) for m in outbox()]
    first, second = links
    scanner = app.test_client()
    assert [scanner.get(first).status_code for _ in range(3)] == [200] * 3
    browser.get(first)
    assert errors(browser.press("新しいパスワードを保存する", status=422, password="short")) == [
        "12文字以上で入力してください。いまは5文字です。"
    ]
    page = browser.press("新しいパスワードを保存する", password=OTHER)
    assert browser.url == "/sign-in"
    assert browser.client.get("/account").status_code == 303
    assert scanner.get(first).status_code == 410
    browser.get(second)
    browser.press("新しいパスワードを保存する", status=410, password=PASSWORD)
    browser.get("/sign-in")
    answer = browser.client.post("/sign-in", data=typed(browser, email=user.email, password=OTHER))
    assert answer.location == "/sign-in/code"
    assert [m["Subject"] for m in outbox()] == ["【JP-MIRAI】パスワードが変更されました"]
    assert page


def test_a_reset_needs_an_address_that_mail_can_reach(app, outbox):
    browser = Browser(app.test_client())
    browser.get("/forgot-password")
    page = browser.press("リンクを送ってもらう", status=422, email="hanako")
    assert errors(page) == ["メールアドレスを name@example.jp のように入力してください。"]
    assert page.select_one("#email")["value"] == "hanako"
    assert outbox() == []


def test_an_4_five_resets_a_day(app, uow, outbox, with_password):
    user = with_password(make_organisation(uow))
    for email in (user.email, "nobody@example.com"):
        browser = Browser(app.test_client())
        browser.get("/forgot-password")
        statuses = [
            browser.client.post("/forgot-password", data=typed(browser, email=email)).status_code
            for _ in range(6)
        ]
        assert statuses == [200] * 5 + [429]
    assert len(outbox()) == 5


def test_an_7_a_new_address_is_confirmed_from_it_and_the_old_one_is_told(
    app, uow, login, outbox, with_password
):
    org = make_organisation(uow)
    user, taken = with_password(org), with_password(org)
    browser = login(user, org)
    browser.get("/account/email")
    page = browser.press(
        "新しいアドレスへリンクを送る", status=422, email="new@example.jp", password=OTHER
    )
    assert errors(page) == ["パスワードが違います。"]
    assert page.select_one("[name=email]")["value"] == "new@example.jp"
    answers = []
    for email in ("New@example.jp", taken.email.upper()):
        browser.get("/account/email")
        browser.press("新しいアドレスへリンクを送る", email=email, password=PASSWORD)
        answers.append(browser.page.select_one("[role=status]").text)
    assert answers[0] == answers[1]
    confirm, notice = outbox()
    assert (confirm["To"], notice["To"]) == ("new@example.jp", taken.email)
    assert "http" not in notice.get_content()
    link = link_in(confirm)
    stranger = Browser(app.test_client())
    assert [stranger.client.get(link).status_code for _ in range(3)] == [200] * 3
    assert queries.person(uow, user.id).email == user.email
    stranger.get(link)
    stranger.press("新しいアドレスに変更する")
    uow.session.rollback()
    assert queries.person(uow, user.id).email == "new@example.jp"
    assert [m["To"] for m in outbox()] == [user.email]
    assert browser.client.get("/account").status_code == 303
    stranger.get(link, status=410)


def test_the_password_is_changed_with_the_old_one_and_ends_other_sessions(
    app, uow, login, with_password
):
    org = make_organisation(uow)
    user = with_password(org)
    browser, elsewhere = login(user, org), login(user, org)
    browser.get("/account/password")
    for current, new, said in (
        (OTHER, OTHER, "パスワードが違います。"),
        (PASSWORD, "password1234", "推測されやすいパスワードです。別のものにしてください。"),
    ):
        page = browser.press("パスワードを変更する", status=422, current=current, password=new)
        assert errors(page) == [said]
    browser.get("/account/password")
    browser.press("パスワードを変更する", current=PASSWORD, password=OTHER)
    assert browser.client.get("/account").status_code == 200
    assert elsewhere.client.get("/account").status_code == 303


def test_a_member_turns_the_second_factor_on_and_off_and_staff_may_not(uow, login, with_password):
    import pyotp

    org = make_organisation(uow)
    user = with_password(org)
    browser = login(user, org, language="en")
    with uow.transaction():
        uow.session.get(User, user.id).locale = "en"
    browser.get("/account/second-factor")
    browser.press("Set up two-step sign-in")
    secret = "".join(browser.page.select_one("code").text.split())
    browser.press("Turn on two-step sign-in", status=200, code=pyotp.TOTP(secret).now())
    assert len(browser.page.select("main li code")) == 10
    browser.get("/account/second-factor")
    browser.press("Turn off two-step sign-in")
    assert queries.person(uow, user.id).second_factor is False
    staff, _ = make_staff(uow)
    desk = login(staff, None)
    desk.get("/account/second-factor")
    answer = desk.client.post("/account/second-factor/off", data=typed(desk))
    assert answer.status_code == 409


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
