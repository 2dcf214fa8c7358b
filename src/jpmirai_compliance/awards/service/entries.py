"""Entries: one's own, proposed by the secretariat and accepted by the nominee, withdrawn."""

import datetime as dt
import uuid

from sqlmodel import col, select

from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.models import AwardCycle, Category, Entry, Scorecard
from jpmirai_compliance.awards.queries import eligible
from jpmirai_compliance.awards.queries.cycles import category_view, cycle_view
from jpmirai_compliance.awards.queries.eligible import Facts
from jpmirai_compliance.awards.queries.entries import findings_as_json, text_as_json
from jpmirai_compliance.awards.rules import EntryState, Source
from jpmirai_compliance.awards.service.rows import approvers, category_row, entry_row, same_version
from jpmirai_compliance.foundation import audit, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete, NotFound
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Actor,
    Of,
    Permission,
    authorize,
)
from jpmirai_compliance.foundation.text import Text


def propose(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    category_id: uuid.UUID,
    org_id: uuid.UUID,
    source: Source,
    base_url: str,
    now: dt.datetime,
) -> uuid.UUID:
    """Nominate a member, or take up a suggestion of the figures; asks the member for consent.

    DomainError outside the time for entries, if there is an entry already, or for a suggestion
    that the figures do not make; Incomplete with the rules that are not met.
    """
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    cycle, category = category_row(uow, year, category_id)
    _require_time(cycle, now)
    old = entry_row(uow, category.id, org_id)
    if old is not None and old.state is not EntryState.WITHDRAWN:
        raise DomainError(Text("This member already has an entry in this category."))
    fired = _fired(uow, year, category, org_id) if source is Source.SUGGESTED else None
    facts = _facts(uow, year, org_id)
    entry = _frozen(old, category, facts, source, actor, now)
    _require_eligible(entry, category, facts, consented=False)
    entry.fired = text_as_json(fired)
    entry.state = _moved(old, EntryState.PROPOSED)
    uow.session.add(entry)
    uow.session.flush()
    _tell_nominee(uow, category, org_id, base_url, now)
    _record(uow, Event.AWARD_ENTERED, actor, now, entry, category)
    return entry.id


def enter(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    category_id: uuid.UUID,
    title: str,
    statement: str,
    consent: bool,
    now: dt.datetime,
    version: int | None = None,
) -> uuid.UUID:
    """Enter the actor's own organisation, or accept the secretariat's proposal; returns the id.

    What is judged is the newest accepted snapshot, kept by id and hash. Incomplete without title,
    statement or consent, or with the rules that are not met; DomainError outside the time for
    entries. Entering twice changes title and statement as long as entries are taken and no
    reviewer has opened the entry: all judge the same one. ``version`` is which state of the entry
    the page showed (0: none yet; None: there was no page); Conflict if it is another by now.
    """
    authorize(actor, Permission.AWARD_ENTER, Of(actor.org_id))
    if actor.org_id is None:
        raise NotFound
    cycle, category = category_row(uow, year, category_id)
    _require_time(cycle, now)
    _require_said(title, statement, consent=consent)
    old = entry_row(uow, category.id, actor.org_id)
    if old is not None and old.state is EntryState.ENTERED and _opened(uow, old.id):
        return _as_it_is(old, title, statement)
    if version is not None:
        same_version(old.version if old else 0, version)
    source = old.source if old is not None and old.state is not EntryState.WITHDRAWN else Source.OWN
    facts = _facts(uow, year, actor.org_id)
    entry = _frozen(old, category, facts, source, actor, now)
    _require_eligible(entry, category, facts, consented=True)
    entry.title, entry.statement = title, statement
    entry.consent_at, entry.consent_by = now, actor.user_id
    entry.state = _moved(old, EntryState.ENTERED)
    uow.session.add(entry)
    uow.session.flush()
    _record(uow, Event.AWARD_ENTERED, actor, now, entry, category)
    return entry.id


def withdraw(
    uow: UnitOfWork, *, actor: Actor, year: int, category_id: uuid.UUID, now: dt.datetime
) -> None:
    """Take the actor's own entry back, or decline a nomination, as long as entries are taken."""
    authorize(actor, Permission.AWARD_ENTER, Of(actor.org_id))
    cycle, category = category_row(uow, year, category_id)
    entry = entry_row(uow, category.id, actor.org_id) if actor.org_id else None
    if entry is None:
        raise NotFound
    _require_time(cycle, now)
    entry.state = _moved(entry, EntryState.WITHDRAWN)
    entry.withdrawn_at = now
    _record(uow, Event.AWARD_ENTERED, actor, now, entry, category)


