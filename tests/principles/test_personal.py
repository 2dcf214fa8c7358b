import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpmirai_compliance.principles import personal_data


@pytest.mark.parametrize(
    ("text", "kind", "match"),
    [
        ("連絡は tanaka@example.co.jp まで", "email", "tanaka@example.co.jp"),
        ("ｔａｎａｋａ＠ｅｘａｍｐｌｅ．ｊｐ", "email", "tanaka@example.jp"),
        ("電話０３－１２３４－５６７８へ", "phone", "03-1234-5678"),
        ("（03）1234-5678", "phone", "(03)1234-5678"),
        ("090ー1234ー5678", "phone", "090-1234-5678"),  # the long vowel mark as a hyphen
        ("携帯は09012345678", "phone", "09012345678"),
        ("+81 90-1234-5678", "phone", "+81 90-1234-5678"),
        ("Zalo: +84 912 345 678", "phone", "+84 912 345 678"),
        ("在留カードＡＢ１２３４５６７８ＣＤ", "residence_card", "AB12345678CD"),
        ("card ab12345678cd", "residence_card", "ab12345678cd"),
        ("1234 5678 9018", "my_number", "1234 5678 9018"),
        ("１２３４５６７８９０１８", "my_number", "123456789018"),
        ("旅券番号 TK1234567", "passport", "旅券番号 TK1234567"),
        ("C1234567 の旅券", "passport", "C1234567"),
        ("Passport No. 123456789", "passport", "Passport No. 123456789"),
        ("生年月日は1990年1月2日", "birth", "生年月日は1990年1月2日"),
        ("平成2年1月2日生まれの方", "birth", "平成2年1月2日生まれ"),
        ("S60.1.2生", "birth", "S60.1.2生"),
        ("She was born on 2 Jan 1990.", "birth", "born on 2 Jan 1990"),
        ("dob: 1990/01/02", "birth", "dob: 1990/01/02"),
        ("田中さんは", "name", "田中さん"),
        ("グエン・ヴァン・アンさん", "name", "グエン・ヴァン・アンさん"),
        ("Nguyen Thi Linhさん", "name", "Nguyen Thi Linhさん"),
        ("佐藤 花子様の声", "name", "佐藤 花子様"),
        ("山本氏の講演", "name", "山本氏"),
    ],
)
def test_what_looks_like_personal_data(text, kind, match):
    assert [(p.kind, p.match) for p in personal_data(text)] == [(kind, match)]


@pytest.mark.parametrize(
    "text",
    [
        "相談窓口は0120-123-456、0570-001-111です。",  # desks, not people
        "123456789012",  # no check digit of My Number
        "法人番号1180301018771、登録番号T1180301018771",
        "〒100-0001 東京都千代田区千代田1-1-1",
        "2026年4月1日から6か月、2026-11-24 10:43",
        "2026年4月1日生産開始",
        "ISO45001、ISO 26000、P1-01、AB12345678CDX",
        "昨年は7名が合格し、32社のうち24社、1,234,567円でした。",
        "皆さん、皆様、お客様、患者さん、実習生さん、各担当者様、スタッフさん",
        "機械の仕様、同様の多様な様子、様々な様式、氏名の欄",
        "",
    ],
)
def test_what_does_not(text):
    assert personal_data(text) == ()


def test_each_place_is_given_once_in_order_with_a_little_around_it():
    text = "あ" * 20 + "AB12345678CD" + "い" * 20 + "090-1234-5678"
    first, second = personal_data(text)
    assert (first.before, first.match, first.after) == (
        "…" + "あ" * 10,
        "AB12345678CD",
        "い" * 10 + "…",
    )
    assert (second.before, second.match, second.after) == (
        "…" + "い" * 10,
        "090-1234-5678",
        "",
    )


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text):
    for place in personal_data(text):
        assert place.match
