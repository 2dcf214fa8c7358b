"""The closed table of languages: nothing outside it reaches a library."""

import pytest
from babel import Locale

from jpmirai_compliance.principles import (
    LANGUAGES,
    direction,
    endonym,
    preferred,
    reference_languages,
    reference_wording,
    ruby_parts,
    without_ruby,
)
from jpmirai_compliance.principles.languages import known
from jpmirai_compliance.typesetting.languages import TAGS


def test_posters_pages_and_wordings_know_the_same_languages():
    assert LANGUAGES == TAGS == reference_languages()
    assert len(set(LANGUAGES)) == 23


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["vi-VN", "en"], "vi"),
        (["my_MM"], "my"),
        (["zh-Hans-CN", "fr", "en-US"], "zh-Hans"),
        (["zh-HK"], "zh-Hant"),
        (["fr", "pt-PT"], "pt-BR"),
        (["es-AR"], "es-419"),
        (["xx-\x00", "*"], "ja"),
        ([], "ja"),
    ],
)
def test_the_telephone_s_first_language_that_we_have(wanted, found):
    assert preferred(wanted) == found


def test_what_is_not_offered_is_not_chosen():
    assert preferred(["vi", "en"], among=("ja", "en")) == "en"
    assert [known(tag) for tag in ("", "-", "klingon", "../en")] == [None] * 4


def test_languages_are_named_in_themselves():
    named = [endonym(tag) for tag in ("ja", "my", "ja-x-easy", "nonsense!")]
    assert named == ["日本語", "မြန်မာ", "やさしい日本語", "nonsense!"]
    for tag in set(LANGUAGES) - {"ja-x-easy", "zh-Hans", "zh-Hant", "uz-Latn", "id", "mn"}:
        name = Locale.parse(tag.split("-")[0]).get_language_name()
        assert endonym(tag).casefold() == name.casefold(), tag
    assert [tag for tag in LANGUAGES if direction(tag) == "rtl"] == ["ur"]


def test_only_easy_japanese_carries_readings_and_carries_them_everywhere():
    for tag in LANGUAGES:
        found = reference_wording(tag)
        texts = (*found.principles, *found.plain, found.title, found.about, found.help_lead)
        marked = ["{" in text for text in texts]
        assert any(marked) == (tag == "ja-x-easy"), tag
    easy = reference_wording("ja-x-easy")
    bare = "".join(base for text in easy.plain for base, reading in ruby_parts(text) if not reading)
    assert not any("\u4e00" <= c <= "\u9fff" for c in bare), "a character without its reading"


def test_readings_are_taken_apart_and_left_out():
    assert ruby_parts("この {職場|しょくば}の 約束{") == (
        ("この ", ""),
        ("職場", "しょくば"),
        ("の 約束{", ""),
    )
    assert without_ruby("{働|はたら}く {人|ひと}") == "働く 人"
    assert ruby_parts("") == ()
