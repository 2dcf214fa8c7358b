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
