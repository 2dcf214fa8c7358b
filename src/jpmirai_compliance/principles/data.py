"""An edition as plain data: what is stored, hashed and written to YAML files."""

import hashlib
import json
from collections.abc import Mapping

import yaml

from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles.model import (
    Edition,
    Guide,
    Indicator,
    Reference,
    Term,
)
from jpmirai_compliance.principles.parsing import (
    EDITION_FILE,
    GUIDANCE_FILE,
    PRINCIPLE_FILES,
    REFERENCES_FILE,
    read_edition,
)
from jpmirai_compliance.principles.reading import Node

Data = dict[str, object]


def canonical(edition: Edition) -> str:
    """Return the one text of an edition: JSON, keys in a fixed order, no space.

    Equal for equal editions, whatever their files looked like. Mappings keep the order that the
    pages show, so this is not RFC 8785.
    """
    return json.dumps(as_data(edition), ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def from_canonical(text: str) -> Edition:
    """Return the edition of a canonical text; ``BankError`` if it is none."""
    return read_edition({name: Node(name, "", value) for name, value in json.loads(text).items()})


def as_yaml(edition: Edition) -> dict[str, str]:
    """Return the YAML files of an edition by name; ``parse_edition`` gives the same edition."""
    return {
        name: yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10_000)
        for name, value in as_data(edition).items()
    }


def as_data(edition: Edition) -> dict[str, Data]:
    """Return what the files of an edition hold, by file name."""
    files: dict[str, Data] = {EDITION_FILE: _settings(edition)}
    references = {r.id: _reference(r) for r in edition.references.values()}
    files[REFERENCES_FILE] = {"references": references}
    for name, number in PRINCIPLE_FILES.items():
        indicators = [i for i in edition.indicators if i.principle == number]
        files[name] = {
            "principle": number,
            "indicators": {i.id: indicator_data(i) for i in indicators},
        }
    files[GUIDANCE_FILE] = {
        "terms": {key: _term(term) for key, term in edition.terms.items()},
        "indicators": {key: guide_data(guide) for key, guide in edition.guides.items()},
    }
    return files


def indicator_data(indicator: Indicator) -> Data:
    """Return one indicator as its file holds it."""
    found: Data = {
        "title": _both(indicator.title),
        "question": _both(indicator.question),
        "weight": indicator.weight,
        "gate": indicator.gate.value,
        "core": indicator.core,
        "supply_chain": indicator.supply_chain,
        "applies_to": [kind.value for kind in indicator.applies_to],
        "levels": [_both(level) for level in indicator.levels],
        "evidence": [_both(example) for example in indicator.evidence],
        "refs": [citation.label for citation in indicator.citations],
    }
    for name, text in (("na_when", indicator.na_when), ("caution", indicator.caution)):
        if text is not None:
            found[name] = _both(text)
    if indicator.until is not None:
        found["until"] = indicator.until
    return found


def guide_data(guide: Guide) -> Data:
    """Return the guidance of one indicator as its file holds it."""
    return {
        "terms": [term.id for term in guide.terms],
        "example": _both(guide.example),
        "why": _both(guide.why),
    }


def _settings(edition: Edition) -> Data:
    thresholds, notes = edition.thresholds, edition.notes
    return {
        "id": edition.id,
        "levels": [_both(level) for level in edition.levels],
        "principles": {str(p.number): _both(p.title) for p in edition.principles},
        "member_types": {kind.value: _both(t) for kind, t in edition.member_types.items()},
        "narrative_kinds": sorted(kind.value for kind in edition.narrative_kinds),
        "evidence_caps": {
            state.value: {"max_level": cap.max_level, **_both(cap.name)}
            for state, cap in edition.caps.items()
        },
        "gates": {
            gate.value: {"minimum_level": rule.minimum_level, **_both(rule.rule)}
            for gate, rule in edition.gates.items()
        },
        "bands": [{"id": b.id, "from": b.minimum, **_both(b.name)} for b in edition.bands],
        "thresholds": _fields(thresholds),
        "notes": {name: _both(getattr(notes, name)) for name in _fields(notes)},
    }


def _reference(reference: Reference) -> Data:
    note: Data = {"note": _both(reference.note)} if reference.note else {}
    return {
        **_both(reference.name),
        "url": reference.url,
        "confidence": reference.confidence.value,
        **note,
        "verified": [locator.id for locator in reference.locators if locator.verified],
        "locators": {locator.id: _both(locator.label) for locator in reference.locators},
    }


def _term(term: Term) -> Data:
    return {"name": _both(term.name), "meaning": _both(term.meaning)}


def _both(text: Localized) -> dict[str, str]:
    return {tag: text.texts[tag] for tag in ("ja", "en")}


def _fields(value: object) -> dict[str, object]:
    names: Mapping[str, object] = value.__dataclass_fields__  # type: ignore[attr-defined]  # -- a dataclass
    return {name: getattr(value, name) for name in names}
