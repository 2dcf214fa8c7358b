"""Shortlist, decision, release: each on record with all it rests on, never changed after."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.models import AwardCycle, Category, Decision, Entry
from jpmirai_compliance.awards.queries import results
from jpmirai_compliance.awards.queries.cycles import category_view, cycle_view
from jpmirai_compliance.awards.queries.results import DecisionView, latest
from jpmirai_compliance.awards.rules import EntryState, Outcome, Stage
from jpmirai_compliance.awards.service.rows import (
    approvers,
    category_row,
    cycle_row,
    same_version,
)
from jpmirai_compliance.foundation import audit, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete, NotPermitted
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Text


def shortlist(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    category_id: uuid.UUID,
    reason: str,
    now: dt.datetime,
    version: int | None = None,
) -> uuid.UUID:
    """Fix the shortlist of a category by the published rules; returns the decision's id.

    Possible when every review is in, or after judging has closed; scores stay as they are from
    then on. NotPermitted with a conflict of interest, Incomplete without a reason, Conflict if
    the category's newest decision is not the one that was seen (its number, 0 for none).
    """
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    cycle, category = _undecided(uow, actor, year, category_id)
    _require_seen(uow, category, version)
    _require_reason(reason)
    basis = results.basis(uow, cycle_view(cycle), category_view(category))
    result = rules.recompute(basis)
    if now < cycle.judging_close and (result["below_quorum"] or _pending(uow, category.id)):
        raise DomainError(
            Text(
                "Reviews are still missing. The shortlist is possible when all are in,"
                " or from %(end)s.",
                {"end": cycle.judging_close},
            )
        )
    named = result["shortlist"]
    row = _decision(uow, actor, category, Stage.SHORTLIST, named, basis, reason, now)
    _record(uow, Event.AWARD_SHORTLISTED, actor, now, category, row)
    return row.id


def decide(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    category_id: uuid.UUID,
    named: Sequence[uuid.UUID],
    reason: str,
    now: dt.datetime,
    version: int | None = None,
) -> uuid.UUID:
    """Name the winners out of shortlist and reserve, or nobody: no award. Returns the id.

    DomainError without a shortlist, or if scores, conflicts or entries changed since; Incomplete
    for a name that is not on the shortlist, or without a reason; Conflict as ``shortlist``.
    """
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    cycle, category = _undecided(uow, actor, year, category_id)
    _require_seen(uow, category, version)
    _require_reason(reason)
    listed = latest(results.decisions(uow, [category.id]), Stage.SHORTLIST)
    if listed is None:
        raise DomainError(Text("Make the shortlist first."))
    basis = results.basis(uow, cycle_view(cycle), category_view(category))
    if basis != dict(listed.basis):
        raise DomainError(
            Text("Something changed since the shortlist was made. Please make the shortlist again.")
        )
    order = [*listed.result["shortlist"], *listed.result["reserve"]]
    chosen = [str(i) for i in named]
    if not set(chosen) <= set(order):
        text = Text("Choose winners from the shortlist or the reserve.")
        raise Incomplete(text, [Gap(text, "named")])
    winners = [i for i in order if i in chosen]
    final = {**basis, "decision": {"named": winners, "shortlist": listed.sha256}}
    row = _decision(uow, actor, category, Stage.FINAL, winners, final, reason, now)
    _record(uow, Event.AWARD_DECIDED, actor, now, category, row)
    return row.id


def release(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    version: int,
    base_url: str,
    now: dt.datetime,
) -> None:
    """Open the winners' page and mail every entrant; needs a second person.

    Incomplete while a category with entries is undecided, NotPermitted for whoever decided one,
    DomainError if released already.
    """
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    cycle = cycle_row(uow, year)
    _require_unreleased(cycle)
    same_version(cycle.version, version)
    final = _finals(uow, cycle.id)
    if any(d.decided_by == actor.user_id for d in final.values()):
        raise NotPermitted(
            Text(
                "You decided one of these awards. Another person of the secretariat releases them."
            )
        )
    cycle.released_at, cycle.released_by = now, actor.user_id
    _tell_entrants(uow, final, base_url, now)
    audit.record(
        uow,
        Event.AWARD_DECIDED,
        actor=actor,
        now=now,
        subject=f"award-cycle:{year}",
        data={"released": True, "decisions": sorted(d.sha256 for d in final.values())},
    )


def _undecided(
    uow: UnitOfWork, actor: Actor, year: int, category_id: uuid.UUID
) -> tuple[AwardCycle, Category]:
    cycle, category = category_row(uow, year, category_id)
    _require_unreleased(cycle)
    if why := results.withheld(uow, actor=actor, category_id=category.id):
        raise NotPermitted(why)
    return cycle, category


def _require_unreleased(cycle: AwardCycle) -> None:
    if cycle.released_at is not None:
        raise DomainError(Text("The results of this year are released. Nothing changes any more."))


def _require_seen(uow: UnitOfWork, category: Category, version: int | None) -> None:
    if version is not None:
        same_version(len(results.decisions(uow, [category.id])), version)


def _require_reason(reason: str) -> None:
    if not reason:
        text = Text("Give the reason for the decision.")
        raise Incomplete(text, [Gap(text, "reason")])


def _pending(uow: UnitOfWork, category_id: uuid.UUID) -> bool:
    return results.open_reviews(uow, category_id) > 0


def _decision(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    actor: Actor,
    category: Category,
    stage: Stage,
    named: Sequence[str],
    basis: Mapping[str, Any],
    reason: str,
    now: dt.datetime,
) -> Decision:
    before = results.decisions(uow, [category.id])
    text = rules.canonical(basis)
    row = Decision(
        category_id=category.id,
        ordinal=len(before) + 1,
        stage=stage,
        outcome=Outcome.NAMED if named else Outcome.NO_AWARD,
        named=json.dumps(list(named)),
        basis=text,
        sha256=rules.digest(text),
        result=rules.canonical(rules.recompute(basis)),
        reason=reason,
        decided_at=now,
        decided_by=actor.user_id,
        previous_id=before[-1].id if before else None,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def _finals(uow: UnitOfWork, cycle_id: uuid.UUID) -> dict[uuid.UUID, DecisionView]:
    """Return the final decision of each category with entries; Incomplete if one has none."""
    query = (
        select(Category)
        .join(Entry, col(Entry.category_id) == col(Category.id))
        .where(col(Category.cycle_id) == cycle_id, col(Entry.state) == EntryState.ENTERED)
        .order_by(col(Category.position))
    )
    with_entries = {c.id: c for c in uow.session.exec(query)}
    by_category: dict[uuid.UUID, list[DecisionView]] = {}
    for decision in results.decisions(uow, with_entries):
        by_category.setdefault(decision.category_id, []).append(decision)
    found = {c: latest(by_category.get(c, []), Stage.FINAL) for c in with_entries}
    gaps = [
        Gap(Text("%(category)s: not decided yet.", {"category": category_view(row).name}))
        for c, row in with_entries.items()
        if found[c] is None
    ]
    if gaps or not found:
        raise Incomplete(Text("The results cannot be released yet."), gaps)
    return {c: d for c, d in found.items() if d is not None}


def _tell_entrants(
    uow: UnitOfWork, final: Mapping[uuid.UUID, DecisionView], base_url: str, now: dt.datetime
) -> None:
    query = select(Entry).where(
        col(Entry.category_id).in_(list(final)), col(Entry.state) == EntryState.ENTERED
    )
    for entry in uow.session.exec(query.order_by(col(Entry.id))).all():
        won = entry.id in final[entry.category_id].named
        for person in approvers(uow, entry.org_id):
            mail.queue(
                uow,
                kind="award-result",
                recipient=person.email,
                locale=person.locale,
                subject=Text("The award results are out"),
                paragraphs=[
                    Text("Your entry “%(title)s”:", {"title": entry.title}),
                    Text("It receives an award. Congratulations.")
                    if won
                    else Text("It was not chosen this year. Thank you for taking part."),
                    f"{base_url}/{person.locale}/awards",
                ],
                now=now,
                org_id=entry.org_id,
                key=f"award-result:{entry.id}:{person.user_id}",
            )


def _record(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    event: Event,
    actor: Actor,
    now: dt.datetime,
    category: Category,
    row: Decision,
) -> None:
    audit.record(
        uow,
        event,
        actor=actor,
        now=now,
        subject=f"award-category:{category.id}",
        data={"decision": str(row.id), "stage": row.stage.value, "sha256": row.sha256},
    )
