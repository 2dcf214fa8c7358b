import pytest

from jpmirai_compliance.principles import (
    Answer,
    EvidenceState,
    MemberKind,
    formula,
    load_edition,
    overall_formula,
    score,
    state_text,
    trace,
)

EDITION = load_edition("2026.1")
ACCEPTED = EvidenceState.ACCEPTED
NA = Answer(not_applicable=True, has_reason=True)
EMPLOYER = MemberKind.EMPLOYER
NUMBERED = [kind for kind in MemberKind if kind is not MemberKind.INDIVIDUAL]


def uniform(indicators, level, evidence=ACCEPTED):
    return {indicator.id: Answer(level, evidence=evidence) for indicator in indicators}


def scores_of(kind, change=None, *, level=2, evidence=ACCEPTED, core_only=False):
    asked = EDITION.applicable(kind, core_only=core_only)
    return score(EDITION, asked, {**uniform(asked, level, evidence), **(change or {})}, kind=kind)


@pytest.mark.parametrize("kind", NUMBERED)
@pytest.mark.parametrize("core_only", [False, True])
@pytest.mark.parametrize("level", range(5))
def test_a_uniform_accepted_level_gives_25_times_the_level(kind, core_only, level):
    found = scores_of(kind, level=level, core_only=core_only)
    assert [(p.claimed, p.evidenced) for p in found.principles] == [(25 * level, 25 * level)] * 5
    assert (found.overall.claimed, found.overall.evidenced) == (25 * level, 25 * level)
    assert (
        found.band.id == ("preparing", "starting", "implementing", "established", "leading")[level]
    )


@pytest.mark.parametrize(
    ("evidence", "evidenced"),
    [
        (EvidenceState.NONE, 25),
        (EvidenceState.ATTACHED, 75),
        (EvidenceState.ACCEPTED, 100),
        (EvidenceState.GAP, 25),
    ],
)
def test_claimed_and_evidenced_are_two_numbers(evidence, evidenced):
    found = scores_of(EMPLOYER, level=4, evidence=evidence)
    assert (found.overall.claimed, found.overall.evidenced) == (100, evidenced)
    assert found.band is EDITION.band(evidenced)


def test_a_principle_is_weighted_and_rounded_down():
    # principle 5 of an NPO: weights 2 2 3 2 2 2 1 3 1 = 18; one weight-1 item at 3 instead of 4
    found = scores_of(MemberKind.NPO, {"P5-09": Answer(3, evidence=ACCEPTED)}, level=4)
    part = found.principles[4]
    assert (part.points, part.possible) == (71, 72)
    assert part.evidenced == 98  # 98.6


def test_the_overall_is_the_mean_of_the_numbers_shown_rounded_down():
    found = scores_of(MemberKind.NPO, {"P5-09": Answer(3, evidence=ACCEPTED)}, level=4)
    shown = [part.evidenced for part in found.principles]
    assert shown == [100, 100, 100, 100, 98]
    assert found.overall.evidenced == 99  # 99.6


def test_one_item_at_zero_barely_moves_the_number():
    found = scores_of(EMPLOYER, {"P2-05": Answer(0, evidence=ACCEPTED)})
    assert [part.evidenced for part in found.principles] == [50, 46, 50, 50, 50]
    assert found.overall.evidenced == 49


def test_a_blank_counts_as_zero_and_a_missing_answer_is_blank():
    asked = EDITION.applicable(EMPLOYER)
    answers = uniform(asked, 2)
    zero = score(EDITION, asked, {**answers, "P4-01": Answer(0)}, kind=EMPLOYER)
    blank = score(EDITION, asked, {**answers, "P4-01": Answer()}, kind=EMPLOYER)
    del answers["P4-01"]
    missing = score(EDITION, asked, answers, kind=EMPLOYER)
    assert blank == missing
    assert blank.principles[3].evidenced == zero.principles[3].evidenced == 40
    assert (blank.coverage.answered, zero.coverage.answered) == (52, 53)


def test_not_applicable_leaves_both_sides():
    found = scores_of(EMPLOYER, {"P4-01": NA}).principles[3]
    # weights 3 2 2 2 2 2 1 1 1 = 16, without the 3: 13
    assert (found.claimed, found.evidenced) == (50, 50)
    assert (found.points, found.possible) == (26, 52)
    assert (found.weight, found.weight_not_applicable, found.not_applicable) == (16, 3, 1)


def test_a_rejected_not_applicable_is_a_zero_that_counts():
    rejected = Answer(not_applicable=True, na_rejected=True, has_reason=True)
    found = scores_of(EMPLOYER, {"P4-01": rejected}).principles[3]
    assert (found.claimed, found.evidenced) == (40, 40)
    assert (found.points, found.possible, found.not_applicable) == (26, 64, 0)


@pytest.mark.parametrize(
    ("left_out", "state"),
    [
        ((), "scored"),
        (("P3-01", "P3-02", "P3-03", "P3-05"), "scored"),  # weight 8 of 16: exactly half
        (("P3-01", "P3-02", "P3-03", "P3-05", "P3-04"), "too_few"),  # 9 of 16
    ],
)
def test_no_score_when_over_half_the_weight_is_left_out(left_out, state):
    found = scores_of(EMPLOYER, dict.fromkeys(left_out, NA)).principles[2]
    assert found.weight == 16
    assert found.state == state
    assert (found.claimed, found.evidenced) == ((50, 50) if state == "scored" else (None, None))


