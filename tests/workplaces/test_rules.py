import pytest

from jpmirai_compliance.principles import LANGUAGES
from jpmirai_compliance.workplaces import rules


def test_every_language_has_every_text():
    english = rules.texts("en")
    for tag in LANGUAGES:
        found = rules.texts(tag)
        assert found.language == tag
        assert rules.fill(found.published, name="A & B", year=2031).count("A & B") == 1
        assert "2031" in rules.fill(found.published, name="A & B", year=2031)
        assert "$" not in rules.fill(found.not_published, name="A & B")
        assert len(set(found.days)) == 7
        for name in ("expect", "read", "safety"):
            assert len(getattr(found, name)) == len(getattr(english, name))
    with pytest.raises(KeyError):
        rules.texts("xx")


@pytest.mark.parametrize(
    "name", ["{{7*7}}", "${year}", "$name", "{0.__class__}", "%(year)s", "A & B"]
)
def test_ou_5_a_name_brings_no_marks_of_its_own(name):
    assert (
        rules.fill("$name has published $year.", name=name, year=2026)
        == f"{name} has published 2026."
    )


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7k3f9qx", "7K3F9QX"),
        (" 7K3F9QX ", "7K3F9QX"),
        ("7K3F9Q0", None),
        ("7K3F9Q", None),
        ("", None),
    ],
)
def test_codes_are_read_kindly_but_exactly(typed, code):
    assert rules.read_code(typed) == code


@pytest.mark.parametrize(
    ("phone", "dialled"),
    [
        *(("053-000-0000", "0530000000"), ("+81 (53) 000", "+8153000"), ("内線", ""), ("", "")),
        ("０５３－０００－００００", "0530000000"),
    ],
)
def test_what_a_telephone_dials(phone, dialled):
    assert rules.dialled(phone) == dialled


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        (
            "17:00–22:00 (Mon–Fri), 9:00–21:00 (Sat, Sun)",
            (("17:00–22:00", "月–金"), ("9:00–21:00", "土・日")),
        ),
        ("9:00–17:00 (Mon–Fri; not on holidays)", (("9:00–17:00", "月–金; not on holidays"),)),
        ("24時間", (("24時間", ""),)),
        ("9:00 (Mon) to 5", (("9:00 (Mon) to 5", ""),)),
        ("", (("", ""),)),
    ],
)
def test_hours_are_cut_into_times_with_their_days_or_left_whole(hours, found):
    assert rules.named_hours(hours, rules.texts("ja")) == found
