import datetime as dt
import uuid
from contextlib import suppress

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpmirai_compliance.accounts.rules import (
    addresses,
    codes,
    corporate_number,
    invitation_list,
    limits,
    passwords,
    places,
    roles,
)
from jpmirai_compliance.foundation.errors import Incomplete
from jpmirai_compliance.foundation.inputs import BadInput
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.model import MemberKind
from tests.factories import NOW

MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    "password",
    [
        "漢" * 128,
        "correct boat under 9 pines",
        "áéíóú ñ ü ç œ ß",
        "パスワードは長い文がよいですよ",
        "🐟🐠🐡" * 4,
    ],
)
def test_an_2_any_characters_in_12_to_128_are_a_password(password):
    assert passwords.fault(password) is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("a" * 11, "Use 12 characters or more. You entered 11."),
        ("漢" * 129, "Use 128 characters or fewer. You entered 129."),
        ("password1234", "This password is one that is often guessed. Choose another one."),
        ("PASSWORD1234", "This password is one that is often guessed. Choose another one."),
        (
            "ｐａｓｓｗｏｒｄ１２３４",
            "This password is one that is often guessed. Choose another one.",
        ),
        ("1qaz2wsx3edc", "This password is one that is often guessed. Choose another one."),
        ("aaaaaaaaaaaa", "This password is one that is often guessed. Choose another one."),
        ("with\x00a control in it", "Remove the control characters from the password."),
        ("half a pair \ud800 here", "Remove the control characters from the password."),
    ],
)
def test_an_2_short_long_and_common_passwords_are_refused(password, fault):
    assert str(passwords.fault(password)) == fault


@pytest.mark.parametrize(
    "password", ["jpmirai2026!", "my JP-Mirai word", "テスト製作所で働く人です", "x TESTWORKS x x"]
)
def test_an_2_names_of_the_service_and_the_organisation_are_refused(password):
    names = ["テスト製作所", "Test Works", "JA"]
    assert str(passwords.fault(password, names)).startswith("Leave out the name")
    assert passwords.fault("jam and javelins 99", names) is None


def test_an_2_the_bundled_list_has_3000_entries_of_12_characters_or_more():
    assert len(passwords.common()) >= 3_000
    assert {len(word) >= passwords.LEAST for word in passwords.common()} == {True}


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("a@b.co", "a@b.co"),
        ("A@B.co", "a@b.co"),
        ("ａ@b.co", "a@b.co"),
        ("  a@ｂ.co ", "a@b.co"),
        ("x@例え.jp", "x@xn--r8jz45g.jp"),
    ],
)
def test_an_7_spellings_of_one_address_are_one_identity(typed, normal):
    assert addresses.normal_email(typed) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "a@b",
        "admın@b.co",
        "аdmin@b.co",
        "a@b.co\nBcc: x@y.co",
        "a b@c.co",
        "a@127.0.0.1",
        "a" * 250 + "@b.co",
        "\ud800@b.co",
    ],
)
def test_an_7_look_alikes_and_what_mail_cannot_reach_are_refused(typed):
    with pytest.raises(BadInput):
        addresses.normal_email(typed)
    assert addresses.email_or_typed(typed).startswith("?")


@pytest.mark.parametrize(
    "raw",
    [
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        "\\\\evil.example",
        "http://evil.example",
        "HTTPS:evil.example",
        "javascript:alert(1)",
        "/%2f%2fevil.example",
        "/%5cevil.example",
        "/%09/evil.example",
        "///evil.example",
        "/x//evil.example",
        " /x",
        "/x\x00",
        "evil.example",
        "/／evil.example",
        "@evil.example",
        "",
        None,
        "/" + "a" * 500,
        "/x#//evil",
        "/a:b@evil.example",
        "/x\n",
    ],
)
def test_pu_5_nothing_but_a_local_path_is_followed(raw):
    assert addresses.local_path(raw) is None


@pytest.mark.parametrize(
    "raw", ["/", "/m", "/m/2026/P1-01", "/s/members?q=a%20b&after=1", "/m/2026?"]
)
def test_pu_5_our_own_pages_are_followed(raw):
    assert addresses.local_path(raw) == raw


