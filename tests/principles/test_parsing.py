"""Every fault in the data is named by file and key."""

import pytest

from jpmirai_compliance.principles import (
    BankError,
    MemberKind,
    check_successor,
    load_edition,
    parse_edition,
)
from jpmirai_compliance.principles.catalogue import edition_from, editions_in
from jpmirai_compliance.principles.model import edition_order
from tests.principles.bank import bank_files

FIRST_LEVEL = (
    '      - {ja: "預かっている、または状況が分からない", en: "Held by others, or unknown"}\n'
)
P11 = "  P1-01:\n    title:\n"

FAULTS = [
    (
        {"p2": (FIRST_LEVEL, "")},
        "p2.yaml: P2-05.levels: five levels expected, found 4",
    ),
    (
        {"p1": (P11, "  P1-01:\n    colour: red\n    title:\n")},
        "p1.yaml: P1-01.colour: unknown key",
    ),
    (
        {"p1": ('      en: "Named owner and routine legal checks"\n', "")},
        "p1.yaml: P1-01.title.en: missing",
    ),
    ({"p1": ("    weight: 2\n", "")}, "p1.yaml: P1-01.weight: missing"),
    (
        {"p1": ("weight: 2", "weight: 4")},
        "p1.yaml: P1-01.weight: a whole number from 1 to 3 expected",
    ),
    (
        {"p1": ("weight: 2", "weight: yes")},
        "p1.yaml: P1-01.weight: a whole number from 1 to 3 expected",
    ),
    (
        {"p1": ("gate: badge", "gate: gold")},
        "p1.yaml: P1-02.gate: gold is not one of none, badge, award",
    ),
    (
        {"p1": ("gate: badge\n    core: true", "gate: badge\n    core: false")},
        "p1.yaml: P1-02.core: an indicator with a gate must be in the short form",
    ),
    ({"p1": ("core: true", "core: 1")}, "p1.yaml: P1-01.core: true or false expected"),
    (
        {"p1": ("applies_to: [employer,", "applies_to: [employee,")},
        f"p1.yaml: P1-01.applies_to[0]: employee is not one of {', '.join(MemberKind)}",
    ),
    (
        {"p1": ("applies_to: [employer,", "applies_to: [employer, employer,")},
        "p1.yaml: P1-01.applies_to[1]: employer is given twice",
    ),
    (
        {"p1": ('"LPA 7"', '"LPO 7"')},
        "p1.yaml: P1-01.refs[1]: there is no reference LPO",
    ),
    (
        {"p1": ('"LPA 7"', '"LPA 8"')},
        "p1.yaml: P1-01.refs[1]: there is no locator LPA 8",
    ),
    (
        {"p1": ('"LPA 7"', '"JPM CoC1"')},
        "p1.yaml: P1-01.refs[1]: JPM CoC1 is given twice",
    ),
    ({"p1": (P11, "  P1-1:\n    title:\n")}, "p1.yaml: P1-1: an id such as P1-01 expected"),
    (
        {"p1": (P11, "  P2-99:\n    title:\n")},
        "p1.yaml: P2-99: the id does not belong to principle 1",
    ),
    (
        {"p1": ("  P1-02:\n", "  P1-01:\n")},
        "p1.yaml: line 44: the key P1-01 is given twice",
    ),
    ({"p1": ("principle: 1", "principle: 2")}, "p1.yaml: principle: 1 expected"),
    (
        {"p1": ("weight: 2", "weight: 2\n    until: soon")},
        "p1.yaml: P1-01.until: an edition such as 2026.1 expected",
    ),
    (
        {"p1": ('en: "No owner and no check"', "en: No")},
        "p1.yaml: P1-01.levels[0].en: text expected",
    ),
    (
        {"p1": ('"No owner and no check"', '"  "')},
        "p1.yaml: P1-01.levels[0].en: the text is empty",
    ),
    (
        {"p1": ("No owner and", "No owner\\u200b and")},
        "p1.yaml: P1-01.levels[0].en: the invisible character U+200B",
    ),
    (
        {"p1": ('en: "No owner and no check"', 'en: "No", vi: "Không"')},
        "p1.yaml: P1-01.levels[0].vi: unknown key",
    ),
    ({"edition": ("from: 45", "from: 65")}, "edition.yaml: bands[3].from: bands must ascend"),
    (
        {"edition": ("from: 0", "from: 1")},
        "edition.yaml: bands[0].from: the first band starts at 0",
    ),
    (
        {"edition": ("id: starting", "id: preparing")},
        "edition.yaml: bands[1].id: preparing is given twice",
    ),
    (
        {"edition": ("max_level: 3", "max_level: 0")},
        "edition.yaml: evidence_caps.attached: better evidence must not count less",
    ),
    (
        {"edition": ("gap:\n    max_level: 1", "gap:\n    max_level: 2")},
        "edition.yaml: evidence_caps.gap: a gap must not count more than no evidence",
    ),
    (
        {"edition": ("min_items: 3", "min_items: 0")},
        "edition.yaml: thresholds.min_items: a whole number from 1 to 20 expected",
    ),
    ({"edition": ("  min_items: 3\n", "")}, "edition.yaml: thresholds.min_items: missing"),
    (
        {"edition": ("  npo: {", "  club: {")},
        "edition.yaml: member_types.club: unknown key",
    ),
    (
        {"edition": ('id: "2026.1"', "id: 2026.1")},
        "edition.yaml: id: text expected",
    ),
    (
        {"edition": ('  - {ja: "未着手", en: "Not started"}\n', "")},
        "edition.yaml: levels: five levels expected, found 4",
    ),
    ({"edition": ("  5: {", "  6: {")}, "edition.yaml: principles.6: unknown key"),
    (
        {"references": ("confidence: A", "confidence: D")},
        "references.yaml: JPM.confidence: D is not one of A, B, C",
    ),
    (
        {"references": ('verified: ["CoC1"', 'verified: ["CoC9"')},
        "references.yaml: JPM.verified[0]: there is no locator CoC9",
    ),
    (
        {"references": ('url: "https:', 'url: "javascript:')},
        "references.yaml: JPM.url: a web address expected",
    ),
]


