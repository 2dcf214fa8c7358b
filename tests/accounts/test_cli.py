import pytest
from click.testing import CliRunner

from jpmirai_compliance.accounts.cli import clear_second_factor, create_admin, end_sessions
from jpmirai_compliance.accounts.models import LoginSession, Membership, User
from jpmirai_compliance.foundation.policy import Role
from tests.accounts.scene import PASSWORD, rows
from tests.browser import Browser


@pytest.fixture
def run(settings, monkeypatch):
    monkeypatch.setenv("JPMIRAI_ENV", "test")
    monkeypatch.setenv("JPMIRAI_SECRET_KEY", settings.secret_key.get_secret_value())
    monkeypatch.setenv("JPMIRAI_DATABASE_URL", settings.database)
    monkeypatch.setenv("JPMIRAI_PUBLIC_BASE_URL", "http://localhost")

    def command(name, *arguments, typed=""):
        return CliRunner().invoke(name, arguments, input=typed)

    return command


def test_an_8_the_first_account_comes_from_the_command_line(app, uow, run):
    assert rows(uow, User) == []
    found = run(create_admin, "--email", "first@example.jp", "--name", "初代")
    assert found.exit_code == 0, found.output
    link = found.output.split("http://localhost")[1].strip()
    browser = Browser(app.test_client())
    browser.get(link)
    browser.press("招待を承諾する", password=PASSWORD)
    assert browser.url == "/sign-in/second-factor"
    assert {m.role for m in rows(uow, Membership)} == {Role.SECRETARIAT, Role.REVIEWER}


def test_a_password_is_asked_for_and_judged(uow, run):
    arguments = ("--email", "a@example.jp", "--name", "A", "--ask-password")
    weak = run(create_admin, *arguments, typed="password1234\npassword1234\n")
    assert weak.exit_code == 1
    assert "often guessed" in weak.output
    assert rows(uow, User) == []
    assert run(create_admin, *arguments, typed=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0
    [user] = rows(uow, User)
    assert user.password_hash.startswith("$argon2id$")
    again = run(create_admin, *arguments, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert (again.exit_code, "already" in again.output) == (1, True)


def test_sessions_and_second_factors_are_ended_by_command(uow, run, login, with_password):
    user = with_password(None, (Role.JUDGE,), second_factor=True)
    login(user)
    assert run(end_sessions, "--email", "nobody@example.jp").exit_code == 1
    assert run(clear_second_factor, "--email", user.email.upper()).exit_code == 0
    assert [bool(s.ended_at) for s in rows(uow, LoginSession)] == [True]
    assert rows(uow, User)[0].totp_secret == ""
    assert run(end_sessions).exit_code == 0