@given(st.text(max_size=60))
def test_pu_5_whatever_is_followed_has_one_slash_and_plain_letters(raw):
    found = addresses.local_path("/" + raw)
    assert found is None or (
        found.isascii() and found.isprintable() and not found.startswith(("//", "/\\"))
    )


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://www.example.co.jp/", "https://www.example.co.jp/"),
        ("www.example.co.jp", "https://www.example.co.jp"),
        ("http://例え.jp/会社", "http://例え.jp/会社"),
        ("ｈｔｔｐｓ://example.jp", "https://example.jp"),
    ],
)
def test_own_site_may_be_any_public_site(typed, shown):
    assert addresses.website(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "ftp://example.jp",
        "http://127.0.0.1/",
        "http://169.254.169.254/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://localhost/",
        "http://db.internal/",
        "https://a@example.jp/",
        "https://example.jp:8080/",
        "https://example",
        'https://example.jp/"onload=',
        "https://exa mple.jp",
        "data:text/html,x",
        "https://example.jp/" + "a" * 500,
        "http://example.jp:99999",
        "https://\ud800.jp",
    ],
)
def test_own_site_is_no_address_of_a_machine_and_no_script(typed):
    with pytest.raises(BadInput):
        addresses.website(typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("4011001098993", "4011001098993"),
        ("4-0110-0109-8993", "4011001098993"),
        ("４０１１ ００１０ ９８９９３", "4011001098993"),
        (
            "401100109899",
            Text("A corporate number has 13 digits. This one has %(length)d.", {"length": 12}),
        ),
        ("T4011001098993", Text("A corporate number has digits only, 13 of them.")),
        ("", Text("A corporate number has digits only, 13 of them.")),
        ("٤" * 13, Text("A corporate number has digits only, 13 of them.")),
        (
            "5011001098993",
            Text("The first digit does not fit the other 12. Please compare the number once more."),
        ),
    ],
)
def test_corporate_number_says_how_many_digits_it_has(typed, found):
    assert corporate_number.read(typed) == found


HEAD = "組織名,組織名（英語）,区分,担当者名,メールアドレス,言語\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_list_is_read_as_spreadsheets_write_it(encoding, delimiter):
    text = (
        HEAD
        + "見本製作所,,企業,見本 花子,Hanako@Example.jp,\n\n"
        + "Mihon Town,Mihon,Municipality,A,a@example.jp,en\n"
    )
    guests = invitation_list.read_guests(text.replace(",", delimiter).encode(encoding))
    first, second = guests
    assert first == invitation_list.Guest(
        2, "見本製作所", "", MemberKind.EMPLOYER, "見本 花子", "hanako@example.jp", "ja"
    )
    assert (second.row, second.kind, second.locale) == (4, MemberKind.MUNICIPALITY, "en")


def test_a_list_says_for_every_row_what_to_mend():
    text = HEAD + (
        "A,,企業,a,a@example.jp,\n"
        ",,企業,,b@example.jp,\n"
        "C,,会社,c,c at example,fr\n"
        "D,,企業,d,A@example.jp,\n" + "E" * 201 + ",,企業,e,e@example.jp,\n"
    )
    with pytest.raises(Incomplete) as error:
        invitation_list.read_guests(text.encode())
    assert [str(gap.text) for gap in error.value.gaps] == [
        "Row 3: the organisation's name is missing.",
        "Row 3: the person's name is missing.",
        "Row 4: “c at example” is not an e-mail address.",
        "Row 4: the kind of member is not one of the list.",
        "Row 4: the language is neither ja nor en.",
        "Row 5: the same e-mail address as in row 2.",
        "Row 6: a name is longer than 200 characters or cannot be read.",
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "The first row lacks these headings: 組織名、区分、担当者名、メールアドレス"),
        (HEAD.encode(), "The file has no rows below the headings."),
        (
            b"PK\x03\x04\x00\x00",
            "This is not a CSV file. Save the spreadsheet as CSV (UTF-8) and try again.",
        ),
        (
            b"\xff\xfe\x00\x01",
            "This is not a CSV file. Save the spreadsheet as CSV (UTF-8) and try again.",
        ),
        (b"x" * (1024 * 1024 + 1), "The file is larger than 1 MB. Please divide it."),
        (
            (HEAD + "A,,企業,a,a@example.jp,\n" * 501).encode(),
            "A file may have 500 rows. This one has 501.",
        ),
        (
            (HEAD + '"' + "A" * 200_000 + '",,企業,a,a@b.jp,\n').encode(),
            "This is not a CSV file. Save the spreadsheet as CSV (UTF-8) and try again.",
        ),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(content, fault):
    with pytest.raises(Incomplete) as error:
        invitation_list.read_guests(content)
    assert str(error.value.gaps[0].text) == fault


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(content):
    with suppress(Incomplete):  # anything else would be our fault
        assert invitation_list.read_guests(HEAD.encode() + content)


