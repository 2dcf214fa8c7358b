"""Entries as the secretariat and the entrant see them."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.awards.models import Category, Entry
from jpmirai_compliance.awards.rules import EntryState, Finding, Source
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.text import Localized, Text


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry; ``fired`` is the figures' reason for a suggestion, ``findings`` those at entry."""

    id: uuid.UUID
    org_id: uuid.UUID
    category_id: uuid.UUID
    organisation: Localized
    source: Source
    state: EntryState
    title: str
    statement: str
    fired: Text | None
    findings: tuple[Finding, ...]
    snapshot_sha256: str
    version: int


def of_category(uow: UnitOfWork, category_id: uuid.UUID) -> tuple[EntryView, ...]:
    """Return the entries of a category by the organisation's Japanese name."""
    query = (
        select(Entry, Organisation)
        .join(Organisation, col(Organisation.id) == col(Entry.org_id))
        .where(col(Entry.category_id) == category_id)
        .order_by(col(Organisation.name_ja), col(Entry.id))
    )
    return tuple(_view(entry, org) for entry, org in uow.session.exec(query))


def own(uow: UnitOfWork, org_id: uuid.UUID, cycle_id: uuid.UUID) -> dict[uuid.UUID, EntryView]:
    """Return an organisation's entries of a year by category."""
    query = (
        select(Entry, Organisation)
        .join(Organisation, col(Organisation.id) == col(Entry.org_id))
        .join(Category, col(Category.id) == col(Entry.category_id))
        .where(col(Entry.org_id) == org_id, col(Category.cycle_id) == cycle_id)
    )
    return {e.category_id: _view(e, org) for e, org in uow.session.exec(query)}


def counts(uow: UnitOfWork, cycle_id: uuid.UUID) -> dict[uuid.UUID, dict[EntryState, int]]:
    """Return how many entries there are by category and state."""
    query = (
        select(col(Entry.category_id), col(Entry.state))
        .join(Category, col(Category.id) == col(Entry.category_id))
        .where(col(Category.cycle_id) == cycle_id)
    )
    found: dict[uuid.UUID, dict[EntryState, int]] = {}
    for category_id, state in uow.session.exec(query):
        by_state = found.setdefault(category_id, {})
        by_state[state] = by_state.get(state, 0) + 1
    return found


def names(uow: UnitOfWork, cycle_id: uuid.UUID) -> dict[uuid.UUID, Localized]:
    """Return the organisation's name of every entry of a year."""
    query = (
        select(Entry.id, Organisation.name_ja, Organisation.name_en)
        .join(Organisation, col(Organisation.id) == col(Entry.org_id))
        .join(Category, col(Category.id) == col(Entry.category_id))
        .where(col(Category.cycle_id) == cycle_id)
    )
    return {entry: named(ja, en) for entry, ja, en in uow.session.exec(query)}


def text_as_json(text: Text | None) -> str:
    """Return a text of the rules as JSON; its values must be strings, numbers or content."""
    if text is None:
        return ""
    return json.dumps({"msgid": text.msgid, "values": _plain(text.values)}, ensure_ascii=False)


def findings_as_json(findings: Sequence[Finding]) -> str:
    """Return the rules as they stood, as JSON."""
    rows = [{"code": f.code, "text": text_as_json(f.text), "passed": f.passed} for f in findings]
    return json.dumps(rows, ensure_ascii=False)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {
        k: {"texts": dict(v.texts)} if isinstance(v, Localized) else v for k, v in values.items()
    }


def _text(raw: str) -> Text | None:
    if not raw:
        return None
    data = json.loads(raw)
    values = {
        k: Localized(v["texts"]) if isinstance(v, dict) else v for k, v in data["values"].items()
    }
    msgid = data["msgid"]
    return Text(msgid, values)


def _view(entry: Entry, org: Organisation) -> EntryView:
    return EntryView(
        id=entry.id,
        org_id=entry.org_id,
        category_id=entry.category_id,
        organisation=named(org.name_ja, org.name_en),
        source=entry.source,
        state=entry.state,
        title=entry.title,
        statement=entry.statement,
        fired=_text(entry.fired),
        findings=tuple(
            Finding(f["code"], text, f["passed"])
            for f in json.loads(entry.findings)
            if (text := _text(f["text"])) is not None
        ),
        snapshot_sha256=entry.snapshot_sha256,
        version=entry.version,
    )


def named(name_ja: str, name_en: str) -> Localized:
    """Return an organisation's name; the English one may be missing."""
    return Localized({"ja": name_ja, **({"en": name_en} if name_en else {})})
