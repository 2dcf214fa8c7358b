"""Three-way merging without a history: what the token says was seen, mine, what is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpmirai_compliance.assessments.rules import (
    FIELDS,
    Content,
    Reach,
    acknowledge,
    content_of,
    merge,
    seen_of,
)

CHOICES = (
    {"level": None},
    {"level": 0},
    {"level": 4},
    {"not_applicable": True},
    {"not_applicable": True, "na_reason": "受け入れていません"},
)
contents = st.builds(
    lambda choice, text, note, reach: Content(**choice, text=text, note=note, reach=reach),
    st.sampled_from(CHOICES),
    st.sampled_from(["", "甲", "乙"]) | st.text(max_size=5),
    st.sampled_from(["", "甲", "乙"]),
    st.sampled_from(list(Reach)),
)


def part(content, name):
    return tuple(getattr(content, attribute) for attribute in FIELDS[name])


@given(contents, contents, contents)
def test_av_2_merging_loses_no_change_that_only_one_side_made(base, mine, stored):
    found = merge(seen_of(base), mine, stored)
    for name in FIELDS:
        was, ours, theirs = part(base, name), part(mine, name), part(stored, name)
        if ours == theirs:
            expected = ours
        elif ours == was:
            expected = theirs
        else:
            expected = ours  # mine alone, or in dispute: then nothing is stored at all
        assert part(found.content, name) == expected


@given(contents, contents, contents)
def test_av_2_a_conflict_is_what_both_changed_to_something_else(base, mine, stored):
    disputed = {
        name
        for name in FIELDS
        if part(mine, name) != part(base, name)
        and part(stored, name) != part(base, name)
        and part(mine, name) != part(stored, name)
    }
    assert set(merge(seen_of(base), mine, stored).conflicts) == disputed


@given(contents, contents, contents)
def test_merging_is_the_same_from_both_sides(base, mine, stored):
    one, other = merge(seen_of(base), mine, stored), merge(seen_of(base), stored, mine)
    assert one.conflicts == other.conflicts
    if not one.conflicts:
        assert one.content == other.content


@given(contents, contents)
def test_who_changed_nothing_takes_what_is_stored_and_who_is_alone_keeps_theirs(base, other):
    changed = tuple(name for name in FIELDS if part(base, name) != part(other, name))
    behind = merge(seen_of(base), base, other)
    assert (behind.content, behind.conflicts, behind.taken) == (other, (), changed)
    alone = merge(seen_of(base), other, base)
    assert (alone.content, alone.conflicts, alone.taken) == (other, (), ())


@given(contents, contents, st.sampled_from(["", "x", "1.2.3", "....", "a.b.c.d.e"]))
def test_av_2_a_token_that_tells_nothing_makes_every_difference_a_conflict(mine, stored, token):
    differing = tuple(name for name in FIELDS if part(mine, name) != part(stored, name))
    assert merge(token, mine, stored).conflicts == differing


@given(contents, contents, contents, st.frozensets(st.sampled_from(list(FIELDS))))
def test_giving_way_takes_the_other_side_whatever_it_is_by_then(base, mine, stored, yielding):
    found = merge(seen_of(base), mine, stored, yielding=yielding)
    for name in yielding:
        assert part(found.content, name) == part(stored, name)
    assert not yielding & set(found.conflicts)


@given(contents, contents, contents, contents, st.frozensets(st.sampled_from(list(FIELDS))))
def test_av_2_a_field_that_was_looked_at_goes_through_unless_a_third_person_changed_it(
    base, mine, shown, third, looked_at
):
    token = acknowledge(seen_of(base), seen_of(shown), looked_at)
    assert not looked_at & set(merge(token, mine, shown).conflicts)
    for name in looked_at & set(merge(token, mine, third).conflicts):
        assert part(third, name) not in {part(shown, name), part(mine, name)}
    assert merge(token, mine, third).conflicts == tuple(
        name
        for name in FIELDS
        if name in merge(seen_of(shown if name in looked_at else base), mine, third).conflicts
    )


def test_a_level_and_the_reason_for_not_applicable_are_one_field():
    base, mine = Content(level=2), Content(not_applicable=True, na_reason="理由")
    found = merge(seen_of(base), mine, Content(level=3))
    assert (found.conflicts, found.content) == (("choice",), mine)


def test_the_token_is_short_and_tells_nothing_of_a_blank_answer():
    assert seen_of(None) == seen_of(Content())
    assert content_of(None) == Content()
    token = seen_of(Content(text="あ" * 4_000, note="長い" * 2_000))
    assert (len(token), token.count(".")) == (43, 3)
    assert token != seen_of(Content(text="あ" * 4_000, note="長い" * 1_999 + "長"))


@pytest.mark.parametrize("name", ["text", "note"])
def test_equal_words_in_different_fields_are_told_apart_by_their_place(name):
    base = Content()
    mine, stored = Content(**{name: "同じ"}), Content(text="別", note="別")
    assert merge(seen_of(base), mine, stored).conflicts == (name,)
