import pytest

from jpmirai_compliance.principles import Answer, EvidenceState, effective, load_edition

CAPS = load_edition("2026.1").caps
NONE, ATTACHED, ACCEPTED, GAP = EvidenceState
UNSUPPORTED = (
    "The reviewer found that the evidence does not support the answer: counts as level 1 at most."
)


@pytest.mark.parametrize(
    ("answer", "claimed", "level", "cap", "rule"),
    [
        (Answer(4), 4, 1, 1, "no_evidence"),
        (Answer(1), 1, 1, 1, "no_evidence"),
        (Answer(0), 0, 0, 1, "no_evidence"),
        (Answer(4, evidence=ATTACHED), 4, 3, 3, "not_reviewed"),
        (Answer(2, evidence=ATTACHED), 2, 2, 3, "not_reviewed"),
        (Answer(4, evidence=ACCEPTED), 4, 4, 4, "accepted"),
        (Answer(2, evidence=ACCEPTED), 2, 2, 4, "accepted"),
        (Answer(4, evidence=GAP), 4, 1, 1, "gap_unsupported"),
        (Answer(0, evidence=GAP), 0, 0, 1, "gap_unsupported"),
        (Answer(4, evidence=GAP, reviewer_level=3), 4, 3, 3, "gap_reviewer"),
        (Answer(4, evidence=GAP, reviewer_level=0), 4, 0, 0, "gap_reviewer"),
        (Answer(2, evidence=GAP, reviewer_level=3), 2, 2, 3, "gap_reviewer"),
        # a level named by the reviewer decides only where there is a gap
        (Answer(4, evidence=ACCEPTED, reviewer_level=2), 4, 4, 4, "accepted"),
        (Answer(), 0, 0, 0, "blank"),
        (Answer(evidence=ACCEPTED), 0, 0, 0, "blank"),
        (Answer(not_applicable=True), None, None, None, "not_applicable"),
        (Answer(not_applicable=True, evidence=ACCEPTED), None, None, None, "not_applicable"),
        (Answer(not_applicable=True, na_rejected=True), 0, 0, 0, "na_rejected"),
    ],
)
def test_the_level_that_counts(answer, claimed, level, cap, rule):
    found = effective(answer, CAPS)
    assert (found.claimed, found.level, found.cap, found.rule) == (claimed, level, cap, rule)
    assert found.lowered == (level is not None and level < claimed)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(4), "No evidence attached: counts as level 1 at most."),
        (
            Answer(4, evidence=ATTACHED),
            "Evidence attached, not yet reviewed: counts as level 3 at most.",
        ),
        (Answer(4, evidence=ACCEPTED), "Evidence accepted: counts up to level 4."),
        (
            Answer(4, evidence=GAP),
            UNSUPPORTED,
        ),
        (
            Answer(4, evidence=GAP, reviewer_level=2),
            "The reviewer found that the evidence shows level 2: counts as that at most.",
        ),
        (Answer(), "No answer yet: counts as level 0."),
        (Answer(not_applicable=True), "Not applicable: left out of the score."),
        (
            Answer(not_applicable=True, na_rejected=True),
            "“Not applicable” was not accepted: counts as level 0.",
        ),
    ],
)
def test_the_rule_is_said_in_words(answer, words):
    assert str(effective(answer, CAPS).text) == words


@pytest.mark.parametrize(
    "values",
    [
        {"level": 5},
        {"level": -1},
        {"level": 3, "reviewer_level": 5},
        {"level": 0, "not_applicable": True},
        {"level": 2, "na_rejected": True},
        {"na_rejected": True},
    ],
)
def test_answers_that_contradict_themselves_are_refused(values):
    with pytest.raises(ValueError):
        Answer(**values)