@pytest.mark.parametrize(("changes", "message"), FAULTS)
def test_a_fault_names_file_and_key(changes, message):
    with pytest.raises(BankError) as caught:
        parse_edition(bank_files(**changes))
    assert str(caught.value) == message


def test_the_error_says_file_key_and_reason_apart():
    with pytest.raises(BankError) as caught:
        parse_edition(bank_files(p2=(FIRST_LEVEL, "")))
    fault = caught.value
    assert (fault.file, fault.key) == ("p2.yaml", "P2-05.levels")
    assert fault.reason.values == {"found": 4}


def test_a_missing_and_an_unknown_file_are_named():
    files = bank_files()
    with pytest.raises(BankError, match=r"^p3\.yaml: the file is missing$"):
        parse_edition({k: v for k, v in files.items() if k != "p3.yaml"})
    with pytest.raises(BankError, match=r"^p6\.yaml: unknown file$"):
        parse_edition({**files, "p6.yaml": ""})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "p1.yaml: keys and values expected"),
        ("[]", "p1.yaml: keys and values expected"),
        ("principle: 1", "p1.yaml: indicators: missing"),
        ("principle: 1\nindicators: []", "p1.yaml: indicators: keys and values expected"),
        ("principle: 1\nindicators: {P1-01: 4}", "p1.yaml: P1-01: keys and values expected"),
        ("no: 1", "p1.yaml: the key False needs quotation marks"),
        ("a: &x [1]\nb: *x", "p1.yaml: line 2: aliases are not allowed"),
        ("? [a]\n: 1", "p1.yaml: line 1: a key must be plain text"),
        (
            "a: [1",
            "p1.yaml: line 1: not valid YAML: expected ',' or ']', but got '<stream end>'",
        ),
        ("a: !!python/object:os.system x", None),
        ("a: " + "[" * 5000, "p1.yaml: not valid YAML"),
        ("a: 2026-13-45", "p1.yaml: not valid YAML"),
        ("a: \x00", "p1.yaml: not valid YAML"),
        ("#" * 400_001, "p1.yaml: the file is longer than 400000 characters"),
    ],
)
def test_what_is_not_our_yaml_is_refused(text, message):
    with pytest.raises(BankError) as caught:
        parse_edition({**bank_files(), "p1.yaml": text})
    if message:
        assert str(caught.value) == message
    else:
        assert "could not determine a constructor" in str(caught.value)


