import datetime as dt

import pytest
from argon2 import PasswordHasher, extract_parameters

from jpmirai_compliance.accounts import queries
from jpmirai_compliance.accounts.models import (
    Attempt,
    HalfSignIn,
    LoginSession,
    MailLink,
    RecoveryCode,
    User,
)
from jpmirai_compliance.accounts.rules import codes, limits
from jpmirai_compliance.accounts.service import Vault, passwords, second_factor, sessions
from jpmirai_compliance.accounts.service import sign_in as signing
from jpmirai_compliance.accounts.service.sign_in import Entered, NeedsCode, Refused
from jpmirai_compliance.foundation.errors import TooMany
from jpmirai_compliance.foundation.policy import Role
from tests.accounts.scene import OTHER, PASSWORD, SECRET, events, rows
from tests.factories import NOW, actor_of, make_member, make_organisation

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def attempt(uow, vault):
    def do(email, password=PASSWORD, address="192.0.2.1", now=NOW):
        proof = signing.prove(
            uow, email=email, password=password, address=address, vault=vault, now=now
        )
        with uow.transaction():
            return signing.sign_in(uow, proof=proof, address=address, vault=vault, now=now)

    return do


@pytest.fixture
def type_code(uow, vault):
    def do(token, typed, now=NOW):
        with uow.transaction():
            return signing.enter_code(uow, token=token, typed=typed, vault=vault, now=now)

    return do


def test_an_1_passwords_are_stored_as_argon2id_and_made_stronger_at_sign_in(
    uow, vault, with_password, attempt
):
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=2).hash(PASSWORD)
    user = with_password(make_organisation(uow), password_hash=weak)
    assert isinstance(attempt(user.email), Entered)
    [stored] = [row.password_hash for row in rows(uow, User)]
    assert stored.startswith("$argon2id$")
    assert stored != weak
    assert not vault.outdated(stored)
    assert isinstance(attempt(user.email), Entered)


def test_an_1_production_hashes_with_the_library_s_own_strength(settings):
    strong = Vault.of(settings.model_copy(update={"env": "production"}))
    stored = strong.hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_an_2_no_character_of_a_long_password_is_ignored(uow, vault, with_password, attempt):
    user = with_password(make_organisation(uow), password_hash=vault.hash_password("漢" * 128))
    assert attempt(user.email, "漢" * 127 + "字") == Refused()
    assert attempt(user.email, "漢" * 129) == Refused()
    assert isinstance(attempt(user.email, "漢" * 128), Entered)


def test_an_3_unknown_disabled_and_passwordless_are_refused_alike(uow, with_password, attempt):
    org = make_organisation(uow)
    disabled = with_password(org, disabled_at=NOW)
    never = with_password(org, password_hash="")
    found = {attempt(e) for e in ("nobody@example.com", disabled.email, never.email, "\ud800")}
    assert found == {Refused()}
    assert attempt(never.email, "") == Refused()
    assert rows(uow, LoginSession) == []
    assert events(uow) == ["accounts:sign-in-failed"] * 5


class Counting(PasswordHasher):
    verified = 0

    def verify(self, *args):
        self.verified += 1
        return super().verify(*args)


def test_an_3_every_address_costs_one_comparison_of_the_same_strength(uow, vault, with_password):
    org = make_organisation(uow)
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    counting = Vault(["x" * 40], hasher)
    known, disabled = with_password(org), with_password(org, disabled_at=NOW)
    passwordless = with_password(org, password_hash="")
    stored = extract_parameters(hasher.hash(PASSWORD))
    assert extract_parameters(counting.nobody) == stored
    for email in (known.email, disabled.email, passwordless.email, "nobody@example.com", "?"):
        before = hasher.verified
        signing.prove(uow, email=email, password=OTHER, address="a", vault=counting, now=NOW)
        assert hasher.verified == before + 1


