"""What the secretariat does with an edition of the bank: clone, change, publish."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments.models import BankEdition
from jpmirai_compliance.assessments.queries import editions as queries
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import Competing, Conflict, DomainError, NotFound
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import Edition, drafting, editions, load_edition, register
from jpmirai_compliance.principles.data import canonical, digest
from jpmirai_compliance.principles.drafting import Entry

#: Drafts at one time; more are a sign that old ones should be discarded.
DRAFTS_MAX = 20


def clone(uow: UnitOfWork, *, actor: Actor, source: str, now: dt.datetime) -> str:
    """Make a draft with the content of any edition and return its id.

    Raises NotPermitted, NotFound, DomainError if there are too many drafts.
    """
    found = queries.edition(uow, actor=actor, edition_id=source)
    if found.state is queries.EditionState.DRAFT:  # its new ids could vanish with it
        raise DomainError(Text("Only an edition that no longer changes can be cloned."))
    lock(uow, "editions")
    rows = uow.session.exec(select(BankEdition.id, BankEdition.published_at)).all()
    if sum(published is None for _id, published in rows) >= DRAFTS_MAX:
        raise DomainError(Text("There are too many drafts. Discard one first."))
    taken = {*editions(), *(known for known, _published in rows)}
    edition_id = drafting.next_edition_id(now.astimezone(TOKYO).year, taken)
    body = drafting.clone(found.text, edition_id)
    row = BankEdition(
        id=edition_id,
        based_on=found.id,
        body=body,
        sha256=digest(body),
        created_at=now,
        created_by=actor.user_id,
        changed_at=now,
        changed_by=actor.user_id,
    )
    uow.session.add(row)
    uow.session.flush()
    _record(uow, Event.EDITION_CHANGED, row, actor, now, {"cloned": source})
    return edition_id


def save_indicator(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    edition_id: str,
    indicator_id: str,
    entry: Entry,
    token: str,
    now: dt.datetime,
) -> None:
    """Change one indicator of a draft that was seen as ``token``; nothing if it is the same.

    Raises NotFound, NotPermitted, DomainError if it is published, ``BankError`` naming what is
    wrong, Conflict with both contents if somebody else changed this indicator meanwhile.
    """
    row = _draft(uow, actor, edition_id)
    stored = drafting.entry_of(row.body, indicator_id)
    if stored is None:
        raise NotFound
    kept = replace(entry, indicator=_with_until(entry, stored))
    if kept.token == stored.token:
        return
    if token != stored.token:
        raise Conflict(_both(uow, row, kept, stored))
    _store(uow, row, drafting.with_entry(row.body, indicator_id, kept), actor, now)
    _record(uow, Event.EDITION_CHANGED, row, actor, now, {"indicator": indicator_id})


def add_indicator(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    edition_id: str,
    principle: int,
    entry: Entry,
    now: dt.datetime,
) -> str:
    """Add an indicator to a draft under an id that nobody has used; return the id.

    Raises as ``save_indicator``.
    """
    row = _draft(uow, actor, edition_id)
    bodies = uow.session.exec(select(BankEdition.body)).all()
    known = [*map(load_edition, editions()), *map(queries.parsed, bodies)]
    indicator_id = drafting.next_indicator_id(principle, known)
    _store(uow, row, drafting.with_entry(row.body, indicator_id, entry), actor, now)
    _record(uow, Event.EDITION_CHANGED, row, actor, now, {"added": indicator_id})
    return indicator_id


def set_asked(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    edition_id: str,
    indicator_id: str,
    asked: bool,
    version: int | None = None,
    now: dt.datetime,
) -> bool:
    """Retire an indicator from a draft on, or ask it again; return whether it is still listed.

    One that no earlier edition asked is removed instead. Raises NotFound, NotPermitted,
    DomainError if the draft is published or an earlier edition retired it for good, Conflict if
    the draft has changed since ``version``: a text that nobody read must not go.
    """
    row = _draft(uow, actor, edition_id)
    if version is not None and row.version != version:
        raise Conflict
    entry = drafting.entry_of(row.body, indicator_id)
    if entry is None:
        raise NotFound
    if not asked and indicator_id not in _ids(load_edition(row.based_on)):
        _store(uow, row, drafting.without_entry(row.body, indicator_id), actor, now)
        _record(uow, Event.EDITION_CHANGED, row, actor, now, {"removed": indicator_id})
        return False
    indicator = {key: value for key, value in entry.indicator.items() if key != "until"}
    if not asked:
        indicator["until"] = entry.indicator.get("until", edition_id)
    changed = replace(entry, indicator=indicator)
    if changed.token != entry.token:
        _store(uow, row, drafting.with_entry(row.body, indicator_id, changed), actor, now)
        action = "asked_again" if asked else "retired"
        _record(uow, Event.EDITION_CHANGED, row, actor, now, {action: indicator_id})
    return True


def import_files(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    edition_id: str,
    files: Mapping[str, str],
    version: int,
    now: dt.datetime,
) -> bool:
    """Replace some files of a draft that was seen at ``version``; return whether it changed.

    Raises as ``save_indicator``; a wrong file changes nothing.
    """
    row = _draft(uow, actor, edition_id)
    if row.version != version:
        raise Conflict((), Text("Somebody else changed this draft. Download it again first."))
    body = drafting.with_files(row.body, files)
    found = queries.parsed(body)
    if found.id != edition_id:
        raise drafting.other_id(edition_id)
    if body == row.body:
        return False
    drafting.check_draft(found, load_edition(row.based_on), _fixed(uow))
    _store(uow, row, body, actor, now)
    _record(uow, Event.EDITION_CHANGED, row, actor, now, {"files": sorted(files)})
    return True


def publish(
    uow: UnitOfWork, *, actor: Actor, edition_id: str, version: int, now: dt.datetime
) -> None:
    """Fix a draft for ever, so that rounds can use it.

    Raises NotFound, NotPermitted, Conflict if it changed since ``version``, ``BankError`` if an
    id was lost or reused, DomainError if it is published already or equals what it came from.
    """
    row = _draft(uow, actor, edition_id)
    if row.version != version:
        raise Conflict((), Text("Somebody else changed this draft. Look at the differences again."))
    base = load_edition(row.based_on)
    if drafting.clone(row.body, base.id) == canonical(base):
        raise DomainError(Text("Nothing differs from the edition it came from yet."))
    drafting.check_draft(queries.parsed(row.body), base, _fixed(uow))
    row.published_at, row.published_by = now, actor.user_id
    uow.session.add(row)
    uow.session.flush()
    data = {"sha256": row.sha256, "based_on": row.based_on}
    _record(uow, Event.EDITION_PUBLISHED, row, actor, now, data)
    uow.after_commit(partial(_made_known, row.body))


def _made_known(body: str) -> None:
    register(body)


def discard(
    uow: UnitOfWork, *, actor: Actor, edition_id: str, version: int, now: dt.datetime
) -> None:
    """Delete a draft; raises as ``publish``."""
    row = _draft(uow, actor, edition_id)
    if row.version != version:
        raise Conflict((), Text("Somebody else changed this draft. Look at the differences again."))
    _record(uow, Event.EDITION_CHANGED, row, actor, now, {"discarded": True})
    uow.session.delete(row)
    uow.session.flush()


def _draft(uow: UnitOfWork, actor: Actor, edition_id: str) -> BankEdition:
    """Return the row under the editions' lock, after authorising."""
    authorize(actor, Permission.EDITION_MANAGE, SECRETARIAT_ITSELF)
    lock(uow, "editions")
    query = select(BankEdition).where(col(BankEdition.id) == edition_id)
    row = uow.session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if row is None and edition_id not in editions():
        raise NotFound
    if row is None or row.published_at is not None:
        raise DomainError(Text("A published edition never changes. Clone it to a draft."))
    return row


