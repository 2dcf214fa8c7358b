"""One canonical text for each edition, and YAML files that lead back to it."""

import json
from dataclasses import replace

import pytest

from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles import (
    BankError,
    EditionClash,
    catalogue,
    changed_since_shipping,
    digest_of,
    editions,
    load_edition,
    parse_edition,
    register,
)
from jpmirai_compliance.principles.data import as_yaml, canonical, digest, from_canonical

SHIPPED = load_edition(editions()[0])


def next_edition(**changes):
    return replace(SHIPPED, id="2031.1", **changes)


def test_files_and_canonical_text_give_the_same_edition():
    text = canonical(SHIPPED)
    assert from_canonical(text) == SHIPPED
    assert canonical(from_canonical(text)) == text
    files = as_yaml(SHIPPED)
    assert parse_edition(files) == SHIPPED
    assert as_yaml(parse_edition(files)) == files


def test_the_hash_moves_with_a_single_letter():
    first = SHIPPED.indicators[0]
    title = Localized({**first.title.texts, "en": first.title.texts["en"] + "."})
    changed = replace(SHIPPED, indicators=(replace(first, title=title), *SHIPPED.indicators[1:]))
    assert digest(canonical(changed)) != digest(canonical(SHIPPED))


def test_a_registered_edition_is_found_like_a_shipped_one():
    edition = next_edition()
    with pytest.raises(BankError):
        load_edition("2031.1")
    assert register(canonical(edition)) == edition
    assert load_edition("2031.1") == edition
    assert digest_of("2031.1") == digest(canonical(edition))
    assert editions() == ("2026.1",)


def test_an_id_never_changes_its_meaning():
    register(canonical(next_edition()))
    assert register(canonical(next_edition())) == next_edition()
    other = next_edition(levels=SHIPPED.levels[::-1])
    with pytest.raises(EditionClash, match=r"^edition 2031\.1 is known as"):
        register(canonical(other))
    assert load_edition("2031.1") == next_edition()


def test_a_shipped_edition_cannot_be_replaced():
    register(canonical(SHIPPED))
    with pytest.raises(EditionClash):
        register(canonical(replace(SHIPPED, levels=SHIPPED.levels[::-1])))
    assert load_edition(SHIPPED.id) == SHIPPED


def test_shipped_editions_are_as_their_checksums_say():
    assert changed_since_shipping() == []


@pytest.mark.parametrize(
    ("listed", "named"),
    [({}, ["2026.1"]), ({"2026.1": "0" * 64}, ["2026.1"]), (None, ["2025.1"])],
)
def test_a_changed_added_or_lost_edition_is_named(tmp_path, monkeypatch, listed, named):
    if listed is None:
        listed = {"2026.1": digest_of("2026.1"), "2025.1": "0" * 64}
    (tmp_path / catalogue.CHECKSUMS).write_text(json.dumps(listed))
    monkeypatch.setattr(catalogue, "editions", lambda: ("2026.1",))
    monkeypatch.setattr(catalogue, "_BANK", tmp_path)
    assert changed_since_shipping() == named
