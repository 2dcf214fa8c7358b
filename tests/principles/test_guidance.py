"""What stands beside the questions: whole for every question, and every fault named."""

import re

import pytest

from jpmirai_compliance.principles import BankError, load_edition, parse_edition
from tests.principles.bank import bank_files

EDITION = load_edition("2026.1")
JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
FIRST_TERMS = "    terms: [corrective-action, evidence]\n"
BIAS = re.compile(r"認証|準拠|違反ゼロ|certified|compliant", re.IGNORECASE)


def texts():
    for guide in EDITION.guides.values():
        yield from (guide.example, guide.why)
    for term in EDITION.terms.values():
        yield from (term.name, term.meaning)


def test_every_question_has_its_own_guidance():
    assert list(EDITION.guides) == [indicator.id for indicator in EDITION.indicators]
    examples = {guide.example.pick("ja") for guide in EDITION.guides.values()}
    reasons = {guide.why.pick("ja") for guide in EDITION.guides.values()}
    assert (len(examples), len(reasons)) == (54, 54)


def test_guidance_is_in_both_languages_and_promises_no_certificate():
    for text in texts():
        assert set(text.texts) == {"ja", "en"}
        assert not JAPANESE.search(text.texts["en"]), text.texts["en"]
        for words in text.texts.values():
            assert not BIAS.search(words), words


def test_no_term_of_the_glossary_is_unused():
    used = {term.id for guide in EDITION.guides.values() for term in guide.terms}
    assert used == set(EDITION.terms)


def test_terms_keep_the_order_of_the_question():
    assert [term.id for term in EDITION.guides["P1-02"].terms] == [
        "residence-status",
        "residence-card",
    ]


FAULTS = [
    (
        ("  P1-01:\n    terms", "  P6-01:\n    terms"),
        "guidance.yaml: P1-01: an indicator that is asked needs guidance",
    ),
    (
        ("indicators:\n", "indicators:\n  P9-01: {terms: [], example: {}, why: {}}\n"),
        "guidance.yaml: P9-01: there is no such indicator",
    ),
    (
        (FIRST_TERMS, "    terms: [corrective-action, colour]\n"),
        "guidance.yaml: P1-01.terms[1]: there is no term colour",
    ),
    (
        (FIRST_TERMS, "    terms: [evidence, evidence]\n"),
        "guidance.yaml: P1-01.terms[1]: evidence is given twice",
    ),
    ((FIRST_TERMS, ""), "guidance.yaml: P1-01.terms: missing"),
    (
        ("  audit:\n    name:", "  audit:\n    title:"),
        "guidance.yaml: terms.audit.title: unknown key",
    ),
]


@pytest.mark.parametrize(("change", "message"), FAULTS)
def test_a_fault_in_the_guidance_is_named(change, message):
    with pytest.raises(BankError) as caught:
        parse_edition(bank_files(guidance=change))
    assert str(caught.value) == message


def test_an_example_stays_short_enough_to_stand_beside_a_form():
    found = EDITION.guides["P1-01"].example.pick("ja")
    with pytest.raises(BankError) as caught:
        parse_edition(bank_files(guidance=(found, "例" * 121)))
    assert str(caught.value) == (
        "guidance.yaml: P1-01.example.ja: at most 120 characters, found 121"
    )


def test_a_retired_indicator_may_keep_its_guidance_or_lose_it():
    files = bank_files(p1=("    weight: 2\n", '    weight: 2\n    until: "2026.1"\n'))
    assert "P1-01" in parse_edition(files).guides
    lines = files["guidance.yaml"]
    start, end = lines.index("  P1-01:\n"), lines.index("  P1-02:\n")
    files["guidance.yaml"] = lines[:start] + lines[end:]
    assert "P1-01" not in parse_edition(files).guides