def test_an_unknown_edition_is_refused_by_name():
    with pytest.raises(BankError, match=r"^2020\.1: there is no such edition; known: 2026\.1$"):
        load_edition("2020.1")


def retired_in(edition):
    """Return the bank with P3-01, the first of its file, retired from an edition on."""
    weight = "    weight: 2\n"
    return parse_edition(bank_files(p3=(weight, f'{weight}    until: "{edition}"\n')))


def test_a_retired_indicator_keeps_its_name_but_is_not_asked():
    edition = retired_in("2026.1")
    assert edition.indicator("P3-01").until == "2026.1"
    asked = {i.id for kind in MemberKind for i in edition.applicable(kind)}
    assert asked == {i.id for i in edition.indicators} - {"P3-01"}
    assert edition.of_principle(3)[0].id == "P3-02"


def test_an_indicator_retired_later_is_still_asked():
    asked = retired_in("2026.2").applicable(MemberKind.NPO)
    assert "P3-01" in [indicator.id for indicator in asked]


def test_editions_are_ordered_by_number_not_by_spelling():
    assert sorted(["2026.10", "2027.1", "2026.9"], key=edition_order) == [
        "2026.9",
        "2026.10",
        "2027.1",
    ]


START, END = "  P3-09:", '"JPM CoC-SC", "UNGP 19", "MIC2020 all"]\n'


def without_the_last_of_principle_3(text):
    return text[: text.index(START)] + text[text.index(END) + len(END) :]


def bank_in(folder, **editions):
    for name, files in editions.items():
        (folder / name.strip("_").replace("_", ".")).mkdir()
        for file, text in files.items():
            path = folder / name.strip("_").replace("_", ".") / file
            path.write_text(text, encoding="utf-8")


def test_a_later_edition_may_not_lose_an_id(tmp_path):
    later = bank_files(edition=('id: "2026.1"', 'id: "2027.1"'))
    bank_in(tmp_path, _2026_1=bank_files(), _2027_1=later)
    assert editions_in(tmp_path) == ("2026.1", "2027.1")
    assert edition_from(tmp_path, "2027.1").id == "2027.1"
    path = tmp_path / "2027.1" / "p3.yaml"
    path.write_text(without_the_last_of_principle_3(later["p3.yaml"]), encoding="utf-8")
    path = tmp_path / "2027.1" / "guidance.yaml"
    text = later["guidance.yaml"]
    text = text[: text.index("  P3-09:")] + text[text.index("  P4-01:") :]
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BankError, match=r"^p3\.yaml: P3-09: in edition 2026\.1; retire it"):
        edition_from(tmp_path, "2027.1")
    assert edition_from(tmp_path, "2026.1").id == "2026.1"


def test_a_later_edition_may_retire_but_not_revive():
    now, retired = load_edition("2026.1"), retired_in("2026.2")
    check_successor(now, retired)
    with pytest.raises(BankError, match=r"^p3\.yaml: P3-01\.until: retired in 2026\.2"):
        check_successor(retired, now)


def test_an_edition_lies_in_the_folder_of_its_name(tmp_path):
    bank_in(tmp_path, _2027_1=bank_files())
    with pytest.raises(BankError, match=r"^edition\.yaml: id: the folder is called 2027\.1$"):
        edition_from(tmp_path, "2027.1")
