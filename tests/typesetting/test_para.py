import json
from pathlib import Path

import pytest

from jpmirai_compliance.typesetting.bidi import levels, visual_order
from jpmirai_compliance.typesetting.block import block, shortened
from jpmirai_compliance.typesetting.breaks import breaks
from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.languages import TAGS, language
from jpmirai_compliance.typesetting.para import Para, fit, para
from jpmirai_compliance.typesetting.ruby import Ruby, parse_ruby
from jpmirai_compliance.typesetting.shape import Run, width

TEXTS = json.loads((Path(__file__).parent / "texts.json").read_text(encoding="utf-8"))


def pieces(text, tag, **how):
    ends = breaks(text, language(tag), **how)
    return [text[a:b] for a, b in zip((0, *ends), ends, strict=False)]


def lines_of(text, tag, box, size=10, **how):
    made = Para(text, style(tag), **how)
    return [made.text[line.start : line.end] for line in made.lines(box, size)]


def test_thai_breaks_between_words():
    assert pieces("กฎหมายแรงงาน", "th") == ["กฎหมาย", "แรงงาน"]


def test_japanese_does_not_start_a_line_with_small_kana_or_long_mark():
    assert pieces("ウェブページ", "ja") == ["ウェ", "ブ", "ペー", "ジ"]


def test_large_japanese_breaks_between_phrases():
    assert pieces("安心して働ける職場", "ja", phrase=True) == ["安心して", "働ける", "職場"]


def test_large_japanese_with_spaces_breaks_at_them():
    assert pieces("いっしょに 働くとき", "ja-x-easy", phrase=True)[0] == "いっしょに "


def test_large_chinese_does_not_part_a_word():
    assert pieces("欢迎咨询", "zh-Hans", phrase=True) == ["欢迎", "咨询"]
    assert pieces("欢迎咨询", "zh-Hans") == ["欢", "迎", "咨", "询"]


def test_korean_breaks_at_spaces_only():
    assert pieces("우리는 지킵니다", "ko") == ["우리는 ", "지킵니다"]


def test_breaks_count_characters_behind_an_astral_one():
    assert pieces("𠮷𠮷 ab cd", "ja") == ["𠮷", "𠮷 ", "ab ", "cd"]
    assert breaks("😀 ab", language("en")) == (2, 4)


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("box", [90, 300])
def test_no_line_is_wider_than_its_box(tag, box):
    for text in TEXTS[tag]["principles"]:
        made = para(text, style(tag))
        lines = made.lines(box, 14)
        assert "".join(made.text[line.start : line.end] for line in lines) == made.text
        if made.fits(box, 14) and not made.has_ruby:
            drawn = [made.text[line.start : made.trim(*line)] for line in lines]
            widest = max(width(line, made.style) * 14 / 1000 for line in drawn)
            assert widest <= box + 0.5
        assert max(made.measure(*line) * 14 / 1000 for line in lines) <= box + 1e-3


def test_a_word_wider_than_the_box_is_cut_between_clusters():
    lines = lines_of("x" * 100, "en", 50)
    assert "".join(lines) == "x" * 100
    assert len(lines) == len(lines_of("x" * 100, "en", 50, phrase=True)) > 5
    assert not Para("x" * 100, style("en")).fits(50, 10)


def test_a_box_narrower_than_a_character_still_ends():
    assert lines_of("ကြွက်ကြွက်", "my", 1) == ["ကြွ", "က်", "ကြွ", "က်"]


def test_burmese_prefers_to_end_at_a_space():
    text = TEXTS["my"]["principles"][1]
    lines = lines_of(text, "my", 400, 14, phrase=True)
    assert [line[-1] for line in lines[:-1]] == [" "] * (len(lines) - 1)


def test_balanced_lines_leave_no_orphan():
    made = Para(TEXTS["ja"]["principles"][1], style("ja"), phrase=True)
    lines = made.lines(420, 14, balanced=True)
    widths = [made.measure(*line) for line in lines]
    assert len(lines) == len(made.lines(420, 14))
    assert min(widths) > 0.8 * max(widths)


def test_fit_gives_the_largest_size_and_none_if_there_is_none():
    made = Para("We obey labour law.", style("en"))
    size = fit(made, (200, 40), (6, 60))
    assert made.height(200, size) <= 40
    assert made.height(200, size * 1.01) > 40 or not made.fits(200, size * 1.01)
    assert fit(made, (10, 40), (6, 60)) is None


def test_size_does_not_change_the_lines_of_a_scaled_box():
    made = Para(TEXTS["vi"]["principles"][1], style("vi"))
    assert made.lines(200, 10) == made.lines(400, 20)


def test_ruby_markup_is_parsed_and_plain_braces_stay():
    assert parse_ruby("{職場|しょくば}で{a} b|c") == ("職場で{a} b|c", (Ruby(0, 2, "しょくば"),))
    assert para("{職場|しょくば}", style("ja")).text == "{職場|しょくば}"
    assert para("{職場|しょくば}", style("ja-x-easy")).text == "職場"


def test_ruby_group_is_never_parted():
    made = para("あ{外国人|がいこくじん}い", style("ja-x-easy"))
    for box in range(10, 80, 5):
        starts = {line.start for line in made.lines(box, 10)}
        assert starts.isdisjoint({2, 3})


def test_wide_reading_pads_its_base():
    bare = Para("志す", style("ja"))
    made = para("{志|こころざし}す", style("ja-x-easy"))
    assert made.width > bare.width


def test_right_to_left_line_is_put_in_visual_order():
    text = "ہم Act 24 ہیں"
    found = levels(text, 1)
    assert [found[text.index(part)] for part in ("ہ", "A", "2")] == [1, 2, 2]
    runs = [Run(0, 1, 1, "", None), Run(1, 2, 2, "", None), Run(2, 3, 1, "", None)]
    assert [run.start for run in visual_order(runs)] == [2, 1, 0]
    assert [run.start for run in visual_order([Run(0, 1, 0, "", None), *runs[1:2]])] == [0, 1]


def test_left_to_right_text_in_a_left_paragraph_has_level_zero():
    assert levels("abc 日本", 0) == [0] * 6


def test_shortened_cuts_with_an_ellipsis():
    made = shortened("あ" * 100, style("ja"), 50, 10, 1)
    assert made.para.text == "ああああ…"
    assert len(made.lines) == 1
    assert shortened("あい", style("ja"), 50, 10, 1).para.text == "あい"


def test_a_block_splits_into_parts_of_the_same_lines():
    whole = block(Para("ab cd ef", style("en")), 15, 10)
    first, rest = whole.split(2)
    assert [*first.lines, *rest.lines] == list(whole.lines)
    assert first.height + rest.height == pytest.approx(whole.height)


def test_leading_follows_the_tallest_script_in_the_text():
    assert Para("名前", style("ja")).leading == 1.5
    assert Para("名前 မြန်မာ", style("ja")).leading == 1.85
    assert Para("title", style("en"), tight=True).leading < Para("title", style("en")).leading
    assert Para("عنوان", style("ur"), tight=True).leading == 2.0