def test_an_escaped_formula_comes_back_as_it_was():
    text = HEAD + "'=A製作所,,企業,'+81,a@example.jp,\n"
    [guest] = invitation_list.read_guests(text.encode())
    assert (guest.organisation, guest.name) == ("=A製作所", "+81")


def test_an_4_waiting_ends_when_the_oldest_of_the_last_ten_leaves_the_window():
    tries = [NOW - MINUTE * 4 + dt.timedelta(seconds=i) for i in range(10)]
    assert limits.wait(limits.ACCOUNT, tries[:9], NOW) == 0
    assert limits.wait(limits.ACCOUNT, tries, NOW) == 60
    assert limits.wait(limits.ACCOUNT, tries, NOW + MINUTE) == 0


def test_an_4_limits_are_those_of_the_requirement():
    found = {(x.kind, x.most, x.window) for x in (limits.ACCOUNT, limits.ADDRESS, limits.OVERALL)}
    assert found == {
        ("account", 10, MINUTE * 5),
        ("address", 10, MINUTE * 5),
        ("overall", 1000, MINUTE * 5),
    }
    assert limits.Limit("code", 5, MINUTE * 5) in limits.CODES
    assert (limits.RESET.most, limits.RESET.window) == (5, dt.timedelta(days=1))
    assert (limits.INVITE_MAIL.most, limits.INVITE_MAIL.window) == (3, dt.timedelta(hours=6))


@pytest.mark.parametrize(
    ("held", "idle"),
    [({Role.EDITOR}, MINUTE * 120), ({Role.JUDGE}, MINUTE * 30), ({Role.SECRETARIAT}, MINUTE * 30)],
)
def test_sessions_end_idle_and_after_twelve_hours(held, idle):
    roles_held, second = frozenset(held), dt.timedelta(seconds=1)
    assert limits.alive(roles_held, NOW, NOW, NOW + idle - second)
    assert not limits.alive(roles_held, NOW, NOW, NOW + idle)
    late = NOW + dt.timedelta(hours=12)
    assert limits.alive(roles_held, NOW, late - second, late - second)
    assert not limits.alive(roles_held, NOW, late - second, late)


def test_an_5_codes_of_now_and_one_step_around_match_once_however_they_are_typed():
    secret = codes.new_secret()
    now = 1_800_000_000
    step, code = now // 30, pyotp.TOTP(secret).at(now)
    for typed in (
        code,
        f"{code[:3]} {code[3:]}",
        f" {code[:3]}-{code[3:]}",
        code.translate({48 + i: 0xFF10 + i for i in range(10)}),
    ):
        assert codes.matching_step(secret, typed, now, 0) == step
        assert codes.matching_step(secret, typed, now, step) is None
    assert codes.matching_step(secret, code, now + 30, 0) == step
    assert codes.matching_step(secret, code, now + 60, 0) is None
    assert codes.matching_step(secret, code + "1", now, 0) is None


def test_recovery_codes_are_ten_and_hash_the_same_however_typed():
    made, person = codes.new_recovery_codes(), uuid.uuid4()
    assert len({*made}) == 10
    assert codes.recovery_hash(person, made[0].upper().replace("-", " ")) == codes.recovery_hash(
        person, made[0]
    )
    assert codes.recovery_hash(uuid.uuid4(), made[0]) != codes.recovery_hash(person, made[0])


def test_roles_of_members_and_staff_do_not_mix():
    org = uuid.uuid4()
    assert roles.fits({Role.EDITOR, Role.ADMIN}, org)
    assert roles.fits({Role.JUDGE}, None)
    assert not any(
        [roles.fits([], org), roles.fits({Role.JUDGE}, org), roles.fits({Role.ADMIN}, None)]
    )
    assert roles.read(roles.written(Role)) == frozenset(Role)


def test_the_last_administrator_is_kept():
    a, b, org = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    admin, editor = frozenset({Role.ADMIN}), frozenset({Role.EDITOR})
    assert roles.is_last_keeper(a, org, {a: admin, b: editor})
    assert not roles.is_last_keeper(a, org, {a: admin, b: admin})
    assert not roles.is_last_keeper(b, org, {a: admin, b: editor})


def test_places_are_all_there_in_both_languages():
    assert list(places.PREFECTURES) == [*(f"{i:02d}" for i in range(1, 48)), "99"]
    assert places.PREFECTURES["23"].texts == {"ja": "愛知県", "en": "Aichi"}
    assert "".join(places.SECTORS) == "ABCDEFGHIJKLMNOPQRST"
    assert {len(x.texts) for x in (*places.PREFECTURES.values(), *places.SECTORS.values())} == {2}
    assert set(places.KINDS) == set(MemberKind)
