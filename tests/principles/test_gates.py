import pytest

from jpmirai_compliance.principles import (
    Answer,
    EvidenceState,
    MemberKind,
    award_gates,
    badge_gates,
    load_edition,
    passed,
    score,
)

EDITION = load_edition("2026.1")
ACCEPTED = EvidenceState.ACCEPTED
NA = Answer(not_applicable=True, has_reason=True)
BADGE_OF_EMPLOYER = ["P1-02", "P1-04", "P2-04", "P2-05", "P2-10", "P5-01"]


def gates(rules, change=None, *, kind=MemberKind.EMPLOYER, level=3):
    asked = EDITION.applicable(kind)
    answers = {i.id: Answer(level, evidence=ACCEPTED) for i in asked} | (change or {})
    return rules(EDITION, asked, answers, score(EDITION, asked, answers, kind=kind))


def failed(results):
    return [result.indicator_id for result in results if not result.passed]


def words(results):
    return [str(result.rule) for result in results]


def test_a_badge_needs_a_band_and_no_badge_item_at_zero():
    results = gates(badge_gates)
    assert [result.indicator_id for result in results] == [None, *BADGE_OF_EMPLOYER]
    assert passed(results)


@pytest.mark.parametrize(
    ("answer", "withheld"),
    [
        (Answer(0, evidence=ACCEPTED), True),
        (Answer(), True),
        (Answer(4, evidence=EvidenceState.GAP, reviewer_level=0), True),
        (Answer(not_applicable=True, na_rejected=True), True),
        (Answer(1), False),
        (Answer(4), False),  # without evidence it still counts as 1
        (NA, False),
    ],
)
def test_one_badge_item_withholds_the_badge_whatever_the_score(answer, withheld):
    results = gates(badge_gates, {"P2-05": answer}, level=4)
    assert failed(results) == (["P2-05"] if withheld else [])
    assert passed(results) is not withheld


def test_an_item_without_a_gate_at_zero_withholds_nothing():
    assert passed(gates(badge_gates, {"P1-01": Answer(0), "P2-03": Answer(0)}))


def test_the_rules_are_said_with_level_and_need():
    results = gates(badge_gates, {"P2-05": Answer(0), "P5-01": NA})
    assert words(results)[0] == "There is an evidenced overall score, and so a band."
    assert words(results)[4] == (
        "P2-05 No retention of passports, cards or bank books: counts as level 1 or more (now 0)."
    )
    assert words(results)[6] == "P5-01 Public commitment to the code of conduct: not applicable."


def test_without_an_overall_score_there_is_no_badge():
    assert failed(gates(badge_gates, kind=MemberKind.INDIVIDUAL, level=4)) == [None]


def test_the_shortlist_asks_for_overall_principles_and_award_items():
    results = gates(award_gates)
    assert passed(results)
    assert words(results)[:2] == [
        "Evidenced overall score: 65 or more (now 75).",
        "Principle 1, evidenced score: 30 or more (now 75).",
    ]
    assert [result.indicator_id for result in results] == [
        *[None] * 6,
        *("P1-03", "P1-05", "P1-06", "P1-08", "P2-03", "P2-06", "P2-07", "P2-09", "P2-12"),
        *("P2-14", "P4-01", "P5-03", "P5-08"),
    ]


def only(number, level):
    return {i.id: Answer(level, evidence=ACCEPTED) for i in EDITION.of_principle(number)}


def test_the_overall_must_reach_its_minimum():
    # principle 5 at 25 and the rest at 75: (75 + 75 + 75 + 75 + 25) / 5 = 65
    results = gates(award_gates, only(5, 1))
    assert words(results)[0] == "Evidenced overall score: 65 or more (now 65)."
    assert results[0].passed
    # one item less, and the mean falls to 64
    results = gates(award_gates, only(5, 1) | {"P4-09": Answer(2, evidence=ACCEPTED)})
    assert words(results)[0] == "Evidenced overall score: 65 or more (now 64)."
    assert not results[0].passed


def test_each_scored_principle_must_reach_its_minimum():
    results = gates(award_gates, only(3, 1), level=4)
    assert [(r.passed, str(r.rule)) for r in results if not r.passed] == [
        (False, "Principle 3, evidenced score: 30 or more (now 25).")
    ]
    # 18 of 72 points, and 4 more: 22 of 72 is 30.6
    enough = only(5, 1) | {"P5-01": Answer(3, evidence=ACCEPTED)}
    fifth = gates(award_gates, enough, level=4)[5]
    assert str(fifth.rule) == "Principle 5, evidenced score: 30 or more (now 30)."
    assert fifth.passed
    left_out = gates(award_gates, dict.fromkeys(only(3, 1), NA), level=4)
    assert passed(left_out)  # a principle without a score has no minimum
    assert len(left_out) == len(results) - 1


@pytest.mark.parametrize(("level", "eligible"), [(0, False), (1, False), (2, True)])
def test_award_items_need_level_two(level, eligible):
    results = gates(award_gates, {"P2-03": Answer(level, evidence=ACCEPTED)}, level=4)
    assert failed(results) == ([] if eligible else ["P2-03"])


def test_no_overall_score_is_not_eligible():
    gone = dict.fromkeys([*only(1, 0), *only(3, 0)], NA)
    results = gates(award_gates, gone, level=4)
    assert not results[0].passed
    assert words(results)[0] == "Evidenced overall score: 65 or more (there is none)."


def test_an_individual_is_judged_by_items_alone():
    results = gates(award_gates, kind=MemberKind.INDIVIDUAL, level=2)
    assert [result.indicator_id for result in results] == ["P2-12", "P4-01", "P5-03"]
    assert passed(results)
    assert not passed(gates(award_gates, kind=MemberKind.INDIVIDUAL, level=1))
