import pytest

from jpmirai_compliance.principles import (
    Answer,
    EvidenceState,
    MemberKind,
    Remedy,
    costliest,
    headline,
    load_edition,
    score,
)

EDITION = load_edition("2026.1")
ASKED = EDITION.applicable(MemberKind.EMPLOYER)
ACCEPTED, NONE, GAP = EvidenceState.ACCEPTED, EvidenceState.NONE, EvidenceState.GAP
WEIGHTS = {i.id: i.weight for i in ASKED}


def scores(level=4, kind=MemberKind.EMPLOYER, **change):
    answers = {i.id: Answer(level, evidence=ACCEPTED) for i in EDITION.applicable(kind)}
    answers |= {name.replace("_", "-"): answer for name, answer in change.items()}
    return score(EDITION, EDITION.applicable(kind), answers, kind=kind)


def first(weight):
    return next(id_ for id_, w in WEIGHTS.items() if w == weight)


def test_nothing_is_lost_at_level_4():
    assert costliest(scores()) == ()


def test_what_costs_most_comes_first_weight_times_missing_levels():
    light, heavy = first(1), first(3)
    found = costliest(
        scores(
            **{
                light: Answer(0, evidence=ACCEPTED),  # 1 x 4
                heavy: Answer(2, evidence=ACCEPTED),  # 3 x 2
            }
        )
    )
    assert [(s.indicator_id, s.lost) for s in found] == [(heavy, 6), (light, 4)]


def test_of_equal_ones_the_heavier_then_the_earlier_comes_first_and_three_are_shown():
    twos = [id_ for id_, weight in WEIGHTS.items() if weight == 2]
    one = first(1)
    change = {
        one: Answer(2, evidence=ACCEPTED),  # 1 x 2
        twos[1]: Answer(3, evidence=ACCEPTED),  # 2 x 1
        twos[0]: Answer(3, evidence=ACCEPTED),
        twos[2]: Answer(3, evidence=ACCEPTED),
    }
    found = costliest(scores(**change))
    assert [s.indicator_id for s in found] == twos[:3]
    assert [s.indicator_id for s in costliest(scores(**change), count=9)] == [*twos[:3], one]


@pytest.mark.parametrize(
    ("answer", "remedy", "level", "target"),
    [
        (Answer(3), Remedy.EVIDENCE, 1, 3),
        (Answer(4, evidence=EvidenceState.ATTACHED), Remedy.EVIDENCE, 3, 4),
        (Answer(3, evidence=GAP, reviewer_level=2), Remedy.EVIDENCE, 2, 3),
        (Answer(2, evidence=ACCEPTED), Remedy.NEXT_LEVEL, 2, 3),
        (Answer(1), Remedy.NEXT_LEVEL, 1, 2),
        (Answer(), Remedy.NEXT_LEVEL, 0, 1),
        (Answer(not_applicable=True, na_rejected=True), Remedy.NEXT_LEVEL, 0, 1),
    ],
)
def test_what_would_close_it_and_how_much_that_adds(answer, remedy, level, target):
    whole = scores(P1_01=answer)
    [found] = costliest(whole)
    assert (found.remedy, found.level, found.target) == (remedy, level, target)
    part = whole.principles[0]
    weight = WEIGHTS["P1-01"]
    assert found.gain == weight * (target - level) * 100 // part.possible
    closed = scores(P1_01=Answer(target, evidence=ACCEPTED)).principles[0]
    assert closed.points - part.points == weight * (target - level)


def test_what_does_not_apply_costs_nothing_and_individuals_get_no_list():
    assert costliest(scores(P1_01=Answer(not_applicable=True))) == ()
    assert costliest(scores(0, MemberKind.INDIVIDUAL)) == ()


@pytest.mark.parametrize(
    ("level", "state", "before", "said"),
    [
        (2, ACCEPTED, None, ["The evidence supports all of the 50 of 100 that you claim."]),
        (2, NONE, None, ["You claim 50 of 100; the evidence supports 25."]),
        (
            2,
            NONE,
            20,
            [
                "You claim 50 of 100; the evidence supports 25.",
                "The evidenced score rose from 20 to 25.",
            ],
        ),
        (
            2,
            NONE,
            30,
            [
                "You claim 50 of 100; the evidence supports 25.",
                "The evidenced score fell from 30 to 25.",
            ],
        ),
        (
            2,
            NONE,
            25,
            [
                "You claim 50 of 100; the evidence supports 25.",
                "The evidenced score is 25, as before.",
            ],
        ),
    ],
)
def test_the_result_in_a_sentence(level, state, before, said):
    whole = score(
        EDITION,
        ASKED,
        {i.id: Answer(level, evidence=state) for i in ASKED},
        kind=MemberKind.EMPLOYER,
    )
    assert [str(text) for text in headline(EDITION, whole, before)] == said


def test_the_highest_and_the_lowest_principle_are_named_if_they_differ():
    fourth = {
        i.id.replace("-", "_"): Answer(0, evidence=ACCEPTED) for i in ASKED if i.principle == 4
    }
    assert str(headline(EDITION, scores(**fourth))[-1]) == (
        "Highest is principle 1 (100), most room is in principle 4 (0)."
    )


def test_without_an_overall_score_the_sentence_says_why_and_individuals_get_no_number():
    third = {i.id: Answer(not_applicable=True) for i in ASKED if i.principle in {3, 4}}
    [text] = headline(EDITION, scores(**third))
    assert str(text) == "No overall score: 4 principles need a score, 3 have one."
    [text] = headline(EDITION, scores(3, MemberKind.INDIVIDUAL))
    assert str(text) == "What the secretariat found, in words"
