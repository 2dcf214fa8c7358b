from dataclasses import replace

import pytest

from jpmirai_compliance.principles import (
    KEYS,
    ON_POSTERS,
    ON_WORKER_PAGES,
    SURVEY,
    BankError,
    Sentence,
    WordingStatus,
    checked,
    dump_wordings,
    fingerprint,
    parse_wordings,
    reference_wording,
    rewritten,
    sentence_mark,
)

MY = reference_wording("my")
OFFICIAL, APPROVED, REFERENCE = WordingStatus


def given(wording, status, *keys):
    return rewritten(wording, {key: Sentence(wording.text(key), status) for key in keys})


def test_every_text_of_the_code_is_a_sentence_with_a_status():
    assert list(MY.sentences) == list(KEYS)
    assert len(KEYS) == 16
    assert MY.text("plain.5") == MY.plain[4]
    assert {found.status for found in MY.sentences.values()} == {REFERENCE}
    with pytest.raises(KeyError):
        MY.text("language")


def test_the_least_approved_sentence_counts_where_it_is_shown():
    found = given(MY, APPROVED, *ON_POSTERS)
    assert (found.status, found.least(ON_POSTERS)) == (REFERENCE, APPROVED)
    assert found.least(ON_WORKER_PAGES) is REFERENCE  # «about» is still ours
    found = given(found, OFFICIAL, "about", "preamble", "survey")
    assert (found.status, found.least(ON_WORKER_PAGES)) == (APPROVED, APPROVED)
    assert given(found, REFERENCE, "plain.3").least(ON_POSTERS) is REFERENCE


def test_equal_statuses_are_equal_values_and_survive_a_file():
    found = given(MY, OFFICIAL, *KEYS)
    assert found == replace(MY, status=OFFICIAL)
    mixed = given(MY, APPROVED, "title", "plain.1")
    assert mixed.statuses == {"title": APPROVED, "plain.1": APPROVED}
    assert parse_wordings(dump_wordings([mixed]), "own.yaml") == (mixed,)
    text = dump_wordings([MY]).replace("status: reference", "status: official")
    whole = text + "    statuses:\n" + "".join(f"      {key}: reference\n" for key in KEYS)
    assert parse_wordings(whole, "own.yaml") == (MY,)


@pytest.mark.parametrize("line", ["plain.6: official", "source: official", "title: mine"])
def test_a_file_with_an_unknown_sentence_or_status_is_refused(line):
    text = dump_wordings([MY]) + f"    statuses:\n      {line}\n"
    with pytest.raises(BankError, match=r"my\.statuses"):
        parse_wordings(text, "own.yaml")


def test_a_poster_is_out_of_date_when_what_it_prints_changed():
    assert fingerprint(given(MY, APPROVED, "title")) == fingerprint(MY)
    assert fingerprint(given(MY, APPROVED, *ON_POSTERS)) != fingerprint(MY)
    longer = MY.text("plain.1") + MY.text("plain.2")
    other = rewritten(MY, {"plain.1": Sentence(longer, REFERENCE)})
    assert fingerprint(other) != fingerprint(MY)
    assert (other.plain[0], other.plain[1:]) == (longer, MY.plain[1:])
    assert fingerprint(rewritten(MY, {}, source="Letter")) == fingerprint(MY)


@pytest.mark.parametrize(
    ("language", "key", "text", "reason"),
    [
        ("my", "plain.1", "", "empty"),
        ("my", "plain.1", "Hello", "not written in the language"),
        ("my", "plain.1", "\u1005\u1000\u102c\u1038 \u1031\u1005", "Zawgyi"),
        ("ur", "about", "ا" * 801, "at most 800"),
        ("ur", "plain.1", "ا" * 201, "at most 200"),
        ("ja", "plain.1", "あ\u202eい", "U\\+202E"),
    ],
)
def test_a_sentence_that_cannot_be_is_refused_with_its_key(language, key, text, reason):
    with pytest.raises(BankError, match=reason) as error:
        checked(language, key, text)
    assert error.value.key == key


def test_only_the_line_about_the_survey_may_be_empty():
    assert checked("my", SURVEY, " ") == ""
    assert SURVEY not in rewritten(MY, {SURVEY: Sentence("", REFERENCE)}).sentences


def test_the_mark_of_a_sentence_changes_with_its_text_and_its_status_only():
    other = given(MY, APPROVED, "title")
    assert sentence_mark(other, "title") != sentence_mark(MY, "title")
    assert sentence_mark(other, "plain.1") == sentence_mark(MY, "plain.1")
    assert sentence_mark(rewritten(MY, {}, source="X"), "source") != sentence_mark(MY, "source")
