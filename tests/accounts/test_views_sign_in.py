import datetime as dt
import json

import pytest
import time_machine

from jpmirai_compliance.accounts.models import HalfSignIn, LoginSession, User
from jpmirai_compliance.app import create_app
from jpmirai_compliance.foundation.policy import Role
from tests.accounts.scene import OTHER, PASSWORD, errors, rows, sign_in
from tests.browser import Browser
from tests.factories import NOW, clock, make_member, make_organisation, make_staff, make_user

WRONG = "メールアドレスかパスワードが違います。"


def copy_of(browser, app):
    """Another browser with the same cookies, as a thief has them."""
    thief = app.test_client()
    for name in ("jpmirai",):
        cookie = browser.client.get_cookie(name)
        thief.set_cookie(name, cookie.value)
    return Browser(thief)


def is_in(browser):
    answer = browser.client.get("/account")
    assert answer.status_code in {200, 303}
    return answer.status_code == 200


@pytest.fixture
def member(uow, with_password):
    org = make_organisation(uow, "青空食品")
    make_member(uow, "別の会社")
    return org, with_password(org)


def test_sign_in_goes_to_the_page_that_was_asked_for(browser, member):
    _, user = member
    assert browser.client.get("/account").location == "/sign-in?next=/account"
    browser.get("/sign-in?next=/account")
    answer = browser.client.post(
        "/sign-in",
        data={
            "csrf_token": browser.page.select_one("[name=csrf_token]")["value"],
            "email": f" {user.email.upper()} ",
            "password": PASSWORD,
        },
    )
    assert (answer.status_code, answer.location) == (303, "/account")
    assert browser.client.get("/start").location == "/m"
    page = browser.get("/account")
    assert page.select_one(".app-user").text.split() == [user.name, "青空食品"]


@pytest.mark.parametrize(
    "target", ["//evil.example", "/%09/evil.example", "https://evil.example", "/nowhere"]
)
def test_pu_5_a_foreign_or_unknown_target_is_forgotten(browser, member, target):
    browser.get("/sign-in?next=" + target)
    token = browser.page.select_one("[name=csrf_token]")["value"]
    data = {"csrf_token": token, "email": member[1].email, "password": PASSWORD, "next": target}
    assert browser.client.post("/sign-in", data=data).location == "/start"
    assert browser.client.get("/start").location == "/m"


def test_an_3_every_refusal_looks_the_same(app, uow, member, with_password):
    org, user = member
    disabled = with_password(org, disabled_at=NOW)
    passwordless = with_password(org, password_hash="")
    seen = set()
    for email, password in (
        (user.email, OTHER),
        ("nobody@example.com", PASSWORD),
        (disabled.email, PASSWORD),
        (passwordless.email, PASSWORD),
        ("not an address", PASSWORD),
    ):
        browser = Browser(app.test_client())
        browser.get("/sign-in")
        page = browser.press("ログインする", status=422, email=email, password=password)
        assert errors(page) == [WRONG]
        assert password not in browser.answer.text
        assert page.select_one("[name=email]")["value"] == email
        for field in page.select("[name=csrf_token], [name=email]"):
            del field["value"]
        seen.add((str(page), len(browser.answer.headers)))
    assert len(seen) == 1


def test_an_3_a_forgotten_password_looks_the_same_and_mails_the_owner_only(
    app, uow, member, outbox, with_password
):
    org, user = member
    disabled = with_password(org, disabled_at=NOW)
    seen = set()
    for email in (user.email, "nobody@example.com", disabled.email):
        browser = Browser(app.test_client())
        browser.get("/forgot-password")
        page = browser.press("リンクを送ってもらう", status=200, email=email)
        for field in page.select("[name=csrf_token]"):
            del field["value"]
        seen.add(str(page))
    assert len(seen) == 1
    browser.get("/forgot-password")
    browser.press("リンクを送ってもらう", status=422, email="not an address")  # nobody's, for all
    assert [m["To"] for m in outbox()] == [user.email]


def test_an_4_the_page_says_how_long_to_wait_and_ignores_forged_addresses(app, member):
    browser = Browser(app.test_client())
    browser.get("/sign-in")
    token = browser.page.select_one("[name=csrf_token]")["value"]
    for i in range(11):
        answer = browser.client.post(
            "/sign-in",
            data={"csrf_token": token, "email": f"guess{i}@example.com", "password": OTHER},
            headers={"X-Forwarded-For": f"198.51.100.{i}"},
        )
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    with time_machine.travel(clock() + dt.timedelta(minutes=5, seconds=1)):
        sign_in_answer = browser.client.post(
            "/sign-in", data={"csrf_token": token, "email": member[1].email, "password": PASSWORD}
        )
    assert sign_in_answer.status_code == 303


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("", "", ["メールアドレスを入力してください。", "パスワードを入力してください。"]),
        ("a" * 321, "x", ["320文字以内で入力してください。いまは321文字です。"]),
        ("a\x00b@example.com", "x", ["制御文字を取り除いてください。"]),
        ("a@example.com", "x" * 100_000, [WRONG]),
        ("a@example.com' OR 1=1 --", "<script>", [WRONG]),
    ],
)
def test_bad_input_at_sign_in_is_said_at_the_field(browser, member, email, password, said):
    browser.get("/sign-in")
    page = browser.press("ログインする", status=422, email=email, password=password)
    assert errors(page) == said
    assert page.select_one("[name=password]").get("value") is None


