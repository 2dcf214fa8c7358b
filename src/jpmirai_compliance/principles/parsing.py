"""From the data files of one edition to an ``Edition``; every fault names its file and key."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from types import MappingProxyType

from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles.guidance import read_guidance
from jpmirai_compliance.principles.model import (
    MAX_LEVEL,
    PRINCIPLES,
    Band,
    Cap,
    Citation,
    Confidence,
    Edition,
    EvidenceState,
    Gate,
    GateRule,
    Indicator,
    Locator,
    MemberKind,
    Notes,
    Principle,
    Reference,
    Thresholds,
)
from jpmirai_compliance.principles.reading import (
    CONTENT_LANGUAGES,
    BankError,
    Node,
    localized,
    read_yaml,
)

EDITION_FILE = "edition.yaml"
REFERENCES_FILE = "references.yaml"
PRINCIPLE_FILES = {f"p{number}.yaml": number for number in PRINCIPLES}
GUIDANCE_FILE = "guidance.yaml"
FILES = (EDITION_FILE, REFERENCES_FILE, *PRINCIPLE_FILES, GUIDANCE_FILE)

_EDITION_ID = re.compile(r"[0-9]{4}\.[1-9][0-9]{0,2}", re.ASCII)
_INDICATOR_ID = re.compile(r"P([1-5])-[0-9]{2}", re.ASCII)
_NEEDED = ("title", "question", "weight", "gate", "core", "supply_chain", "applies_to")
_NEEDED_LISTS = ("levels", "evidence", "refs")
_OPTIONAL = ("na_when", "caution", "until")
_FULL = 100


def parse_edition(files: Mapping[str, str]) -> Edition:
    """Return the edition that a set of files describes, keyed by file name.

    Raises ``BankError`` at the first fault, with the name of the file and the key.
    """
    for name in files:
        if name not in FILES:
            raise BankError(name, "", Text("unknown file"))
    return read_edition({name: read_yaml(files[name], name) for name in FILES if name in files})


def read_edition(roots: Mapping[str, Node]) -> Edition:
    """Return the edition of files that are read already; ``BankError`` as ``parse_edition``."""
    for name in FILES:
        if name not in roots:
            raise BankError(name, "", Text("the file is missing"))
    references = _references(roots[REFERENCES_FILE])
    indicators = tuple(
        indicator
        for name, number in PRINCIPLE_FILES.items()
        for indicator in _indicators(roots[name], number, references)
    )
    return _edition(roots, references, indicators)


def _edition(
    roots: Mapping[str, Node],
    references: Mapping[str, Reference],
    indicators: tuple[Indicator, ...],
) -> Edition:
    keys = ("id", "levels", "principles", "member_types", "narrative_kinds", "evidence_caps")
    top = roots[EDITION_FILE].table((*keys, "gates", "bands", "thresholds", "notes"))
    notes = top["notes"].table(("core_set", "supply_chain", "not_applicable"))
    kinds = top["member_types"].table(tuple(MemberKind))
    edition_id = _edition_id(top["id"])
    asked = [indicator.id for indicator in indicators if indicator.in_force(edition_id)]
    retired = [indicator.id for indicator in indicators if not indicator.in_force(edition_id)]
    terms, guides = read_guidance(roots[GUIDANCE_FILE], asked=asked, retired=retired)
    return Edition(
        id=edition_id,
        levels=_levels(top["levels"]),
        principles=_principles(top["principles"]),
        member_types=MappingProxyType({kind: kinds[kind].localized() for kind in MemberKind}),
        narrative_kinds=frozenset(_kinds(top["narrative_kinds"], may_be_empty=True)),
        caps=_caps(top["evidence_caps"]),
        gates=_gates(top["gates"]),
        bands=_bands(top["bands"]),
        thresholds=_thresholds(top["thresholds"]),
        notes=Notes(**{name: node.localized() for name, node in notes.items()}),
        references=MappingProxyType(dict(references)),
        indicators=indicators,
        terms=terms,
        guides=guides,
    )


def _edition_id(node: Node) -> str:
    text = node.text()
    if not _EDITION_ID.fullmatch(text):
        raise node.fault(Text("an edition such as 2026.1 expected"))
    return text


def _levels(node: Node) -> tuple[Localized, ...]:
    found = node.items()
    if len(found) != MAX_LEVEL + 1:
        raise node.fault(Text("five levels expected, found %(found)s", {"found": len(found)}))
    return tuple(level.localized() for level in found)


def _principles(node: Node) -> tuple[Principle, ...]:
    found = node.table(tuple(str(number) for number in PRINCIPLES))
    return tuple(Principle(number, found[str(number)].localized()) for number in PRINCIPLES)


def _kinds(node: Node, *, may_be_empty: bool = False) -> tuple[MemberKind, ...]:
    found = node.items(may_be_empty=may_be_empty)
    kinds = tuple(item.one_of(MemberKind) for item in found)
    _once(zip(found, kinds, strict=True))
    return kinds


def _once(named: Iterable[tuple[Node, str]]) -> None:
    seen = set()
    for node, name in named:
        if name in seen:
            raise node.fault(Text("%(name)s is given twice", {"name": name}))
        seen.add(name)


def _caps(node: Node) -> Mapping[EvidenceState, Cap]:
    found = node.table(tuple(EvidenceState))
    caps = {}
    for state in EvidenceState:
        parts = found[state].table(("max_level", *CONTENT_LANGUAGES))
        caps[state] = Cap(state, parts["max_level"].whole(0, MAX_LEVEL), localized(parts))
    order = (EvidenceState.NONE, EvidenceState.ATTACHED, EvidenceState.ACCEPTED)
    for worse, better in pairwise(order):
        if caps[worse].max_level > caps[better].max_level:
            raise found[better].fault(Text("better evidence must not count less"))
    if caps[EvidenceState.GAP].max_level > caps[EvidenceState.NONE].max_level:
        raise found[EvidenceState.GAP].fault(Text("a gap must not count more than no evidence"))
    return MappingProxyType(caps)


def _gates(node: Node) -> Mapping[Gate, GateRule]:
    found = node.table((Gate.BADGE, Gate.AWARD))
    rules = {}
    for gate in (Gate.BADGE, Gate.AWARD):
        parts = found[gate].table(("minimum_level", *CONTENT_LANGUAGES))
        rules[gate] = GateRule(gate, parts["minimum_level"].whole(1, MAX_LEVEL), localized(parts))
    return MappingProxyType(rules)


def _bands(node: Node) -> tuple[Band, ...]:
    bands: list[Band] = []
    for item in node.items():
        parts = item.table(("id", "from", *CONTENT_LANGUAGES))
        minimum = parts["from"].whole(0, _FULL)
        if not bands and minimum != 0:
            raise parts["from"].fault(Text("the first band starts at 0"))
        if bands and minimum <= bands[-1].minimum:
            raise parts["from"].fault(Text("bands must ascend"))
        band_id = parts["id"].text()
        if band_id in {band.id for band in bands}:
            raise parts["id"].fault(Text("%(name)s is given twice", {"name": band_id}))
        bands.append(Band(band_id, minimum, localized(parts)))
    return tuple(bands)


def _thresholds(node: Node) -> Thresholds:
    highest = {
        "min_items": 20,
        "max_na_percent": _FULL,
        "min_scored_principles": len(PRINCIPLES),
        "award_min_overall": _FULL,
        "award_min_principle": _FULL,
        "warn_without_evidence_from": MAX_LEVEL,
    }
    # a mean needs at least one principle, and a principle at least one item
    lowest = {"min_items": 1, "min_scored_principles": 1}
    found = node.table(tuple(highest))
    return Thresholds(
        **{name: found[name].whole(lowest.get(name, 0), high) for name, high in highest.items()}
    )


def _references(root: Node) -> dict[str, Reference]:
    top = root.table(("references",))
    return {
        reference_id: _reference(reference_id, node.named(reference_id))
        for reference_id, node in top["references"].entries().items()
    }


def _reference(reference_id: str, node: Node) -> Reference:
    needed = (*CONTENT_LANGUAGES, "url", "confidence", "verified", "locators")
    parts = node.table(needed, ("note",))
    url = parts["url"].text()
    if not url.startswith(("https://", "http://")):
        raise parts["url"].fault(Text("a web address expected"))
    labels = parts["locators"].entries()
    seen = parts["verified"].items(may_be_empty=True)
    for item in seen:
        if item.text() not in labels:
            raise item.fault(Text("there is no locator %(name)s", {"name": item.text()}))
    verified = {item.text() for item in seen}
    return Reference(
        id=reference_id,
        name=localized(parts),
        url=url,
        confidence=parts["confidence"].one_of(Confidence),
        note=parts["note"].localized() if "note" in parts else None,
        locators=tuple(
            Locator(name, label.localized(), name in verified) for name, label in labels.items()
        ),
    )


def _indicators(
    root: Node, number: int, references: Mapping[str, Reference]
) -> tuple[Indicator, ...]:
    top = root.table(("principle", "indicators"))
    if top["principle"].whole(1, len(PRINCIPLES)) != number:
        raise top["principle"].fault(Text("%(number)s expected", {"number": number}))
    found = []
    for indicator_id, node in top["indicators"].entries().items():
        place = node.named(indicator_id)
        form = _INDICATOR_ID.fullmatch(indicator_id)
        if not form:
            raise place.fault(Text("an id such as P1-01 expected"))
        if int(form.group(1)) != number:
            raise place.fault(
                Text("the id does not belong to principle %(number)s", {"number": number})
            )
        found.append(_indicator(indicator_id, number, place, references))
    return tuple(found)


def _indicator(
    indicator_id: str, number: int, node: Node, references: Mapping[str, Reference]
) -> Indicator:
    parts = node.table((*_NEEDED, *_NEEDED_LISTS), _OPTIONAL)
    gate = parts["gate"].one_of(Gate)
    core = parts["core"].flag()
    if gate is not Gate.NONE and not core:
        raise parts["core"].fault(Text("an indicator with a gate must be in the short form"))
    return Indicator(
        id=indicator_id,
        principle=number,
        title=parts["title"].localized(longest=120),
        question=parts["question"].localized(),
        weight=parts["weight"].whole(1, 3),
        gate=gate,
        core=core,
        supply_chain=parts["supply_chain"].flag(),
        applies_to=_kinds(parts["applies_to"]),
        levels=_levels(parts["levels"]),
        evidence=tuple(item.localized() for item in parts["evidence"].items()),
        citations=_citations(parts["refs"], references),
        na_when=parts["na_when"].localized() if "na_when" in parts else None,
        caution=parts["caution"].localized() if "caution" in parts else None,
        until=_edition_id(parts["until"]) if "until" in parts else None,
    )


def _citations(node: Node, references: Mapping[str, Reference]) -> tuple[Citation, ...]:
    found = node.items()
    _once((item, item.text()) for item in found)
    return tuple(_citation(item, references) for item in found)


def _citation(item: Node, references: Mapping[str, Reference]) -> Citation:
    name, _, locator_id = item.text().partition(" ")
    reference = references.get(name)
    if reference is None:
        raise item.fault(Text("there is no reference %(name)s", {"name": name}))
    try:
        return Citation(reference, reference.locator(locator_id))
    except KeyError:
        text = Text("there is no locator %(name)s", {"name": item.text()})
        raise item.fault(text) from None
