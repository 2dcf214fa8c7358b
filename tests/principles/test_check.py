import datetime as dt

import pytest

from jpmirai_compliance.principles import (
    Answer,
    Days,
    EvidenceState,
    MemberKind,
    Piece,
    Written,
    check,
    load_edition,
)

EDITION = load_edition("2026.1")
ASKED = EDITION.applicable(MemberKind.EMPLOYER)
ACCEPTED, ATTACHED, GAP = EvidenceState.ACCEPTED, EvidenceState.ATTACHED, EvidenceState.GAP
DAYS = Days(dt.date(2026, 11, 24), dt.date(2026, 12, 15))
LONG = "2019年4月から、対象者全員に、年4回の面談を行い、結果を記録しています。"
UNSUPPORTED = (
    "The reviewer found that the evidence does not support the answer: counts as level 1 at most."
)


def found(written=None, **change):
    answers = {i.id: Answer(2, evidence=ACCEPTED) for i in ASKED}
    answers |= {name.replace("_", "-"): answer for name, answer in change.items()}
    beside = {i.id: Written(LONG) for i in ASKED} | ({"P1-01": written} if written else {})
    return check(EDITION, ASKED, answers, beside, DAYS)


def findings(written=None, **change):
    return [
        (f.severity, f.code, f.indicator_id, f.anchor, str(f.text))
        for f in found(written, **change)
    ]


def test_answers_with_evidence_have_nothing_to_mend():
    assert findings() == []


def test_everything_blank_is_one_error_each_in_catalogue_order():
    seen = check(EDITION, ASKED, {})
    assert [(f.severity, f.code, f.indicator_id) for f in seen] == [
        ("error", "blank", i.id) for i in ASKED
    ]


@pytest.mark.parametrize(
    ("answer", "severity", "code", "anchor", "words"),
    [
        (
            Answer(),
            "error",
            "blank",
            "level",
            "Answer this question, or say that it does not apply to you.",
        ),
        (
            Answer(not_applicable=True),
            "error",
            "na_reason",
            "na_reason",
            "Write why this does not apply to you.",
        ),
        (
            Answer(not_applicable=True, na_rejected=True, has_reason=True),
            "warning",
            "na_rejected",
            "level",
            "“Not applicable” was not accepted: counts as level 0.",
        ),
        (
            Answer(3),
            "warning",
            "no_evidence",
            "evidence",
            "No evidence attached: counts as level 1 at most.",
        ),
        (
            Answer(4),
            "warning",
            "no_evidence",
            "evidence",
            "No evidence attached: counts as level 1 at most.",
        ),
        (Answer(3, evidence=GAP), "warning", "evidence_gap", "evidence", UNSUPPORTED),
        (
            Answer(2, evidence=GAP, reviewer_level=1),
            "warning",
            "evidence_gap",
            "evidence",
            "The reviewer found that the evidence shows level 1: counts as that at most.",
        ),
    ],
)
def test_what_is_found_and_how_much_it_weighs(answer, severity, code, anchor, words):
    assert findings(P1_01=answer) == [(severity, code, "P1-01", anchor, words)]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(0),
        Answer(2),  # below the level from which evidence is asked for
        Answer(4, evidence=ATTACHED),
        Answer(4, evidence=ACCEPTED),
        Answer(1, evidence=GAP, reviewer_level=1),
        Answer(not_applicable=True, has_reason=True),
    ],
)
def test_what_needs_no_word(answer):
    assert findings(P1_01=answer) == []


def test_a_badge_item_at_zero_is_pointed_out():
    words = "This counts as level 0. Below level 1 there is no badge, whatever the score."
    assert findings(P2_05=Answer(0)) == [("warning", "badge", "P2-05", "level", words)]
    assert findings(P2_05=Answer(1)) == []
    assert findings(P2_03=Answer(0)) == []  # an award item does not cost the badge
    assert [f[1] for f in findings(P2_05=Answer())] == ["blank"]
    lowered = Answer(3, evidence=GAP, reviewer_level=0)
    assert [f[1] for f in findings(P2_05=lowered)] == ["evidence_gap", "badge"]


def codes(written, level=2, state=ACCEPTED):
    answer = Answer(level, evidence=state)
    return [(f.severity, f.code, f.anchor) for f in found(written, P1_01=answer)]


