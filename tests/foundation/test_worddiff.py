"""A diff in words: nothing is lost, and what changed is the word, not its letters."""

from hypothesis import given
from hypothesis import strategies as st

from jpmirai_compliance.foundation.worddiff import MOST_WORDS, Change, Piece, word_diff

KEPT, REMOVED, ADDED = Change


def test_a_number_in_a_japanese_sentence():
    assert word_diff("年1回、点検していますか。", "年2回、点検していますか。") == (
        Piece(KEPT, "年"),
        Piece(REMOVED, "1"),
        Piece(ADDED, "2"),
        Piece(KEPT, "回、点検していますか。"),
    )


def test_whole_words_are_replaced():
    assert word_diff("the owner checks", "the other checks") == (
        Piece(KEPT, "the "),
        Piece(REMOVED, "owner"),
        Piece(ADDED, "other"),
        Piece(KEPT, " checks"),
    )


def test_nothing_to_compare():
    assert word_diff("", "") == ()
    assert word_diff("", "新しい") == (Piece(ADDED, "新しい"),)
    assert word_diff("同じ", "同じ") == (Piece(KEPT, "同じ"),)


def test_what_is_too_long_is_replaced_whole():
    long = "a " * MOST_WORDS
    assert word_diff(long, "a") == (Piece(REMOVED, long), Piece(ADDED, "a"))


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_texts_can_be_read_off(old, new):
    pieces = word_diff(old, new)
    assert "".join(p.text for p in pieces if p.change is not ADDED) == old
    assert "".join(p.text for p in pieces if p.change is not REMOVED) == new
