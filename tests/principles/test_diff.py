"""From one edition to the next: what was added, retired, reworded, weighed differently."""

from dataclasses import replace

from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles import (
    Gate,
    changed_texts,
    diff_editions,
    editions,
    load_edition,
)
from jpmirai_compliance.principles.diff import ChangedIndicator, ChangedText, ChangedValue

NEW = Localized({"ja": "新しい文", "en": "A new text"})


def edition():
    return load_edition(editions()[0])


def test_the_same_edition_has_no_difference():
    found = diff_editions(edition(), edition())
    assert found.empty
    assert (found.added, found.retired, found.changed, found.settings) == ((), (), (), ())


def test_texts_are_named_with_their_place():
    old = edition().indicator("P2-05")
    levels = (*old.levels[:2], NEW, *old.levels[3:])
    new = replace(old, question=NEW, levels=levels, evidence=(*old.evidence, NEW), na_when=NEW)
    assert changed_texts(old, new) == (
        ChangedText("question", None, old.question, NEW),
        ChangedText("levels", 2, old.levels[2], NEW),
        ChangedText("evidence", len(old.evidence), None, NEW),
        ChangedText("na_when", None, None, NEW),
    )


def test_weight_gate_and_references_are_values_not_texts():
    old = edition()
    first = old.indicator("P1-01")
    changed = replace(first, weight=3, gate=Gate.AWARD, citations=first.citations[:1])
    new = replace(old, indicators=(changed, *old.indicators[1:]))
    labels = tuple(c.label for c in first.citations)
    assert diff_editions(old, new).changed == (
        ChangedIndicator(
            first,
            changed,
            (),
            (
                ChangedValue("weight", 2, 3),
                ChangedValue("gate", Gate.NONE, Gate.AWARD),
                ChangedValue("refs", labels, labels[:1]),
            ),
        ),
    )


def test_added_and_retired():
    old = edition()
    first = old.indicators[0]
    added = replace(first, id="P1-99")
    new = replace(
        old, id="2031.1", indicators=(replace(first, until="2031.1"), added, *old.indicators[1:])
    )
    found = diff_editions(old, new)
    assert (found.added, found.retired, found.changed) == ((added,), (first,), ())


def test_retired_for_later_is_still_asked_and_unchanged():
    old = edition()
    later = replace(old.indicators[0], until="2031.2")
    new = replace(old, id="2031.1", indicators=(later, *old.indicators[1:]))
    assert diff_editions(old, new).empty


def test_other_settings_are_named():
    old = edition()
    new = replace(
        old, thresholds=replace(old.thresholds, min_items=4), notes=replace(old.notes, core_set=NEW)
    )
    assert diff_editions(old, new).settings == ("thresholds", "notes")
