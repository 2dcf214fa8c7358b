import datetime as dt
import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.rules import Card, Contender, Need, Settings, Weighted
from jpmirai_compliance.principles import (
    Answer,
    EvidenceState,
    MemberKind,
    load_edition,
    take_snapshot,
)

RUBRIC = tuple(Weighted(c.code, c.weight) for c in rules.defaults().criteria)
CODES = [c.code for c in RUBRIC]
RULES = Settings(quota=2, reserve=1, reviews_needed=2, discuss_spread=Fraction(3, 2))
JUDGES = ("a", "b", "c")


def card(judge, *values):
    return Card(judge, dict(zip(CODES, values, strict=True)))


def entry(name, *cards):
    return Contender(name, "0" * 64, cards)


values = st.one_of(st.none(), st.integers(1, 5))
full = st.integers(1, 5)


def cards(value=values):
    return st.lists(st.sampled_from(JUDGES), min_size=2, max_size=3, unique=True).flatmap(
        lambda who: st.tuples(
            *(st.tuples(*[value] * 5).map(lambda v, j=j: card(j, *v)) for j in who)
        )
    )


fields = st.lists(cards(), min_size=1, max_size=5).map(
    lambda found: [entry(f"e{n}", *c) for n, c in enumerate(found)]
)


def basis_of(contenders, conflicts=()):
    return rules.basis(
        year=2026,
        category="a2",
        settings=RULES,
        criteria=RUBRIC,
        contenders=contenders,
        conflicts=conflicts,
    )


def test_default_rubric_is_the_one_proposed():
    assert [(c.code, c.weight) for c in rules.defaults().criteria] == [
        ("benefit", 3),
        ("reproducibility", 2),
        ("continuity", 2),
        ("reach", 2),
        ("originality", 1),
    ]
    assert all(len(c.anchors) == 5 for c in rules.defaults().criteria)
    assert all(set(a.texts) == {"ja", "en"} for c in rules.defaults().criteria for a in c.anchors)


def test_defaults_cover_every_kind_of_member_and_every_principle():
    given_ = rules.defaults()
    assert {k for g in given_.groups.values() for k in g.kinds} == set(MemberKind)
    assert sorted(i.principle for i in given_.initiatives.values()) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("given_", "mean"),
    [
        ((5, 5, 5, 5, 5), Fraction(5)),
        ((5, 1, 1, 1, 1), Fraction(3 * 5 + 7, 10)),
        ((4, None, None, None, None), Fraction(4)),  # N/A leaves the weight too
        ((5, 3, 3, None, 1), Fraction(15 + 6 + 6 + 1, 8)),
        ((None,) * 5, None),
    ],
)
def test_card_mean(given_, mean):
    assert rules.card_mean(RUBRIC, card("a", *given_)) == mean


def test_equal_totals_go_by_the_criteria_in_order_then_median_then_share_the_place():
    low = (3, 3, 3, 3, 3)
    by_criterion = entry("x", card("a", 4, 3, 3, 2, 2), card("b", *low))  # 30 points as well
    plain = entry("y", card("a", *low), card("b", *low))
    twin = entry("z", card("a", *low), card("b", *low))
    found = {s.id: s for s in rules.standings(RUBRIC, [twin, plain, by_criterion], RULES)}
    assert {s.total for s in found.values()} == {Fraction(3)}
    assert [(found[i].rank, found[i].settled_by) for i in "xyz"] == [
        (1, "benefit"),
        (2, "joint"),
        (2, "joint"),
    ]


def test_median_settles_what_the_criteria_leave_equal():
    even = entry("m", *(card(j, 3, 3, 3, 3, 3) for j in JUDGES))
    skewed = entry(
        "n", card("a", 2, 2, 2, 2, 2), card("b", 2, 2, 2, 2, 2), card("c", 5, 5, 5, 5, 5)
    )
    found = rules.standings(RUBRIC, [skewed, even], RULES)
    assert [(s.id, s.rank, s.settled_by, s.median) for s in found] == [
        ("m", 1, "median", 3),
        ("n", 2, "median", 2),
    ]


def test_a_joint_place_at_the_line_brings_everybody_who_shares_it():
    same = [entry(n, card("a", 3, 3, 3, 3, 3), card("b", 3, 3, 3, 3, 3)) for n in "bcd"]
    best = entry("a", card("a", 5, 5, 5, 5, 5), card("b", 5, 5, 5, 5, 5))
    last = entry("e", card("a", 1, 1, 1, 1, 1), card("b", 1, 1, 1, 1, 1))
    few = entry("f", card("a", 5, 5, 5, 5, 5))
    found = rules.shortlist(rules.standings(RUBRIC, [*same, best, last, few], RULES), RULES)
    assert found == rules.Shortlist(("a", "b", "c", "d"), ("e",), ("f",))