def test_se_1_a_copied_cookie_is_worth_nothing_after_sign_out(app, browser, member):
    sign_in_ja(browser, member[1])
    thief = copy_of(browser, app)
    assert is_in(thief)
    browser.get("/account")
    browser.press("ログアウト")
    assert browser.page.select_one("[role=status] p").text == "ログアウトしました。"
    assert not is_in(thief)
    assert not is_in(browser)


@pytest.mark.parametrize(
    "event",
    ["password", "reset", "second factor", "roles", "removal", "disabling", "email", "elsewhere"],
)
def test_se_1_every_session_ends_at_once_when(app, uow, make_uow, login, member, vault, event):
    """Each event, done elsewhere, ends the session that a thief has copied."""
    from jpmirai_compliance.accounts import service
    from jpmirai_compliance.accounts.service import second_factor, sessions
    from tests.factories import actor_of

    org, user = member
    boss = make_user(uow, org)
    _, secretariat = make_staff(uow)
    browser, own = login(user, org), actor_of(user, org)
    noise = login(boss, org)
    thief = copy_of(browser, app)
    assert is_in(thief)
    work, now = make_uow(), clock()
    with work.transaction():
        match event:
            case "password":
                service.change(work, actor=own, password=OTHER, vault=vault, now=now)
            case "reset":
                row = work.session.get(User, user.id)
                from jpmirai_compliance.accounts.service import passwords

                token = passwords.make_link(work, row, "reset", now, dt.timedelta(minutes=30))
                service.reset(work, token=token, password=OTHER, vault=vault, now=now)
            case "second factor":
                second_factor.clear_for(work, user_id=user.id, now=now)
            case "roles":
                service.change_roles(
                    work,
                    actor=actor_of(boss, org),
                    org_id=org.id,
                    user_id=user.id,
                    roles={Role.EDITOR},
                    now=now,
                )
            case "removal":
                service.remove(
                    work, actor=actor_of(boss, org), org_id=org.id, user_id=user.id, now=now
                )
            case "disabling":
                service.disable(work, actor=secretariat, user_id=user.id, now=now)
            case "email":
                row = work.session.get(User, user.id)
                token = service_link(work, row, now)
                service.confirm_new_email(work, token=token, now=now)
            case "elsewhere":
                sessions.sign_out_elsewhere(work, actor=own, session_id=boss.id, now=now)
    assert not is_in(thief)
    assert is_in(noise)


def service_link(work, row, now):
    from jpmirai_compliance.accounts.service import passwords

    return passwords.make_link(work, row, "email", now, dt.timedelta(hours=1), "n@example.com")


def test_se_1_the_database_holds_no_token(app, uow, browser, member):
    sign_in_ja(browser, member[1])
    with browser.client.session_transaction() as session:
        token = session["_user_id"]
    assert len(token) >= 43  # 256 bits
    [row] = rows(uow, LoginSession)
    assert token not in json.dumps([str(v) for v in row.model_dump().values()])


def test_se_2_signing_in_and_typing_the_password_again_give_new_ids(app, uow, browser, member):
    with browser.client.session_transaction() as session:
        session["_user_id"] = "planted"
        session["planted"] = "by somebody else"
    assert not is_in(browser)
    sign_in_ja(browser, member[1])
    with browser.client.session_transaction() as session:
        first = session["_user_id"]
        assert "planted" not in session
    assert first != "planted"
    before = copy_of(browser, app)
    browser.get("/confirm-password")
    browser.client.post("/confirm-password", data=typed(browser, password=PASSWORD))
    with browser.client.session_transaction() as session:
        assert session["_user_id"] != first
    assert is_in(browser)
    assert not is_in(before)


def test_se_3_the_cookie_on_https_is_host_only_secure_and_lax(settings, engine, uow, with_password):
    secure = create_app(
        settings.model_copy(update={"public_base_url": "https://jpmirai.example"}), engine
    )
    client = secure.test_client()
    answer = client.get("/sign-in", base_url="https://jpmirai.example")
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-jpmirai=")
    assert {p.strip() for p in cookie.split(";")[1:]} == {
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
    }


def test_se_6_a_password_typed_eleven_minutes_ago_is_asked_for_again(app, uow, login, member):
    org, user = member
    old = login(user, org, fresh=clock() - dt.timedelta(minutes=11))
    for url in ("/account/email", "/account/second-factor", "/m/people/invite"):
        answer = old.client.get(url)
        assert answer.location.partition("?")[0] == "/confirm-password"
    old.get(answer.location)
    page = old.press("確認して続ける", status=422, password=OTHER)
    assert errors(page) == ["パスワードが違います。"]
    answer = old.client.post("/confirm-password", data=typed(old, password=PASSWORD))
    assert answer.location == "/m/people/invite"
    old.get("/m/people/invite")
    young = login(user, org, fresh=clock() - dt.timedelta(minutes=9))
    young.get("/account/email")


