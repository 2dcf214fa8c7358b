import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpmirai_compliance.foundation.inputs import (
    BadInput,
    calendar_day,
    clean_line,
    clean_text,
    telephone,
    whole_number,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  髙﨑 製作所  ", "髙﨑 製作所"),
        ("e\u0301", "é"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("<b>太字</b> & co", "<b>太字</b> & co"),
        ("🌸" * 10, "🌸" * 10),
    ],
)
def test_fi_9_text_is_kept_as_typed_but_normalised(typed, kept):
    assert clean_text(typed) == kept


@pytest.mark.parametrize(
    "bad", ["a\0b", "a\x07", "\ud800", "\ufffe", "\ufdd0", "\U0001ffff", "a\x85b"]
)
def test_fi_9_what_cannot_be_stored_is_refused(bad):
    with pytest.raises(BadInput) as error:
        clean_text(bad)
    assert error.value.reason == "characters"


def test_fi_9_length_is_counted_in_code_points():
    assert clean_text("漢" * 4000) == "漢" * 4000
    with pytest.raises(BadInput) as error:
        clean_text("漢" * 4001)
    assert (error.value.reason, error.value.detail) == ("long", "4001")


def test_fi_9_a_name_is_one_line_without_bidi_controls():
    assert clean_line("報告\u202etxt.exe\r\nBcc: x@y.z\t") == "報告txt.exe Bcc: x@y.z"


@pytest.mark.parametrize(
    ("typed", "number"), [("12", 12), ("１２", 12), (" 1,200 ", 1200), ("0", 0)]
)
def test_fi_9_whole_numbers(typed, number):
    assert whole_number(typed, 0, 2000) == number


@pytest.mark.parametrize("bad", ["", "1.5", "1_000", "٣", "-1", "2001", "9" * 30, "1e3", "①②x"])
def test_fi_9_other_numbers_are_refused(bad):
    with pytest.raises(BadInput):
        whole_number(bad, 0, 2000)


@pytest.mark.parametrize(
    "typed",
    [
        *("2026-11-24", "2026/11/24", "２０２６年１１月２４日", "2026.11.24", "20261124"),
        *(" 2026年 11月 24日", "令和8年11月24日", "令和８年１１月２４日", "R8.11.24", "r8/11/24"),
    ],
)
def test_fi_9_days(typed):
    assert calendar_day(typed) == dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("令和元年5月1日", dt.date(2019, 5, 1)),
        ("平成31年4月30日", dt.date(2019, 4, 30)),
        ("H12.1.1", dt.date(2000, 1, 1)),
    ],
)
def test_fi_9_days_of_the_japanese_eras(typed, day):
    assert calendar_day(typed) == day


@pytest.mark.parametrize(
    "bad",
    [
        *("", "24/11/2026", "2026-02-30", "1999-12-31", "2101-01-01", "20261301", "8年11月24日"),
        *(
            "平成11年12月31日",
            "昭和63年1月1日",
            "令和0年",
            "令和8年2月30日",
            "S8.11.24",
            "11月24日",
        ),
    ],
)
def test_fi_9_other_days_are_refused(bad):
    with pytest.raises(BadInput):
        calendar_day(bad)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("０５２－５５５－０１００", "052-555-0100"),
        ("052ー555−0100", "052-555-0100"),
        ("（052）555‐0100 ", "(052)555-0100"),
        ("＋81 52 555 0100", "+81 52 555 0100"),
    ],
)
def test_fi_9_telephone_numbers_are_half_width(typed, number):
    assert telephone(typed) == number


@given(st.text(max_size=300))
def test_fi_9_any_text_is_cleaned_or_refused_and_cleaning_twice_changes_nothing(typed):
    try:
        once = clean_text(typed)
    except BadInput:
        return
    assert clean_text(once) == once
    once.encode("utf-8")