def test_last_years_answer_that_nobody_confirmed_stops_whatever_else_it_is():
    written = Written("", prefilled=True, before="", evidence=(Piece("規程", dt.date(2020, 1, 1)),))
    assert codes(written, 4, EvidenceState.NONE) == [("error", "prefilled", "level")]


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (dt.date(2026, 11, 23), "expired"),
        (dt.date(2026, 11, 24), "expiring"),  # its last day is today
        (dt.date(2026, 12, 14), "expiring"),
        (dt.date(2026, 12, 15), None),
        (None, None),
    ],
)
def test_evidence_that_is_over_or_will_be_before_the_review(until, code):
    written = Written(LONG, evidence=(Piece("許可証", until), Piece("規程")))
    assert codes(written) == ([("warning", code, "evidence")] if code else [])


def test_evidence_that_does_not_count_anyway_needs_no_date():
    inner = Piece("社内資料", dt.date(2020, 1, 1), internal=True)
    assert codes(Written(LONG, evidence=(inner, Piece("規程")))) == []


def test_evidence_that_nobody_outside_sees_is_pointed_out_from_the_first_level_it_costs():
    only = Written(LONG, evidence=(Piece("社内資料", internal=True),))
    assert codes(only, 2, EvidenceState.NONE) == [("warning", "only_internal", "evidence")]
    assert codes(only, 1, EvidenceState.NONE) == []
    both = Written(LONG, evidence=(Piece("社内資料", internal=True), Piece("規程")))
    assert codes(both, 2, ATTACHED) == []


def test_a_file_that_the_scanner_blocked_is_named_whatever_else_is_there():
    bad = Piece("方針", dt.date(2020, 1, 1), blocked=True)
    assert codes(Written(LONG, evidence=(bad, Piece("規程")))) == [
        ("warning", "blocked", "evidence")
    ]
    assert codes(Written(LONG, evidence=(bad,)), 3, EvidenceState.NONE) == [
        ("warning", "no_evidence", "evidence"),
        ("warning", "blocked", "evidence"),
    ]


@pytest.mark.parametrize(
    ("text", "before", "same"),
    [
        (LONG, LONG, True),
        (LONG, f" {LONG}\n", True),
        ("年２回の面談、全員", "年2回の面談、全員", True),  # full and half width
        (LONG, f"{LONG}今年は対象を広げました。", False),
        ("", "", False),
    ],
)
def test_a_text_that_nobody_touched_since_last_year(text, before, same):
    hint = [("hint", "same_text", "text")] if same else []
    assert codes(Written(text, before=before)) == hint


@pytest.mark.parametrize(
    ("text", "level", "short"),
    [
        ("", 3, True),
        ("あ" * 19, 3, True),
        ("あ" * 20, 3, False),
        ("a" * 39, 4, True),
        ("a" * 40, 4, False),
        ("", 2, False),
    ],
)
def test_few_words_beside_a_high_level(text, level, short):
    hint = [("hint", "short_text", "text")] if short else []
    assert codes(Written(text), level) == hint


def test_personal_data_is_a_warning_and_a_name_a_hint_each_at_its_field():
    written = Written(f"{LONG}田中さんの電話は090-1234-5678です。")
    [data, name] = found(written)
    assert (data.severity, data.code, data.anchor) == ("warning", "personal", "text")
    assert [(p.before[-4:], p.match, p.after) for p in data.places] == [
        ("の電話は", "090-1234-5678", "です。")
    ]
    assert (name.severity, name.code, [p.match for p in name.places]) == (
        "hint",
        "name",
        ["田中さん"],
    )


def test_personal_data_in_titles_counts_only_where_the_evidence_is_public():
    title = "在留カード AB12345678CD"
    assert codes(Written(LONG, evidence=(Piece(title),))) == []
    public = Written(LONG, evidence=(Piece(title, public=True),))
    assert codes(public) == [("warning", "personal", "evidence")]


def test_what_was_found_never_gets_into_a_log():
    [finding] = found(Written(f"{LONG}090-1234-5678"))
    assert "090-1234-5678" not in f"{finding!r} {finding.text} {finding.places}"