def _opened(uow: UnitOfWork, entry_id: uuid.UUID) -> bool:
    query = select(Scorecard.id).where(col(Scorecard.entry_id) == entry_id)
    return uow.session.exec(query.limit(1)).first() is not None


def _as_it_is(entry: Entry, title: str, statement: str) -> uuid.UUID:
    """Return the entry's id if this is what it says already; else DomainError."""
    if (entry.title, entry.statement) != (title, statement):
        raise DomainError(
            Text("Reviewers have begun to read this entry. It cannot be changed any more.")
        )
    return entry.id


def _facts(uow: UnitOfWork, year: int, org_id: uuid.UUID) -> Facts:
    found = eligible.facts(uow, year, org_id)
    if not found:
        raise NotFound
    return found[0]


def _fired(uow: UnitOfWork, year: int, category: Category, org_id: uuid.UUID) -> Text:
    members = eligible.facts(uow, year)
    for found in eligible.suggested(uow, year, category_view(category), members):
        if found.org_id == org_id:
            return found.suggestion.text
    raise DomainError(Text("The figures do not suggest this member any more."))


def _frozen(  # noqa: PLR0913, PLR0917 -- private
    old: Entry | None,
    category: Category,
    facts: Facts,
    source: Source,
    actor: Actor,
    now: dt.datetime,
) -> Entry:
    """Return the entry bound to the newest accepted snapshot; Incomplete if there is none."""
    if facts.snapshot is None:
        _refuse(rules.eligibility(category_view(category).rule, facts.candidate()))
        raise NotFound
    entry = old or Entry(
        org_id=facts.org_id,
        category_id=category.id,
        snapshot_id=facts.snapshot.id,
        snapshot_sha256=facts.snapshot.sha256,
        source=source,
        state=EntryState.PROPOSED,
        proposed_at=now,
        proposed_by=actor.user_id,
    )
    entry.source = source
    entry.snapshot_id, entry.snapshot_sha256 = facts.snapshot.id, facts.snapshot.sha256
    return entry


def _require_eligible(entry: Entry, category: Category, facts: Facts, *, consented: bool) -> None:
    rule = category_view(category).rule
    findings = rules.eligibility(rule, facts.candidate(consented=consented))
    if not rules.eligible(findings, before_consent=not consented):
        _refuse(findings)
    entry.findings = findings_as_json(findings)


def _refuse(findings: tuple[rules.Finding, ...]) -> None:
    gaps = [Gap(f.text) for f in findings if not f.passed and f.code != "consent"]
    raise Incomplete(Text("This member cannot be entered in this category."), gaps)


def _require_time(cycle: AwardCycle, now: dt.datetime) -> None:
    calendar = cycle_view(cycle).calendar
    if not calendar.takes_entries(now):
        raise DomainError(
            Text(
                "Entries are taken from %(start)s to %(end)s.",
                {"start": calendar.entries_open, "end": calendar.entries_close},
            )
        )


def _require_said(title: str, statement: str, *, consent: bool) -> None:
    gaps = []
    if not title:
        gaps.append(Gap(Text("Enter a title for the initiative."), "title"))
    if not statement:
        gaps.append(Gap(Text("Say what was done and what changed."), "statement"))
    if not consent:
        gaps.append(Gap(Text("Confirm that your organisation consents to the entry."), "consent"))
    if gaps:
        raise Incomplete(Text("The entry is not finished yet."), gaps)


def _moved(old: Entry | None, target: EntryState) -> EntryState:
    if old is not None and old.state is not target and (old.state, target) not in rules.MOVES:
        raise DomainError(Text("This entry cannot be changed like that."))
    return target


def _tell_nominee(
    uow: UnitOfWork, category: Category, org_id: uuid.UUID, base_url: str, now: dt.datetime
) -> None:
    name = category_view(category).name
    for person in approvers(uow, org_id):
        mail.queue(
            uow,
            kind="award-nominated",
            recipient=person.email,
            locale=person.locale,
            subject=Text("Nominated for an award: please answer"),
            paragraphs=[
                Text("Your organisation was nominated in this category:"),
                name,
                Text("It takes part only if you agree. Please accept or decline here:"),
                f"{base_url}/m/awards/{category.id}",
            ],
            now=now,
            org_id=org_id,
        )


def _record(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    event: Event,
    actor: Actor,
    now: dt.datetime,
    entry: Entry,
    category: Category,
) -> None:
    audit.record(
        uow,
        event,
        actor=actor,
        now=now,
        subject=f"award-entry:{entry.id}",
        org_id=entry.org_id,
        data={
            "category": category.code,
            "source": entry.source.value,
            "state": entry.state.value,
            "snapshot": entry.snapshot_sha256,
        },
    )
