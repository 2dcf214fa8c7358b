import pytest

from jpmirai_compliance.principles import Answer, EvidenceState, MemberKind, check, load_edition

EDITION = load_edition("2026.1")
ASKED = EDITION.applicable(MemberKind.EMPLOYER)
ACCEPTED, GAP = EvidenceState.ACCEPTED, EvidenceState.GAP
UNSUPPORTED = (
    "The reviewer found that the evidence does not support the answer: counts as level 1 at most."
)


def findings(**change):
    answers = {i.id: Answer(2, evidence=ACCEPTED) for i in ASKED}
    answers |= {name.replace("_", "-"): answer for name, answer in change.items()}
    return [(f.severity, f.indicator_id, str(f.text)) for f in check(EDITION, ASKED, answers)]


def test_answers_with_evidence_have_nothing_to_mend():
    assert findings() == []


def test_everything_blank_is_one_error_each_in_catalogue_order():
    found = check(EDITION, ASKED, {})
    assert [(f.severity, f.indicator_id) for f in found] == [("error", i.id) for i in ASKED]


@pytest.mark.parametrize(
    ("answer", "severity", "words"),
    [
        (Answer(), "error", "Answer this question, or say that it does not apply to you."),
        (Answer(not_applicable=True), "error", "Write why this does not apply to you."),
        (
            Answer(not_applicable=True, na_rejected=True, has_reason=True),
            "warning",
            "“Not applicable” was not accepted: counts as level 0.",
        ),
        (Answer(3), "warning", "No evidence attached: counts as level 1 at most."),
        (Answer(4), "warning", "No evidence attached: counts as level 1 at most."),
        (
            Answer(3, evidence=GAP),
            "warning",
            UNSUPPORTED,
        ),
        (
            Answer(2, evidence=GAP, reviewer_level=1),
            "warning",
            "The reviewer found that the evidence shows level 1: counts as that at most.",
        ),
    ],
)
def test_what_is_found_and_how_much_it_weighs(answer, severity, words):
    assert findings(P1_01=answer) == [(severity, "P1-01", words)]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(0),
        Answer(2),  # below the level from which evidence is asked for
        Answer(4, evidence=EvidenceState.ATTACHED),
        Answer(4, evidence=ACCEPTED),
        Answer(1, evidence=GAP, reviewer_level=1),
        Answer(not_applicable=True, has_reason=True),
    ],
)
def test_what_needs_no_word(answer):
    assert findings(P1_01=answer) == []


def test_a_badge_item_at_zero_is_pointed_out():
    words = "This counts as level 0. Below level 1 there is no badge, whatever the score."
    assert findings(P2_05=Answer(0)) == [("badge", "P2-05", words)]
    assert findings(P2_05=Answer(1)) == []
    assert findings(P2_03=Answer(0)) == []  # an award item does not cost the badge
    assert [f[0] for f in findings(P2_05=Answer())] == ["error"]
    lowered = Answer(3, evidence=GAP, reviewer_level=0)
    assert [f[0] for f in findings(P2_05=lowered)] == ["warning", "badge"]
