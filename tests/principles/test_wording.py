import unicodedata
from dataclasses import fields, replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jpmirai_compliance.principles import (
    LANGUAGES,
    BankError,
    WordingStatus,
    dump_wordings,
    parse_wordings,
    reference_languages,
    reference_wording,
)

REFERENCE = [reference_wording(language) for language in reference_languages()]
#: Sinhala writes its ligatures with a joiner.
JOINERS = {"si": {"\u200d"}}
JAPANESE, ENGLISH, VIETNAMESE, BURMESE = map(reference_wording, ("ja", "en", "vi", "my"))


def texts(wording):
    for field in fields(wording)[2:-1]:  # not the statuses at the end
        value = getattr(wording, field.name)
        yield from value if isinstance(value, tuple) else (value,)


def changed(wording, **parts):
    """Return the YAML of a wording with some keys replaced, or taken out (None)."""
    data = yaml.safe_load(dump_wordings([wording]))
    body = data["wordings"][wording.language]
    for key, value in parts.items():
        if value is None:
            del body[key]
        else:
            body[key] = value
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def test_there_is_reference_wording_in_every_language():
    assert reference_languages() == LANGUAGES
    assert {wording.status for wording in REFERENCE} == {WordingStatus.REFERENCE}
    with pytest.raises(KeyError):
        reference_wording("fr")


@pytest.mark.parametrize("wording", REFERENCE, ids=reference_languages())
def test_reference_wording_is_whole_and_clean(wording):
    assert (len(wording.principles), len(wording.plain)) == (5, 5)
    found = list(texts(wording))
    assert len(set(found)) == 17
    for text in found:
        assert text == unicodedata.normalize("NFC", text).strip()
        unseen = [c for c in text if unicodedata.category(c) in {"Cf", "Cc", "Co", "Cn"}]
        assert set(unseen) <= JOINERS.get(wording.language, set())


@pytest.mark.parametrize(
    ("wording", "words"),
    [
        (JAPANESE, "実情をつかみ"),
        (ENGLISH, "find out actual conditions"),
        (VIETNAMESE, "tìm hiểu tình hình thực tế"),
        (BURMESE, "အခြေအနေမှန်ကို သိရှိအောင် လေ့လာ"),
    ],
)
def test_the_second_principle_includes_finding_out_actual_conditions(wording, words):
    assert unicodedata.normalize("NFC", words) in wording.principles[1]


def test_plain_sentences_are_short():
    assert max(len(text) for text in JAPANESE.plain) < 60
    for wording in REFERENCE:
        assert max(len(text) for text in wording.plain) <= 100


def test_burmese_is_burmese_and_has_its_own_full_stop():
    for text in (*BURMESE.principles, *BURMESE.plain, BURMESE.preamble, BURMESE.about):
        letters = [c for c in text if c.isalpha()]
        assert sum("\u1000" <= c <= "\u109f" for c in letters) > 0.9 * len(letters)
        assert text.endswith("\u104b")


@pytest.mark.parametrize("wording", REFERENCE, ids=reference_languages())
def test_what_is_dumped_reads_back(wording):
    official = replace(wording, status=WordingStatus.OFFICIAL, source="Letter of 2026-04-01")
    assert parse_wordings(dump_wordings([official]), "own.yaml") == (official,)


def test_several_languages_keep_their_order():
    found = parse_wordings(dump_wordings([BURMESE, JAPANESE]), "own.yaml")
    assert found == (BURMESE, JAPANESE)


def test_texts_come_back_composed():
    decomposed = unicodedata.normalize("NFD", VIETNAMESE.title)
    assert decomposed != VIETNAMESE.title
    found = parse_wordings(changed(VIETNAMESE, title=f"  {decomposed} "), "own.yaml")
    assert found[0].title == VIETNAMESE.title


def test_joiners_are_kept_where_the_script_needs_them():
    nepali = "कानुनको पालना गर्\u200dछौं।"
    data = {f.name: nepali for f in fields(ENGLISH)[1:-1]}
    data |= {"status": "approved", "principles": [nepali] * 5, "plain": [nepali] * 5}
    text = yaml.safe_dump({"wordings": {"ne": data}}, allow_unicode=True)
    assert parse_wordings(text, "ne.yaml")[0].principles[0] == nepali


ZAWGYI = "\u1031\u1014\u103d\u1004\u1039\u1037 \u1021\u101c\u102f\u1015\u1039"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed(VIETNAMESE, title=None), "own.yaml: vi.title: missing"),
        (changed(VIETNAMESE, colour="red"), "own.yaml: vi.colour: unknown key"),
        (
            changed(VIETNAMESE, principles=list(VIETNAMESE.principles[:4])),
            "own.yaml: vi.principles: five sentences expected, found 4",
        ),
        (
            changed(VIETNAMESE, plain=[*VIETNAMESE.plain, "Sáu."]),
            "own.yaml: vi.plain: five sentences expected, found 6",
        ),
        (changed(VIETNAMESE, plain="Một"), "own.yaml: vi.plain: a list expected"),
        (
            changed(VIETNAMESE, plain=["", *VIETNAMESE.plain[1:]]),
            "own.yaml: vi.plain[0]: the text is empty",
        ),
        (
            changed(VIETNAMESE, status="final"),
            "own.yaml: vi.status: final is not one of official, approved, reference",
        ),
        (
            changed(VIETNAMESE, title="JP\u200bMIRAI"),
            "own.yaml: vi.title: the invisible character U+200B",
        ),
        (
            changed(VIETNAMESE, title="JP\u202eMIRAI"),
            "own.yaml: vi.title: the invisible character U+202E",
        ),
        (
            changed(VIETNAMESE, about="Hai\ndòng"),
            "own.yaml: vi.about: the invisible character U+000A",
        ),
        (
            changed(VIETNAMESE, title="A" * 121),
            "own.yaml: vi.title: at most 120 characters, found 121",
        ),
        (
            changed(BURMESE, help_lead=ENGLISH.help_lead),
            "own.yaml: my.help_lead: this is not written in the language my",
        ),
        (
            changed(BURMESE, help_lead=ZAWGYI),
            "own.yaml: my.help_lead: this looks like Zawgyi; Burmese must be in Unicode",
        ),
        (
            changed(VIETNAMESE).replace("  vi:", "  fr:"),
            f"own.yaml: fr: the language is not one of {', '.join(LANGUAGES)}",
        ),
        ("wordings: {}", "own.yaml: wordings: keys and values expected"),
        ("wordings: {vi: text}", "own.yaml: vi: keys and values expected"),
        ("vi: {}", "own.yaml: vi: unknown key"),
        (
            "wordings:\n  vi: {}\n  vi: {}",
            "own.yaml: line 3: the key vi is given twice",
        ),
    ],
)
def test_a_fault_names_file_and_key(text, message):
    with pytest.raises(BankError) as caught:
        parse_wordings(text, "own.yaml")
    assert str(caught.value) == message


@given(st.text(max_size=60) | st.text("{}[]:&*!-? \nabwordings", max_size=60))
def test_any_text_is_read_or_refused_never_worse(text):
    with pytest.raises(BankError) as caught:
        parse_wordings(text, "own.yaml")
    assert str(caught.value).startswith("own.yaml: ")