def test_no_score_when_fewer_than_three_items_count():
    # the short form asks an NPO three items of principle 1, of weights 2, 1 and 2
    found = scores_of(MemberKind.NPO, {"P1-11": NA}, core_only=True).principles[0]
    assert (found.applicable, found.not_applicable, found.state) == (3, 1, "too_few")


def test_the_overall_needs_four_scored_principles():
    gone = {
        number: dict.fromkeys([i.id for i in EDITION.of_principle(number)], NA) for number in (1, 3)
    }
    four = scores_of(EMPLOYER, gone[1]).overall
    assert (four.state, four.evidenced, four.scored) == ("scored", 50, 4)
    three = scores_of(EMPLOYER, gone[1] | gone[3])
    assert (three.overall.state, three.overall.claimed, three.overall.evidenced) == (
        "too_few",
        None,
        None,
    )
    assert (three.overall.scored, three.band) == (3, None)


def test_an_individual_gets_no_number_but_rows_and_coverage():
    found = scores_of(MemberKind.INDIVIDUAL, level=4)
    for part in (*found.principles, found.supply_chain):
        assert (part.state, part.claimed, part.evidenced) == ("narrative", None, None)
    assert (found.overall.state, found.overall.evidenced, found.band) == ("narrative", None, None)
    assert (found.coverage.applicable, found.coverage.answered_percent) == (18, 100)
    assert len(trace(found.principles[2])) == 5


def test_supply_chain_has_its_own_score_over_the_flagged_items():
    flagged = [i.id for i in EDITION.indicators if i.supply_chain]
    change = dict.fromkeys(flagged, Answer(4, evidence=EvidenceState.ATTACHED))
    found = scores_of(EMPLOYER, change)
    assert [row.indicator_id for row in found.supply_chain.rows] == flagged
    assert (found.supply_chain.claimed, found.supply_chain.evidenced) == (100, 75)
    # two items in the short form of an NPO are too few
    assert scores_of(MemberKind.NPO, core_only=True).supply_chain.state == "too_few"


def test_coverage_counts_answers_left_outs_and_accepted_evidence():
    asked = EDITION.applicable(MemberKind.INDUSTRY_ASSOC)
    answers = uniform(asked[:10], 2) | uniform(asked[10:20], 2, EvidenceState.ATTACHED)
    answers |= {asked[20].id: NA}
    found = score(EDITION, asked, answers, kind=MemberKind.INDUSTRY_ASSOC).coverage
    assert (found.applicable, found.answered, found.not_applicable, found.accepted) == (
        29,
        21,
        1,
        10,
    )
    assert (found.answered_percent, found.na_percent, found.accepted_percent) == (72, 3, 35)


def test_answers_to_what_is_not_asked_change_nothing():
    clean = scores_of(MemberKind.NPO)
    assert scores_of(MemberKind.NPO, {"P1-04": Answer(0), "P9-99": Answer(0)}) == clean


def test_the_rows_add_up_to_the_score():
    change = {"P1-01": Answer(4), "P1-02": NA, "P1-03": Answer(3, evidence=EvidenceState.ATTACHED)}
    part = scores_of(EMPLOYER, change).principles[0]
    rows = trace(part)
    assert [(r.indicator_id, r.weight, r.claimed, r.level, r.cap, r.points) for r in rows[:3]] == [
        ("P1-01", 2, 4, 1, 1, 2),
        ("P1-02", 2, None, None, None, 0),
        ("P1-03", 3, 3, 3, 3, 9),
    ]
    assert part.points == sum(row.points for row in rows)
    assert part.claimed_points == sum(row.claimed_points for row in rows)
    assert part.possible == sum(row.possible for row in rows)
    assert part.evidenced == 100 * part.points // part.possible


def test_the_formula_is_said_with_its_numbers():
    found = scores_of(EMPLOYER, {"P4-01": NA, "P4-02": Answer(4)})
    assert len(formula(EDITION, found.principles[0])) == 2  # nothing left out, nothing said of it
    assert [str(line) for line in formula(EDITION, found.principles[3])] == [
        "Claimed: 30 points (weight times level) of 52 (weight times 4) = 57 of 100, rounded down.",
        (
            "Evidenced: 24 points (weight times the level that counts) of 52 "
            "= 46 of 100, rounded down."
        ),
        "Left out as “not applicable”: 1 of 9 items, weight 3 of 16.",
    ]
    assert [str(line) for line in overall_formula(EDITION, found)] == [
        "Claimed: (50 + 50 + 50 + 57 + 50) ÷ 5 = 51, rounded down.",
        "Evidenced: (50 + 50 + 50 + 46 + 50) ÷ 5 = 49, rounded down.",
    ]


def test_a_missing_number_is_explained():
    gone = {i.id: NA for number in (1, 3) for i in EDITION.of_principle(number)}
    found = scores_of(EMPLOYER, gone)
    too_few = (
        "No score: at least 3 items must count, and at most 50 percent of the weight "
        "may be “not applicable”."
    )
    assert [str(t) for t in formula(EDITION, found.principles[0])] == [too_few]
    assert [str(t) for t in overall_formula(EDITION, found)] == [
        "No overall score: 4 principles need a score, 3 have one."
    ]
    person = scores_of(MemberKind.INDIVIDUAL)
    words = "No score: this kind of member gets a report in words."
    assert [str(t) for t in overall_formula(EDITION, person)] == [words]
    assert str(state_text(EDITION, person.principles[0].state)) == words
