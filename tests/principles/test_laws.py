"""Laws of the score that hold for any answers."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from jpmirai_compliance.principles import Answer, EvidenceState, PrincipleScore, score
from tests.principles.cases import EDITION, LEVELS, cases, levelled

EVIDENCE_UPWARDS = (EvidenceState.NONE, EvidenceState.ATTACHED, EvidenceState.ACCEPTED)


def numbers(found):
    """Every percentage of the scores, claimed and evidenced, None where there is none."""
    parts = (*found.principles, found.supply_chain, found.overall)
    return [number for part in parts for number in (part.claimed, part.evidenced)]


def never_lower(before, after):
    pairs = list(zip(numbers(before), numbers(after), strict=True))
    assert all((low is None) == (high is None) for low, high in pairs)
    assert all(low <= high for low, high in pairs if low is not None)


def scores(case, answer=None):
    kind, asked, answers, one = case
    changed = answers if answer is None else {**answers, one.id: answer}
    return score(EDITION, asked, changed, kind=kind)


@given(cases(), levelled, LEVELS)
@settings(max_examples=60)
def test_a_higher_answer_never_lowers_a_score(case, answer, other):
    low, high = sorted((answer.level or 0, other))
    before = scores(case, replace(answer, level=low))
    never_lower(before, scores(case, replace(answer, level=high)))


@given(cases(), LEVELS, st.sampled_from([(0, 1), (0, 2), (1, 2)]))
@settings(max_examples=60)
def test_better_evidence_never_lowers_a_score(case, level, step):
    worse, better = (EVIDENCE_UPWARDS[place] for place in step)
    before = scores(case, Answer(level, evidence=worse))
    never_lower(before, scores(case, Answer(level, evidence=better)))


@given(cases(), LEVELS, st.none() | LEVELS)
@settings(max_examples=60)
def test_a_gap_never_counts_more_than_accepted_evidence(case, level, reviewer_level):
    gap = Answer(level, evidence=EvidenceState.GAP, reviewer_level=reviewer_level)
    never_lower(scores(case, gap), scores(case, Answer(level, evidence=EvidenceState.ACCEPTED)))


@given(cases())
@settings(max_examples=60)
def test_not_applicable_leaves_both_sides(case):
    kind, asked, answers, one = case
    with_it = scores(case, Answer(not_applicable=True))
    without = score(EDITION, [i for i in asked if i.id != one.id], answers, kind=kind)

    def sums(part: PrincipleScore):
        return part.claimed_points, part.points, part.possible

    for a, b in zip(
        (*with_it.principles, with_it.supply_chain),
        (*without.principles, without.supply_chain),
        strict=True,
    ):
        assert sums(a) == sums(b)
        if a.evidenced is not None and b.evidenced is not None:
            assert (a.claimed, a.evidenced) == (b.claimed, b.evidenced)


@given(cases(), st.sampled_from(EvidenceState), st.none() | LEVELS)
@settings(max_examples=60)
def test_a_blank_never_beats_a_zero(case, evidence, reviewer_level):
    blank = Answer(evidence=evidence, reviewer_level=reviewer_level)
    never_lower(scores(case, blank), scores(case, replace(blank, level=0)))


@given(cases())
@settings(max_examples=60)
def test_a_rejected_not_applicable_counts_as_a_zero(case):
    rejected = scores(case, Answer(not_applicable=True, na_rejected=True))
    assert numbers(rejected) == numbers(scores(case, Answer(0)))


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_answers_does_not_matter(case, shuffle: random.Random):
    kind, asked, answers, _ = case
    mixed = list(answers.items())
    shuffle.shuffle(mixed)
    assert score(EDITION, asked, dict(mixed), kind=kind) == scores(case)


@given(cases())
@settings(max_examples=60)
def test_the_order_of_questions_does_not_change_a_number(case):
    kind, asked, answers, _ = case
    assert numbers(score(EDITION, asked[::-1], answers, kind=kind)) == numbers(scores(case))


@given(cases())
@settings(max_examples=60)
def test_evidence_never_shows_more_than_was_claimed(case):
    found = numbers(scores(case))
    for claimed, evidenced in zip(found[::2], found[1::2], strict=True):
        assert claimed is None or 0 <= evidenced <= claimed <= 100
