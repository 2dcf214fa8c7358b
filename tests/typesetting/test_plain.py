import pytest

from jpmirai_compliance.typesetting.plain import LIMIT, plain


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("<img src=/etc/passwd>", "<img src=/etc/passwd>"),
        ("Tokyo <R&D> & A", "Tokyo <R&D> & A"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("one\r\ntwo\tthree\u2028four", "one two three four"),
        ("abc\u202egnp.exe\u202c", "abcgnp.exe"),
        ("\ufeff  名前　", "名前"),
        ("half \ud83d pair", "half  pair"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("", ""),
    ],
)
def test_plain_keeps_text_and_drops_controls(typed, drawn):
    assert plain(typed) == drawn


def test_plain_cuts_at_the_limit_with_an_ellipsis():
    assert plain("あ" * LIMIT) == "あ" * LIMIT
    assert plain("あ" * (LIMIT + 1)) == "あ" * (LIMIT - 1) + "…"
    assert plain("x" * 60_000, 10) == "xxxxxxxxx…"


def test_plain_does_not_part_a_mark_from_its_letter():
    assert plain("ကကိကိက", 3) == "က…"
