import pytest

from jpmirai_compliance.typesetting import faces
from jpmirai_compliance.typesetting.faces import (
    Face,
    FontsNotBuilt,
    missing_characters,
    preload,
    style,
)
from jpmirai_compliance.typesetting.languages import TAGS, UnknownLanguage, language
from jpmirai_compliance.typesetting.shape import shaped_line


def fonts_of(text, tag):
    return [(text[s.run.start : s.run.end], s.run.face.stem) for s in shaped_line(text, style(tag))]


def test_preload_opens_both_weights_of_every_family():
    assert preload() == 2 * len(faces.STEMS) == 30


def test_missing_characters_are_named_once_in_order():
    assert missing_characters("株式会社𠮷野家 Nguyễn 髙﨑 မြန်မာ العربية ٹ ไทย") == ""
    assert missing_characters("😀 ኢትዮጵያ 😀") == "😀ኢትዮጵያ"
    assert missing_characters("が é") == ""  # decomposed, as some systems send it
    assert missing_characters("葛\U000e0100飾 \u200d\n") == ""


def test_missing_font_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(faces, "FOLDER", tmp_path)
    with pytest.raises(FontsNotBuilt, match=r"NotoSans-Bold.ttf is missing in .*'make assets'"):
        Face("NotoSans", "Bold").unicodes


def test_a_word_is_set_in_one_font():
    assert fonts_of("社長 Nguyễn Anh", "ja") == [
        ("社長 ", "BIZUDPGothic"),
        ("Nguyễn ", "NotoSans"),
        ("Anh", "BIZUDPGothic"),
    ]


def test_a_rare_kanji_falls_back_alone():
    assert fonts_of("𠮷野家", "ja") == [("𠮷", "NotoSansJP"), ("野家", "BIZUDPGothic")]


def test_chinese_keeps_chinese_forms():
    assert fonts_of("直接", "zh-Hans") == [("直接", "NotoSansSC")]
    assert fonts_of("直接", "zh-Hant") == [("直接", "NotoSansTC")]
    assert fonts_of("直接", "my") == [("直接", "BIZUDPGothic")]


def test_latin_in_nastaliq_is_not_its_serif():
    found = dict(fonts_of("Act قوانین", "ur"))
    assert (found["Act"], found["قوانین"]) == ("NotoSans", "NotoNastaliqUrdu")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("ja", "ja"),
        ("tl", "fil"),
        ("zh_Hant_TW", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("pt", "pt-BR"),
        ("es-MX", "es-419"),
        ("en-GB", "en"),
        ("uz", "uz-Latn"),
        ("ja-easy", "ja-x-easy"),
    ],
)
def test_language_finds_aliases_and_regions(asked, found):
    assert language(asked).tag == found


def test_unknown_language_is_refused():
    with pytest.raises(UnknownLanguage, match="no such language: 'xx'"):
        language("xx")


def test_tags_are_the_poster_languages():
    assert len(TAGS) == len(set(TAGS)) == 23
    assert [tag for tag in TAGS if language(tag).direction == "rtl"] == ["ur"]