def test_reviewers_who_differ_widely_are_marked():
    wide = entry("w", card("a", 4, 4, 4, 4, 4), card("b", 2, 2, 2, 2, 3))
    near = entry("n", card("a", 4, 4, 4, 4, 4), card("b", 3, 3, 3, 3, 3))
    found = {s.id: s for s in rules.standings(RUBRIC, [wide, near], RULES)}
    assert (found["w"].spread, found["w"].discuss) == (Fraction(19, 10), True)
    assert (found["n"].spread, found["n"].discuss) == (Fraction(1), False)


@given(fields, st.randoms())
def test_law_order_of_entries_and_judges_does_not_matter(contenders, random):
    shuffled = [
        Contender(c.id, c.snapshot_sha256, tuple(random.sample(c.cards, len(c.cards))))
        for c in random.sample(contenders, len(contenders))
    ]
    assert rules.canonical(basis_of(contenders)) == rules.canonical(basis_of(shuffled))
    assert rules.standings(RUBRIC, contenders, RULES) == rules.standings(RUBRIC, shuffled, RULES)


@given(st.lists(cards(full), min_size=2, max_size=5), st.data())
def test_law_a_higher_score_never_lowers_the_rank(found, data):
    contenders = [entry(f"e{n}", *c) for n, c in enumerate(found)]
    which = data.draw(st.integers(0, len(contenders) - 1))
    who = data.draw(st.integers(0, len(contenders[which].cards) - 1))
    code = data.draw(st.sampled_from(CODES))
    before = {s.id: s for s in rules.standings(RUBRIC, contenders, RULES)}
    raised = list(contenders[which].cards)
    old = raised[who].scores[code]
    raised[who] = Card(raised[who].judge, {**raised[who].scores, code: min(5, old + 1)})
    changed = [*contenders]
    changed[which] = Contender(contenders[which].id, "0" * 64, tuple(raised))
    after = {s.id: s for s in rules.standings(RUBRIC, changed, RULES)}
    assert after[f"e{which}"].rank <= before[f"e{which}"].rank


@given(st.tuples(*[full] * 5), st.sampled_from(range(5)))
def test_law_na_is_worth_the_mean_of_the_rest(given_, left_out):
    without = [None if n == left_out else v for n, v in enumerate(given_)]
    rest = rules.card_mean(RUBRIC, card("a", *without))
    whole = rules.card_mean(RUBRIC, card("a", *given_))
    assert (rest > whole) == (given_[left_out] < rest)
    assert (rest < whole) == (given_[left_out] > rest)


@given(fields)
def test_law_the_same_basis_gives_the_same_result_through_json(contenders):
    basis = basis_of(contenders, [("e0", "c", "declared")])
    text = rules.canonical(basis)
    assert rules.recompute(json.loads(text)) == rules.recompute(basis)
    assert rules.canonical(json.loads(text)) == text


@given(fields)
def test_law_every_entry_is_listed_once_and_ranks_begin_at_one(contenders):
    found = rules.standings(RUBRIC, contenders, RULES)
    assert sorted(s.id for s in found) == sorted(c.id for c in contenders)
    ranks = [s.rank for s in found if s.rank is not None]
    assert ranks == sorted(ranks)
    assert ranks[:1] in ([], [1])


def test_a_basis_of_another_schema_is_refused():
    with pytest.raises(ValueError, match="schema 9"):
        rules.recompute({"schema": 9})


needs = st.lists(
    st.tuples(st.integers(0, 2), st.frozensets(st.sampled_from("jklm"))), min_size=1, max_size=6
).map(lambda rows: [Need(f"e{n}", lacking, shut) for n, (lacking, shut) in enumerate(rows)])


@settings(max_examples=150)
@given(needs, st.lists(st.sampled_from("jklm"), unique=True), st.randoms())
def test_law_a_plan_is_conflict_free_complete_and_independent_of_order(found, reviewers, random):
    plan = rules.plan(found, reviewers, {})
    by_entry = {n.entry: n for n in found}
    assert len(set(plan.pairs)) == len(plan.pairs)
    assert all(r in reviewers and r not in by_entry[e].excluded for e, r in plan.pairs)
    for need in found:
        able = set(reviewers) - need.excluded
        got = sum(e == need.entry for e, _ in plan.pairs)
        assert got == min(
            need.lacking, len(able)
        )  # without a cap nothing else can stand in the way
        assert plan.short.get(need.entry, 0) == need.lacking - got
    shuffled = random.sample(found, len(found))
    assert rules.plan(shuffled, random.sample(reviewers, len(reviewers)), {}) == plan


