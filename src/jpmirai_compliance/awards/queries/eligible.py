"""Who may enter a category, from frozen assessments and live publications."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.queries.snapshots import SnapshotView, accepted_snapshots
from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.models import Entry
from jpmirai_compliance.awards.queries.cycles import CategoryView
from jpmirai_compliance.awards.queries.entries import named
from jpmirai_compliance.awards.rules import Finding, defaults
from jpmirai_compliance.disclosure.models import Publication
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.text import Localized


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one member in a year; kind and size are the frozen ones if frozen."""

    org_id: uuid.UUID
    name: Localized
    kind: str
    size: str
    snapshot: SnapshotView | None
    published: bool

    def fits(self, rule: rules.CategoryRule) -> bool:
        """Say whether kind and size are the category's."""
        return self.kind in rule.kinds and (not rule.sizes or self.size in rule.sizes)

    def candidate(self, *, consented: bool = False) -> rules.Candidate:
        """Return what the rules look at; works out the gates of the frozen assessment."""
        found = rules.gates(self.snapshot.body["assessment"]) if self.snapshot else None
        return rules.Candidate(self.kind, self.size, found, self.published, consented)


@dataclass(frozen=True, slots=True)
class Checked:
    """One member, rule by rule; ``eligible`` leaves the consent out."""

    org_id: uuid.UUID
    name: Localized
    findings: tuple[Finding, ...]
    eligible: bool


@dataclass(frozen=True, slots=True)
class Suggested:
    """A member whom the figures suggest, and the rule that fired."""

    org_id: uuid.UUID
    name: Localized
    suggestion: rules.Suggestion


def facts(uow: UnitOfWork, year: int, org_id: uuid.UUID | None = None) -> tuple[Facts, ...]:
    """Return the facts of every member, or of one, by Japanese name."""
    query = select(Organisation).order_by(col(Organisation.name_ja), col(Organisation.id))
    live = select(Publication.org_id).where(
        col(Publication.year) == year, col(Publication.withdrawn_at).is_(None)
    )
    if org_id is not None:
        query = query.where(col(Organisation.id) == org_id)
        live = live.where(col(Publication.org_id) == org_id)
    frozen = {s.org_id: s for s in accepted_snapshots(uow, year)}
    published = set(uow.session.exec(live))
    return tuple(
        _facts(org, frozen.get(org.id), org.id in published) for org in uow.session.exec(query)
    )


def checked(category: CategoryView, members: Sequence[Facts]) -> tuple[Checked, ...]:
    """Return the members of the category's kind and size, rule by rule."""
    found = []
    for member in members:
        if member.fits(category.rule):
            findings = rules.eligibility(category.rule, member.candidate())
            able = rules.eligible(findings, before_consent=True)
            found.append(Checked(member.org_id, member.name, findings, able))
    return tuple(found)


def suggested(
    uow: UnitOfWork, year: int, category: CategoryView, members: Sequence[Facts]
) -> tuple[Suggested, ...]:
    """Return whom the evidenced scores suggest among eligible members without an entry."""
    able = {c.org_id for c in checked(category, members) if c.eligible}
    taken = set(uow.session.exec(select(Entry.org_id).where(col(Entry.category_id) == category.id)))
    before = {s.org_id: s.body["assessment"] for s in accepted_snapshots(uow, year - 1)}
    open_to = {
        str(m.org_id): m for m in members if m.org_id in able - taken and m.snapshot is not None
    }
    found = rules.suggestions(
        category.rule,
        [
            rules.Member(key, m.snapshot.body["assessment"], before.get(m.org_id))
            for key, m in open_to.items()
            if m.snapshot is not None
        ],
        most=defaults().suggest,
        gain_from=defaults().gain_from,
    )
    return tuple(Suggested(open_to[s.id].org_id, open_to[s.id].name, s) for s in found)


def _facts(org: Organisation, snapshot: SnapshotView | None, published: bool) -> Facts:  # noqa: FBT001 -- private
    if snapshot is not None:
        frozen = snapshot.body["organisation"]
        kind, size = str(frozen["kind"]), str(frozen["size"] or "")
    else:
        kind, size = org.kind.value, org.size.value if org.size else ""
    return Facts(org.id, named(org.name_ja, org.name_en), kind, size, snapshot, published)
