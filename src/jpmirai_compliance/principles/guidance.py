"""Reading what stands beside the questions: glossary, good example, why it matters."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles.model import Guide, Term
from jpmirai_compliance.principles.reading import Node

#: How long each text may be, in characters: it stands beside a form.
EXAMPLE_MAX = {"ja": 120, "en": 300}
WHY_MAX = {"ja": 80, "en": 200}
NAME_MAX = {"ja": 40, "en": 60}
MEANING_MAX = {"ja": 120, "en": 240}


def read_guidance(
    root: Node, *, asked: Iterable[str], retired: Iterable[str]
) -> tuple[Mapping[str, Term], Mapping[str, Guide]]:
    """Return the glossary and the guides by indicator id.

    ``BankError`` naming the indicator in force that has none, one that does not exist, and a term
    that the glossary lacks.
    """
    top = root.table(("terms", "indicators"))
    terms = {key: _term(key, node) for key, node in top["terms"].entries().items()}
    written = top["indicators"].entries()
    asked, retired = tuple(asked), set(retired)
    for key in asked:
        if key not in written:
            raise root.child(key).fault(Text("an indicator that is asked needs guidance"))
    for key, node in written.items():
        if key not in asked and key not in retired:
            raise node.named(key).fault(Text("there is no such indicator"))
    guides = {key: _guide(node.named(key), terms) for key, node in written.items()}
    return MappingProxyType(terms), MappingProxyType(guides)


def _term(key: str, node: Node) -> Term:
    parts = node.table(("name", "meaning"))
    return Term(key, sized(parts["name"], NAME_MAX), sized(parts["meaning"], MEANING_MAX))


def _guide(node: Node, terms: Mapping[str, Term]) -> Guide:
    parts = node.table(("terms", "example", "why"))
    named: list[Term] = []
    for item in parts["terms"].items(may_be_empty=True):
        term = terms.get(item.text())
        if term is None:
            raise item.fault(Text("there is no term %(name)s", {"name": item.text()}))
        if term in named:
            raise item.fault(Text("%(name)s is given twice", {"name": term.id}))
        named.append(term)
    return Guide(tuple(named), sized(parts["example"], EXAMPLE_MAX), sized(parts["why"], WHY_MAX))


def sized(node: Node, longest: Mapping[str, int]) -> Localized:
    """Return a text in ja and en, each no longer than its language allows."""
    parts = node.table(tuple(longest))
    return Localized({tag: parts[tag].text(longest=most) for tag, most in longest.items()})