def _store(uow: UnitOfWork, row: BankEdition, body: str, actor: Actor, now: dt.datetime) -> None:
    drafting.check_draft(queries.parsed(body), load_edition(row.based_on), ())
    row.body, row.sha256 = body, digest(body)
    row.changed_at, row.changed_by = now, actor.user_id
    uow.session.add(row)
    uow.session.flush()


def _fixed(uow: UnitOfWork) -> list[Edition]:
    return [load_edition(known) for known in queries.known_ids(uow)]


def _ids(edition: Edition) -> set[str]:
    return {indicator.id for indicator in edition.indicators}


def _with_until(entry: Entry, stored: Entry) -> dict[str, object]:
    """Return the indicator as typed; being retired is no text and is not typed."""
    until = stored.indicator.get("until")
    return {**entry.indicator, **({"until": until} if until else {})}


def _both(uow: UnitOfWork, row: BankEdition, mine: Entry, theirs: Entry) -> list[Competing]:
    person = accounts.person(uow, row.changed_by)
    name = person.name if person else ""
    ours, others = drafting.flat(mine), drafting.flat(theirs)
    return [
        Competing(key, ours.get(key, ""), others.get(key, ""), name, row.changed_at)
        for key in dict.fromkeys((*ours, *others))
        if ours.get(key, "") != others.get(key, "")
    ]


def _record(  # noqa: PLR0913, PLR0917 -- one line at every call
    uow: UnitOfWork,
    event: Event,
    row: BankEdition,
    actor: Actor,
    now: dt.datetime,
    data: Mapping[str, object],
) -> None:
    audit.record(uow, event, actor=actor, now=now, subject=f"edition:{row.id}", data=data)