def test_an_4_the_eleventh_wrong_password_waits_and_the_right_one_works_after_it(
    uow, with_password, attempt
):
    org = make_organisation(uow)
    user, noise = with_password(org), with_password(org)
    for i in range(10):
        assert attempt(user.email, OTHER, address=f"192.0.2.{i}") == Refused()
    with pytest.raises(TooMany) as error:
        attempt(user.email.upper(), PASSWORD, address="198.51.100.1")
    assert error.value.retry_after == 300
    assert isinstance(attempt(noise.email, address="198.51.100.1"), Entered)
    with pytest.raises(TooMany):
        attempt(user.email, now=NOW + MINUTE * 5 - dt.timedelta(seconds=1))
    assert isinstance(attempt(user.email, now=NOW + MINUTE * 5), Entered)


def test_an_4_an_address_that_guesses_for_many_accounts_waits(uow, with_password, attempt):
    user = with_password(make_organisation(uow))
    for i in range(10):
        attempt(f"guess{i}@example.com", address="203.0.113.9")
    with pytest.raises(TooMany):
        attempt(user.email, address="203.0.113.9")
    assert isinstance(attempt(user.email, address="203.0.113.8"), Entered)
    stored = {row.key_hash for row in rows(uow, Attempt)}
    assert not any("203.0.113" in key for key in stored)


def test_an_4_the_limit_holds_when_the_password_was_compared_before_it_was_reached(
    uow, vault, with_password, attempt
):
    """Parallel guesses: the comparison was done, the result is not told."""
    user = with_password(make_organisation(uow))
    early = signing.prove(
        uow, email=user.email, password=PASSWORD, address="192.0.2.1", vault=vault, now=NOW
    )
    for _ in range(10):
        attempt(user.email, OTHER)
    with pytest.raises(TooMany), uow.transaction():
        signing.sign_in(uow, proof=early, address="192.0.2.1", vault=vault, now=NOW)


def test_a_proof_is_worth_nothing_once_the_password_has_changed(uow, vault, with_password):
    user = with_password(make_organisation(uow))
    proof = signing.prove(
        uow, email=user.email, password=PASSWORD, address="a", vault=vault, now=NOW
    )
    with uow.transaction():
        uow.session.get(User, user.id).password_hash = vault.hash_password(OTHER)
    with uow.transaction():
        assert signing.sign_in(uow, proof=proof, address="a", vault=vault, now=NOW) == Refused()


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.REVIEWER, Role.JUDGE])
def test_an_5_staff_and_judges_set_up_a_second_factor_before_anything_else(
    uow, vault, with_password, attempt, totp, role
):
    user = with_password(None, (role,))
    outcome = attempt(user.email)
    assert isinstance(outcome, NeedsCode)
    assert outcome.enrol
    assert rows(uow, LoginSession) == []
    secret, address = second_factor.pending_half(uow, token=outcome.token, vault=vault, now=NOW)
    assert address.startswith("otpauth://totp/JP-MIRAI:")
    assert secret not in {row.totp_pending for row in rows(uow, User)}
    code = codes.pyotp.TOTP(secret).at(NOW)
    with uow.transaction():
        entered, recovery = second_factor.enrol_half(
            uow, token=outcome.token, typed=code, vault=vault, now=NOW
        )
    assert isinstance(entered, Entered)
    assert len(recovery) == 10
    assert {row.code_hash for row in rows(uow, RecoveryCode)}.isdisjoint(recovery)
    again = attempt(user.email)
    assert (type(again), again.enrol) == (NeedsCode, False)


def test_an_5_a_code_works_once(uow, with_password, attempt, type_code, totp):
    user = with_password(make_organisation(uow), second_factor=True)
    code = totp.at(NOW)
    assert isinstance(type_code(attempt(user.email).token, f"{code[:3]} {code[3:]}"), Entered)
    half = attempt(user.email).token
    assert type_code(half, code) == Refused()
    assert type_code(half, f" {code} ") == Refused()
    assert isinstance(type_code(half, totp.at(NOW + MINUTE), NOW + MINUTE), Entered)
    assert "accounts:second-factor-failed" in events(uow)


