import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpmirai_compliance.foundation.differences import Kind, Stretch, tokens, word_diff

SAME, GONE, NEW = Kind.SAME, Kind.REMOVED, Kind.ADDED


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("同じ文です。", "同じ文です。", [(SAME, "同じ文です。")]),
        ("", "新しい", [(NEW, "新しい")]),
        ("古い", "", [(GONE, "古い")]),
        (
            "掲示は日本語で行います。",
            "掲示は英語で行います。",
            [(SAME, "掲示は"), (GONE, "日本語で"), (NEW, "英語で"), (SAME, "行います。")],
        ),
        (
            "Posters in two languages.",
            "Posters in nine languages.",
            [(SAME, "Posters in "), (GONE, "two"), (NEW, "nine"), (SAME, " languages.")],
        ),
        ("研修を3回", "研修を12回", [(SAME, "研修を"), (GONE, "3回"), (NEW, "12回")]),
    ],
)
def test_words_that_went_and_came(before, after, expected):
    assert word_diff(before, after) == tuple(Stretch(k, t) for k, t in expected)


texts = st.text(alphabet="あ漢カ字、。 \nabC12é👍", max_size=60)


@given(texts, texts)
@settings(max_examples=200, deadline=None)
def test_the_stretches_make_up_both_texts(before, after):
    found = word_diff(before, after)
    assert "".join(s.text for s in found if s.kind is not NEW) == before
    assert "".join(s.text for s in found if s.kind is not GONE) == after
    assert all(s.text for s in found)
    assert [a.kind for a, b in itertools.pairwise(found) if a.kind is b.kind] == []


@given(texts)
def test_tokens_lose_nothing(text):
    assert "".join(tokens(text)) == text