def test_se_6_a_stale_post_changes_nothing_and_leads_back_to_its_form(uow, login, member):
    org, user = member
    colleague = make_user(uow, org, (Role.EDITOR,))
    browser = login(user, org, fresh=clock() - dt.timedelta(minutes=11))
    browser.get(f"/m/people/{colleague.id}")
    answer = browser.client.post(
        f"/m/people/{colleague.id}",
        data=typed(browser, roles=["admin"]),
        headers={"Referer": f"http://localhost/m/people/{colleague.id}"},
    )
    assert answer.location == f"/confirm-password?next=/m/people/{colleague.id}"
    from jpmirai_compliance.accounts import queries

    assert queries.person(uow, colleague.id).roles == {Role.EDITOR}


def test_sessions_end_when_left_alone(app, login, uow, member):
    org, user = member
    browser = login(user, org)
    with time_machine.travel(clock() + dt.timedelta(minutes=119)):
        assert is_in(browser)
        with time_machine.travel(clock() + dt.timedelta(minutes=119)):
            assert is_in(browser)
    with time_machine.travel(clock() + dt.timedelta(hours=12)):
        assert not is_in(browser)


def test_an_5_staff_set_up_the_second_factor_and_see_ten_codes_once(
    app, uow, browser, with_password
):
    import pyotp

    user = with_password(None, (Role.SECRETARIAT, Role.REVIEWER), locale="en")
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(browser, user.email)
    assert browser.url == "/sign-in/second-factor"
    assert browser.client.get("/s/members").status_code == 303
    page = browser.get("/sign-in/second-factor")
    secret = "".join(page.select_one("code").text.split())
    assert page.select_one("svg path")["d"]
    assert errors(browser.press("Turn on two-step sign-in", status=422, code="000000")) == [
        "This code is not right. Type the six digits that the app shows now."
    ]
    browser.press("Turn on two-step sign-in", status=200, code=pyotp.TOTP(secret).now())
    assert len(browser.page.select("main li code")) == 10
    assert browser.client.get("/start").location == "/s"
    assert browser.client.get("/sign-in/second-factor").location == "/sign-in"
    assert len(rows(uow, HalfSignIn)) == 1


def test_a_judge_who_is_also_a_member_chooses_for_whom_to_work(
    app, uow, browser, member, with_password, totp
):
    org, _ = member
    from jpmirai_compliance.accounts import service

    user = with_password(org, (Role.EDITOR,), second_factor=True)
    with uow.transaction():
        service.grant(uow, actor=None, user_id=user.id, org_id=None, roles={Role.JUDGE}, now=NOW)
    sign_in_ja(browser, user)
    page = browser.get("/sign-in/code")
    assert "スマートフォンも予備コードも使えないときは、JP-MIRAI事務局に" in page.main.text
    answer = browser.client.post("/sign-in/code", data=typed(browser, code=totp.now()))
    assert answer.location == "/choose"
    browser.get("/choose")
    assert {"事務局・審査", "青空食品"} <= {*buttons(browser)}
    browser.client.post("/choose", data=typed(browser, org_id=str(org.id)))
    assert browser.client.get("/start").location == "/m"
    browser.client.post("/choose", data=typed(browser, org_id=""))
    assert browser.client.get("/start").location == "/j"
    foreign = make_organisation(uow, "よその会社")
    for wrong in (str(foreign.id), "no id"):
        answer = browser.client.post("/choose", data=typed(browser, org_id=wrong))
        assert answer.status_code == 404


def test_htmx_and_json_are_told_401(client):
    assert client.get("/account", headers={"HX-Request": "true"}).status_code == 401
    assert client.get("/account", headers={"Accept": "application/json"}).status_code == 401
    assert client.post("/account").location == "/sign-in"


def test_the_language_is_kept_for_visitors_and_people(app, uow, browser, member):
    browser.get("/sign-in")
    browser.client.post("/language", data=typed(browser, locale="en", next="/sign-in"))
    assert browser.get("/sign-in").html["lang"] == "en"
    assert browser.client.post("/language", data=typed(browser, locale="xx")).status_code == 422
    browser.client.post("/sign-in", data=typed(browser, email=member[1].email, password=PASSWORD))
    assert browser.get("/account").html["lang"] == "ja"  # the person's own choice wins
    browser.client.post("/language", data=typed(browser, locale="en", next="//evil.example"))
    assert browser.get("/account").html["lang"] == "en"


def typed(browser, **fields):
    return {"csrf_token": browser.page.select_one("[name=csrf_token]")["value"]} | fields


def buttons(browser):
    return [" ".join(b.text.split()) for b in browser.page.select("form button")]


def sign_in_ja(browser, user):
    browser.get("/sign-in")
    answer = browser.client.post(
        "/sign-in", data=typed(browser, email=user.email, password=PASSWORD)
    )
    assert answer.status_code == 303