def test_an_5_a_recovery_code_works_once_and_for_its_owner_only(
    uow, with_password, attempt, type_code
):
    org = make_organisation(uow)
    user, other = with_password(org, second_factor=True), with_password(org, second_factor=True)
    with uow.transaction():
        code, *_ = second_factor.new_codes(uow, actor=actor_of(user, org), now=NOW)
    assert type_code(attempt(other.email).token, code) == Refused()
    assert isinstance(type_code(attempt(user.email).token, code.upper()), Entered)
    assert type_code(attempt(user.email).token, code) == Refused()


def test_an_4_five_wrong_codes_wait(uow, with_password, attempt, type_code, totp):
    user = with_password(make_organisation(uow), second_factor=True)
    half = attempt(user.email).token
    for _ in range(5):
        assert type_code(half, "000000") == Refused()
    with pytest.raises(TooMany):
        type_code(half, totp.at(NOW))
    later = NOW + MINUTE * 6
    assert isinstance(type_code(half, totp.at(later), later), Entered)


def test_a_half_finished_sign_in_ends_after_ten_minutes_and_after_use(
    uow, with_password, attempt, type_code, totp
):
    user = with_password(make_organisation(uow), second_factor=True)
    late = NOW + MINUTE * 10
    assert type_code(attempt(user.email).token, totp.at(late), late) is None
    half = attempt(user.email).token
    assert isinstance(type_code(half, totp.at(NOW)), Entered)
    assert type_code(half, totp.at(NOW + MINUTE), NOW + MINUTE) is None
    assert type_code("made up", totp.at(NOW)) is None


def test_members_may_sign_in_without_a_second_factor_and_staff_of_a_member_may_not(
    uow, with_password, attempt
):
    org, _, _ = make_member(uow)
    member = with_password(org, (Role.EDITOR,))
    assert isinstance(attempt(member.email), Entered)
    both = with_password(org, (Role.EDITOR,))
    from jpmirai_compliance.accounts import service

    with uow.transaction():
        service.grant(uow, actor=None, user_id=both.id, org_id=None, roles={Role.JUDGE}, now=NOW)
    assert isinstance(attempt(both.email), NeedsCode)


def test_whoever_has_no_role_left_is_refused(uow, with_password, attempt):
    user = with_password(make_organisation(uow), ())
    assert attempt(user.email) == Refused()


def test_secrets_outlive_a_change_of_the_key(settings):
    """CF-2: the old key opens what it sealed; a stranger's key does not."""
    sealed = Vault.of(settings).seal(SECRET)
    old = settings.secret_key.get_secret_value()
    moved = settings.model_copy(
        update={"secret_key": type(settings.secret_key)("n" * 40), "secret_key_fallbacks": (old,)}
    )
    assert Vault.of(moved).open(sealed) == SECRET
    assert Vault.of(moved.model_copy(update={"secret_key_fallbacks": ()})).open(sealed) == ""
    assert SECRET not in sealed


def test_ending_everything_signs_everybody_out(uow, with_password, attempt):
    org = make_organisation(uow)
    for user in (with_password(org), with_password(org)):
        attempt(user.email)
    with uow.transaction():
        sessions.end_everything(uow, now=NOW)
    assert [row.ended_at for row in rows(uow, LoginSession)] == [NOW, NOW]


def test_pr_1_sessions_and_links_that_ended_long_ago_are_removed(uow):
    org, user, _ = make_member(uow)
    day = dt.timedelta(days=1)
    with uow.transaction():
        sessions.open_session(uow, user_id=user.id, org_id=org.id, now=NOW - 31 * day)
        kept = sessions.open_session(uow, user_id=user.id, org_id=org.id, now=NOW)
        for now in (NOW - 31 * day, NOW):
            sessions.half_open(uow, user_id=user.id, now=now)
            passwords.make_link(uow, user, "reset", now, limits.RESET_LIFE)
    with uow.transaction():
        assert sessions.sweep(uow, now=NOW) == 3
    assert [len(rows(uow, t)) for t in (LoginSession, HalfSignIn, MailLink)] == [1, 1, 1]
    assert queries.signed_in(uow, kept, NOW).user_id == user.id
