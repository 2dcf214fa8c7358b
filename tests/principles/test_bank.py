"""The bank that ships: whole, in both languages, with the counts that were agreed."""

import re

import pytest

from jpmirai_compliance.principles import (
    Confidence,
    EvidenceState,
    Gate,
    MemberKind,
    editions,
    load_edition,
)

EDITION = load_edition("2026.1")
PER_PRINCIPLE = {1: 13, 2: 14, 3: 9, 4: 9, 5: 9}
# all, short form
PER_KIND = {
    "employer": (53, 32),
    "supervising_org": (47, 30),
    "support_org": (43, 29),
    "recruiter": (52, 32),
    "municipality": (35, 21),
    "npo": (32, 19),
    "industry_assoc": (29, 18),
    "individual": (18, 12),
}
BADGE = ["P1-02", "P1-04", "P1-10", "P2-04", "P2-05", "P2-10", "P5-01"]
AWARD = [
    *("P1-03", "P1-05", "P1-06", "P1-08", "P2-03", "P2-06", "P2-07", "P2-09", "P2-12", "P2-14"),
    *("P4-01", "P5-03", "P5-08"),
]
CHAIN = ["P1-13", "P2-03", "P2-04", "P2-09", "P2-11", "P2-14", "P3-09", "P4-09", "P5-08"]
JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


def ids(indicators):
    return [indicator.id for indicator in indicators]


def test_the_ids_are_exactly_the_agreed_ones_in_order():
    assert ids(EDITION.indicators) == [
        f"P{number}-{place:02}"
        for number, count in PER_PRINCIPLE.items()
        for place in range(1, count + 1)
    ]


@pytest.mark.parametrize("kind", MemberKind)
def test_each_kind_is_asked_the_agreed_number(kind):
    short = EDITION.applicable(kind, core_only=True)
    assert (len(EDITION.applicable(kind)), len(short)) == PER_KIND[kind]


def test_gates_and_supply_chain_sit_on_the_agreed_indicators():
    assert ids(i for i in EDITION.indicators if i.gate is Gate.BADGE) == BADGE
    assert ids(i for i in EDITION.indicators if i.gate is Gate.AWARD) == AWARD
    assert ids(i for i in EDITION.indicators if i.supply_chain) == CHAIN


def texts_of_the_bank():
    for indicator in EDITION.indicators:
        yield from (indicator.title, indicator.question, *indicator.levels, *indicator.evidence)
        yield from (text for text in (indicator.na_when, indicator.caution) if text)
    for reference in EDITION.references.values():
        yield from (reference.name, *(locator.label for locator in reference.locators))
        if reference.note:
            yield reference.note
    yield from EDITION.levels
    yield from EDITION.member_types.values()
    yield from (principle.title for principle in EDITION.principles)
    yield from (band.name for band in EDITION.bands)
    yield from (cap.name for cap in EDITION.caps.values())
    yield from (rule.rule for rule in EDITION.gates.values())
    yield from (
        EDITION.notes.core_set,
        EDITION.notes.supply_chain,
        EDITION.notes.not_applicable,
    )


def test_every_text_is_whole_in_japanese_and_in_english():
    found = list(texts_of_the_bank())
    assert len(found) > 54 * 8
    for text in found:
        assert set(text.texts) == {"ja", "en"}
        assert not JAPANESE.search(text.texts["en"]), text.texts["en"]
    # names such as ILO Conventions may be Latin, sentences may not
    for indicator in EDITION.indicators:
        for text in (indicator.title, indicator.question, *indicator.levels):
            assert JAPANESE.search(text.texts["ja"]), indicator.id


def test_levels_of_an_indicator_differ_from_each_other():
    for indicator in EDITION.indicators:
        for language in ("ja", "en"):
            assert len({level.texts[language] for level in indicator.levels}) == 5, indicator.id


def test_one_indicator_word_for_word():
    found = EDITION.indicator("P2-08")
    assert found.title.texts == {"ja": "安全で尊厳のある住まい", "en": "Safe and dignified housing"}
    assert (found.weight, found.gate, found.core, found.supply_chain) == (2, "none", False, False)
    assert found.na_when.pick("en") == "You neither provide nor arrange housing"
    assert found.applies_to == ("employer", "supervising_org", "support_org", "recruiter")
    assert found.levels[4].pick("ja") == "基準を上回る個室化などを進め、本人の満足度で確かめている"
    assert [text.pick("en") for text in found.evidence] == [
        "Floor plan with area",
        "Checklist and photos",
        "Rent basis",
        "Fire-safety record",
    ]
    assert [citation.label for citation in found.citations] == [
        *("JPM CoC2", "LSA 94-96-3", "HOUSING all", "MHLW276 4-2", "MHLW276 4-5", "ESDR 67"),
        *("FSA 8", "ILO11 conditions", "DP 8", "RBA B7"),
    ]


def test_an_unseen_locator_is_never_more_sure_than_b():
    sure = {c.label: c.confidence for c in EDITION.indicator("P2-08").citations}
    assert sure["MHLW276 4-5"] is Confidence.A  # seen
    assert sure["MHLW276 4-2"] is Confidence.B  # same reference, not seen
    assert sure["LSA 94-96-3"] is Confidence.B
    assert sure["RBA B7"] is Confidence.C


def test_bands_caps_and_thresholds():
    assert [(band.id, band.minimum, band.name.pick("ja")) for band in EDITION.bands] == [
        ("preparing", 0, "準備"),
        ("starting", 25, "着手"),
        ("implementing", 45, "実施"),
        ("established", 65, "定着"),
        ("leading", 85, "先導"),
    ]
    assert {state: cap.max_level for state, cap in EDITION.caps.items()} == {
        EvidenceState.NONE: 1,
        EvidenceState.ATTACHED: 3,
        EvidenceState.ACCEPTED: 4,
        EvidenceState.GAP: 1,
    }
    limits = EDITION.thresholds
    assert (limits.min_items, limits.max_na_percent, limits.min_scored_principles) == (3, 50, 4)
    assert (limits.award_min_overall, limits.award_min_principle) == (65, 30)


@pytest.mark.parametrize(
    ("percent", "band"),
    [
        *[(0, "preparing"), (24, "preparing"), (25, "starting"), (44, "starting")],
        *[(45, "implementing"), (64, "implementing"), (65, "established"), (84, "established")],
        *[(85, "leading"), (100, "leading")],
    ],
)
def test_a_band_holds_from_its_minimum_to_the_next(percent, band):
    assert EDITION.band(percent).id == band


def test_looking_up():
    assert editions() == ("2026.1",)
    assert EDITION.principle(2).title.pick("en").startswith("Respecting rights")
    assert ids(EDITION.of_principle(4)) == [f"P4-{place:02}" for place in range(1, 10)]
    with pytest.raises(KeyError):
        EDITION.indicator("P6-01")
    with pytest.raises(KeyError):
        EDITION.principle(6)
    with pytest.raises(KeyError):
        EDITION.references["LSA"].locator("999")
