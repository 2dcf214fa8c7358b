"""The frozen form of answers and scores. Golden files: one employer, one NPO, one individual.

After a wanted change of the bank or the rules, write them anew and read the difference:
``JPMIRAI_REGEN=1 pytest tests/principles/test_snapshot.py``
"""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings

from jpmirai_compliance.principles import (
    Answer,
    BankError,
    EvidenceState,
    MemberKind,
    answers_as_dict,
    answers_from_dict,
    award_gates,
    badge_gates,
    load_edition,
    rescore,
    score,
    scores_as_dict,
    take_snapshot,
)
from tests.principles.cases import cases

EDITION = load_edition("2026.1")
GOLDEN = Path(__file__).parent / "golden"
REGEN = "JPMIRAI_REGEN" in os.environ
STATES = tuple(EvidenceState)
MEMBERS = {
    "employer": (MemberKind.EMPLOYER, False),
    "npo": (MemberKind.NPO, True),
    "individual": (MemberKind.INDIVIDUAL, False),
}


def answer_of_place(place):
    """A fixed mixture: every evidence state, gaps with and without a level, N/A, a blank."""
    if place % 17 == 11:
        return Answer(not_applicable=True, has_reason=True)
    if place % 23 == 19:
        return Answer(not_applicable=True, na_rejected=True, has_reason=True)
    if place == 8:
        return Answer()
    evidence = STATES[(place * 5 + place // 4) % 4]
    reviewer_level = place % 3 if evidence is EvidenceState.GAP and place % 2 else None
    return Answer((place * 3 + 2) % 5, evidence=evidence, reviewer_level=reviewer_level)


def golden_case(name):
    kind, core_only = MEMBERS[name]
    asked = EDITION.applicable(kind, core_only=core_only)
    answers = {indicator.id: answer_of_place(place) for place, indicator in enumerate(asked)}
    return kind, asked, answers


def as_text(data):
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_scores_as_in_its_golden_file(name):
    kind, asked, answers = golden_case(name)
    scores = score(EDITION, asked, answers, kind=kind)

    def gates(rules):
        found = rules(EDITION, asked, answers, scores)
        return [[gate.indicator_id, str(gate.rule), gate.passed] for gate in found]

    snapshot = take_snapshot(EDITION, asked, answers, kind=kind)
    text = as_text({**snapshot, "badge": gates(badge_gates), "award": gates(award_gates)})
    path = GOLDEN / f"{name}.json"
    if REGEN:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MEMBERS)
def test_an_old_file_is_scored_again_to_the_same_numbers(name):
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert scores_as_dict(rescore(golden)) == golden["scores"]


@given(cases())
@settings(max_examples=60)
def test_the_same_snapshot_always_gives_the_same_numbers(case):
    kind, asked, answers, _ = case
    snapshot = take_snapshot(EDITION, asked, answers, kind=kind)
    stored = json.loads(json.dumps(snapshot))
    assert stored == snapshot  # plain data only, nothing lost on the way
    assert answers_from_dict(stored["answers"]) == answers
    assert rescore(stored) == score(EDITION, asked, answers, kind=kind)


def test_blanks_are_written_out():
    asked = EDITION.applicable(MemberKind.NPO)
    snapshot = take_snapshot(EDITION, asked, {}, kind=MemberKind.NPO)
    assert snapshot["indicators"] == [indicator.id for indicator in asked]
    assert snapshot["answers"]["P1-01"] == {
        "level": None,
        "not_applicable": False,
        "na_rejected": False,
        "evidence": "none",
        "reviewer_level": None,
        "has_reason": False,
    }


def broken(**change):
    return {"P1-01": {**answers_as_dict({"P1-01": Answer(2)})["P1-01"], **change}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "answers: an object expected"),
        ({"P1-01": 4}, "P1-01: exactly "),
        ({"P1-01": {"level": 4}}, "P1-01: exactly "),
        (broken(more=1), "P1-01: exactly "),
        (broken(level="4"), "P1-01.level: a whole number or null expected"),
        (broken(level=True), "P1-01.level: a whole number or null expected"),
        (broken(level=1.0), "P1-01.level: a whole number or null expected"),
        (broken(level=5), "P1-01: level must be 0-4, got 5"),
        (broken(na_rejected=1), "P1-01.na_rejected: true or false expected"),
        (broken(evidence="good"), "P1-01.evidence: good is not one of none, attached, "),
        (broken(not_applicable=True), "P1-01: an answer is a level or not applicable"),
    ],
)
def test_answers_that_are_not_ours_are_refused(data, message):
    with pytest.raises(ValueError) as caught:
        answers_from_dict(data)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"edition": 2026}, "edition: text expected"),
        ({"kind": "club"}, "kind: club is not one of employer, "),
        ({"indicators": "P1-01"}, "indicators: a list expected"),
        ({"indicators": ["P9-99"]}, "indicators: not in edition 2026.1: P9-99"),
        ({"indicators": [["P1-01"]]}, "indicators: not in edition 2026.1: ['P1-01']"),
        ({"answers": None}, "answers: an object expected"),
    ],
)
def test_a_snapshot_that_is_not_ours_is_refused(change, message):
    asked = EDITION.applicable(MemberKind.NPO)
    snapshot = take_snapshot(EDITION, asked, {}, kind=MemberKind.NPO)
    with pytest.raises(ValueError) as caught:
        rescore({**snapshot, **change})
    assert str(caught.value).startswith(message)


def test_a_snapshot_of_an_unknown_edition_is_refused():
    with pytest.raises(BankError):
        rescore({"edition": "1999.1"})
