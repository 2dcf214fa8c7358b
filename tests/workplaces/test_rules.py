import pytest

from jpmirai_compliance.workplaces import rules


def test_every_language_has_every_text():
    for tag in rules.LANGUAGES:
        found = rules.texts(tag)
        assert found.language == tag
        assert "$name" in found.published
        assert "$year" in found.published
        assert len(rules.help_desks(tag)) == 2
        assert {desk.url[:8] for desk in rules.help_desks(tag)} == {"https://"}
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
    ("wanted", "found"),
    [
        (["vi-VN", "en"], "vi"),
        (["my_MM"], "my"),
        (["zh-Hans", "fr", "en-US"], "en"),
        (["xx-\x00", "*"], "ja"),
        ([], "ja"),
    ],
)
def test_the_telephone_s_first_language_that_we_have(wanted, found):
    assert rules.best_language(wanted) == found


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
    [("053-000-0000", "0530000000"), ("+81 (53) 000", "+8153000"), ("内線", ""), ("", "")],
)
def test_what_a_telephone_dials(phone, dialled):
    assert rules.dialled(phone) == dialled


def test_languages_are_named_in_themselves():
    assert [rules.endonym(tag) for tag in ("ja", "my", "ja-x-easy", "zh-Hans", "nonsense!")] == [
        "日本語",
        "မြန်မာ",
        "やさしい日本語",
        "中文 (简体)",
        "nonsense!",
    ]
