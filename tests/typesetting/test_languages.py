import pytest

from jpmirai_compliance.typesetting.languages import guess


@pytest.mark.parametrize(
    ("text", "default", "tag"),
    [
        ("年4回の面談を行います。", "ja", "ja"),
        ("年4回の面談を行います。", "en", "ja"),
        ("年4回のinterviewをします", "ja", "ja"),
        ("We talk to everybody.", "ja", "en"),
        ("We talk to 田中さん every day.", "ja", "en"),
        ("Phỏng vấn bằng tiếng mẹ đẻ", "ja", "vi"),
        ("မြန်မာဘာသာဖြင့် ရှင်းပြသည် OK", "ja", "my"),
        ("ภาษาไทย", "en", "th"),
        ("नेपाली भाषा", "en", "ne"),
        ("한국어로", "ja", "ko"),
        ("2026 / 4", "ja", "ja"),
        ("", "en", "en"),
    ],
)
def test_a_text_is_set_in_the_language_that_it_seems_to_be(text, default, tag):
    assert guess(text, default) == tag