def test_loads_are_as_even_as_conflicts_allow_counting_what_people_have():
    free = [Need(f"e{n}", 2, frozenset()) for n in range(6)]
    plan = rules.plan(free, "jklm", {})
    assert sorted(sum(r == j for _, r in plan.pairs) for j in "jklm") == [3, 3, 3, 3]
    again = rules.plan([Need("x", 1, frozenset())], "jk", {"j": 5, "k": 1})
    assert again.pairs == (("x", "k"),)
    pushed = rules.plan(
        [Need("e1", 1, frozenset("k")), Need("e2", 1, frozenset("k")), Need("e3", 1, frozenset())],
        "jk",
        {},
    )
    assert pushed.pairs == (("e1", "j"), ("e2", "j"), ("e3", "k"))


def frozen(level, kind=MemberKind.EMPLOYER, weak=()):
    edition = load_edition("2026.1")
    asked = edition.applicable(kind)
    answers = {
        i.id: Answer(level=0 if i.id in weak else level, evidence=EvidenceState.ACCEPTED)
        for i in asked
    }
    return take_snapshot(edition, asked, answers, kind=kind)


SMALL = rules.CategoryRule(("employer",), ("1-29", "30-299"), 1, supply_chain=False)


@pytest.mark.parametrize(
    ("candidate", "failed"),
    [
        (
            rules.Candidate(
                "employer", "1-29", rules.gates(frozen(3)), published=True, consented=True
            ),
            [],
        ),
        (
            rules.Candidate("npo", "1-29", rules.gates(frozen(3)), published=True, consented=True),
            ["kind"],
        ),
        (
            rules.Candidate(
                "employer", "1000-", rules.gates(frozen(3)), published=True, consented=True
            ),
            ["size"],
        ),
        (
            rules.Candidate("employer", "", rules.gates(frozen(3)), published=True, consented=True),
            ["size"],
        ),
        (rules.Candidate("employer", "1-29", None, published=True, consented=True), ["accepted"]),
        (
            rules.Candidate(
                "employer", "1-29", rules.gates(frozen(3)), published=False, consented=True
            ),
            ["published"],
        ),
        (
            rules.Candidate(
                "employer", "1-29", rules.gates(frozen(3)), published=True, consented=False
            ),
            ["consent"],
        ),
    ],
)
def test_eligibility_names_the_rule_that_is_not_met(candidate, failed):
    findings = rules.eligibility(SMALL, candidate)
    assert [f.code for f in findings if not f.passed] == failed
    assert rules.eligible(findings) == (not failed)
    assert rules.eligible(findings, before_consent=True) == (failed in ([], ["consent"]))


def test_a_weak_award_indicator_is_named():
    gate = next(i.id for i in load_edition("2026.1").indicators if i.gate == "award")
    found = rules.eligibility(
        SMALL,
        rules.Candidate(
            "employer", "1-29", rules.gates(frozen(4, weak=[gate])), published=True, consented=True
        ),
    )
    assert [f.code for f in found if not f.passed] == [gate]


def member(name, level, before=None):
    return rules.Member(name, frozen(level), frozen(before) if before is not None else None)


def test_suggestions_take_the_best_and_the_one_that_gained_most():
    found = rules.suggestions(
        SMALL,
        [member("a", 3), member("b", 4), member("c", 2, before=1), member("d", 2, before=2)],
        most=2,
        gain_from=10,
    )
    assert [(s.id, s.code, s.score) for s in found] == [
        ("b", "evidenced", 100),
        ("a", "evidenced", 75),
        ("c", "gain", 50),
    ]
    assert str(found[0].text) == "Place 1 by evidenced score of principle 1: 100%."
    assert str(found[2].text) == "Largest gain since last year, principle 1: 25 points."


def test_an_individual_has_no_number_and_is_not_suggested():
    alone = rules.CategoryRule(("individual",), (), 1, supply_chain=False)
    narrative = rules.Member("i", frozen(4, MemberKind.INDIVIDUAL), None)
    assert rules.suggestions(alone, [narrative], most=3, gain_from=10) == ()


NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
STEP = dt.timedelta(milliseconds=1)


def test_az_11_intervals_are_half_open():
    days = [NOW + dt.timedelta(days=n) for n in (0, 10, 20, 30)]
    found = rules.Calendar(*days)
    assert [found.takes_entries(m) for m in (days[0] - STEP, days[0], days[1] - STEP, days[1])] == [
        False,
        True,
        True,
        False,
    ]
    assert [found.takes_scores(m) for m in (days[2] - STEP, days[2], days[3] - STEP, days[3])] == [
        False,
        True,
        True,
        False,
    ]
    assert [found.phase(m).value for m in (days[0] - STEP, *days)] == [
        "before",
        "entries",
        "between",
        "judging",
        "closed",
    ]
    assert found.in_order
    assert not rules.Calendar(days[1], days[0], days[2], days[3]).in_order
    assert not rules.Calendar(days[0], days[3], days[1], days[2]).in_order
