"""The secretariat opens an award year and edits its dates, categories and weights."""

import datetime as dt
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col, select

from jpmirai_compliance.assessments.queries.member import round_of
from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.models import AwardCycle, Category, Criterion, Entry, Score
from jpmirai_compliance.awards.rules.defaults import Group, Initiative
from jpmirai_compliance.awards.service.rows import category_row, cycle_row, same_version
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized, Text

QUOTA_MAX = 50
REVIEWS_MAX = 9
WEIGHT_MAX = 10


@dataclass(frozen=True, slots=True)
class CategoryChange:
    """What the secretariat may change about a category; no ``sizes`` means every size."""

    name_ja: str
    name_en: str
    quota: int
    reviews_needed: int
    kinds: tuple[str, ...]
    sizes: tuple[str, ...]


def open_cycle(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    calendar: rules.Calendar,
    initiatives: Collection[str] = ("a", "b", "c", "d", "e"),
    groups: Collection[str] = ("1", "2", "3", "4", "5", "6"),
    now: dt.datetime,
) -> uuid.UUID:
    """Make an award year with the default categories and rubric; returns its id.

    NotFound without an assessment round of that year, DomainError if there is one already,
    Incomplete for dates out of order or nothing chosen.
    """
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    lock(uow, "awards:open")
    _require_order(calendar)
    given = rules.defaults()
    chosen = [i for i in given.initiatives.values() if i.code in initiatives]
    members = [g for g in given.groups.values() if g.code in groups]
    if not chosen or not members:
        text = Text("Choose at least one kind of initiative and one kind of member.")
        raise Incomplete(text, [Gap(text, "initiatives")])
    if uow.session.exec(select(AwardCycle.id).where(col(AwardCycle.year) == year)).first():
        raise DomainError(Text("The awards of %(year)s are open already.", {"year": str(year)}))
    cycle = _new_cycle(actor, year, round_of(uow, year).id, calendar, now)
    uow.session.add(cycle)
    uow.session.flush()
    pairs = [(i, g) for i in chosen for g in members]
    uow.session.add_all(_category(cycle.id, i, g, n) for n, (i, g) in enumerate(pairs))
    uow.session.add_all(_criteria(cycle.id))
    _record(
        uow, actor, now, year, {"opened": True, "categories": [i.code + g.code for i, g in pairs]}
    )
    return cycle.id


def change_cycle(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    calendar: rules.Calendar,
    version: int,
    now: dt.datetime,
) -> None:
    """Move the dates of a year that is not released; Incomplete if out of order, Conflict."""
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    row = cycle_row(uow, year)
    same_version(row.version, version)
    _require_unreleased(row)
    _require_order(calendar)
    row.entries_open, row.entries_close = calendar.entries_open, calendar.entries_close
    row.judging_open, row.judging_close = calendar.judging_open, calendar.judging_close
    dates = (row.entries_open, row.entries_close, row.judging_open, row.judging_close)
    _record(uow, actor, now, year, {"dates": [d.isoformat() for d in dates]})


def change_category(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    category_id: uuid.UUID,
    change: CategoryChange,
    version: int,
    now: dt.datetime,
) -> None:
    """Change a category of a year that is not released; Incomplete, Conflict."""
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    cycle, row = category_row(uow, year, category_id)
    same_version(row.version, version)
    _require_unreleased(cycle)
    _require_sound(change)
    old = rules.rule_from_dict(json.loads(row.rule))
    rule = rules.CategoryRule(change.kinds, change.sizes, old.principle, old.supply_chain)
    row.name_ja, row.name_en = change.name_ja, change.name_en
    row.quota, row.reviews_needed = change.quota, change.reviews_needed
    row.rule = json.dumps(rule.as_dict())
    data: dict[str, object] = {
        "category": row.code,
        "quota": row.quota,
        "reviews": row.reviews_needed,
        "kinds": list(change.kinds),
        "sizes": list(change.sizes),
    }
    _record(uow, actor, now, year, data)


def remove_category(
    uow: UnitOfWork, *, actor: Actor, year: int, category_id: uuid.UUID, now: dt.datetime
) -> None:
    """Take a category without entries out of a year; DomainError if it has one."""
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    cycle, row = category_row(uow, year, category_id)
    _require_unreleased(cycle)
    query = select(Entry.id).where(col(Entry.category_id) == row.id)
    if uow.session.exec(query.limit(1)).first() is not None:
        raise DomainError(Text("This category has entries and cannot be removed."))
    uow.session.delete(row)
    _record(uow, actor, now, year, {"removed": row.code})


def change_weights(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    weights: Mapping[str, int],
    version: int,
    now: dt.datetime,
) -> None:
    """Set criteria's weights, 1 to 10 by code; Conflict, DomainError once somebody has scored."""
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    cycle = cycle_row(uow, year)
    same_version(cycle.version, version)
    query = select(Criterion).where(col(Criterion.cycle_id) == cycle.id)
    criteria = {c.code: c for c in uow.session.exec(query)}
    ids = [c.id for c in criteria.values()]
    scored = select(Score.id).where(col(Score.criterion_id).in_(ids)).limit(1)
    if uow.session.exec(scored).first() is not None:
        raise DomainError(Text("Scores have been given. The weights stay as they are."))
    if any(c not in criteria or not 1 <= w <= WEIGHT_MAX for c, w in weights.items()):
        text = Text("A weight is a whole number from 1 to 10.")
        raise Incomplete(text, [Gap(text, "weights")])
    for code, weight in weights.items():
        criteria[code].weight = weight
    flag_modified(cycle, "year")  # the weights are part of the year: its version rises
    uow.session.flush()
    _record(uow, actor, now, year, {"weights": dict(weights)})


def _require_order(calendar: rules.Calendar) -> None:
    if not calendar.in_order:
        text = Text("Put the dates in order: each period ends after it begins, judging ends last.")
        raise Incomplete(text, [Gap(text, "entries_open")])


def _require_unreleased(row: AwardCycle) -> None:
    if row.released_at is not None:
        raise DomainError(Text("The results of this year are released. Nothing changes any more."))


def _require_sound(change: CategoryChange) -> None:
    gaps = []
    if not change.name_ja or not change.name_en:
        gaps.append(Gap(Text("Enter the name in both languages."), "name_ja"))
    if not 1 <= change.quota <= QUOTA_MAX:
        gaps.append(Gap(Text("Enter a quota from 1 to 50."), "quota"))
    if not 1 <= change.reviews_needed <= REVIEWS_MAX:
        gaps.append(Gap(Text("Enter a number of reviewers from 1 to 9."), "reviews_needed"))
    if not change.kinds:
        gaps.append(Gap(Text("Choose at least one kind of member."), "kinds"))
    if gaps:
        raise Incomplete(Text("This cannot be saved yet."), gaps)


def _new_cycle(
    actor: Actor, year: int, round_id: uuid.UUID, calendar: rules.Calendar, now: dt.datetime
) -> AwardCycle:
    return AwardCycle(
        year=year,
        round_id=round_id,
        entries_open=calendar.entries_open,
        entries_close=calendar.entries_close,
        judging_open=calendar.judging_open,
        judging_close=calendar.judging_close,
        reserve=rules.defaults().reserve,
        discuss_spread=str(rules.defaults().discuss_spread),
        created_at=now,
        created_by=actor.user_id,
    )


def _category(cycle_id: uuid.UUID, initiative: Initiative, group: Group, position: int) -> Category:
    name = rules.category_name(initiative, group)
    rule = rules.CategoryRule(
        group.kinds, group.sizes, initiative.principle, initiative.supply_chain
    )
    return Category(
        cycle_id=cycle_id,
        code=initiative.code + group.code,
        name_ja=name.pick("ja"),
        name_en=name.pick("en"),
        initiative=initiative.code,
        rule=json.dumps(rule.as_dict()),
        quota=rules.defaults().quota,
        reviews_needed=rules.defaults().reviews_needed,
        position=position,
    )


def _criteria(cycle_id: uuid.UUID) -> list[Criterion]:
    return [
        Criterion(
            cycle_id=cycle_id,
            code=c.code,
            name_ja=c.name.pick("ja"),
            name_en=c.name.pick("en"),
            weight=c.weight,
            position=position,
            anchors=json.dumps([_texts(a) for a in c.anchors], ensure_ascii=False),
            na_allowed=c.na_allowed,
        )
        for position, c in enumerate(rules.defaults().criteria)
    ]


def _texts(value: Localized) -> dict[str, str]:
    return dict(value.texts)


def _record(
    uow: UnitOfWork, actor: Actor, now: dt.datetime, year: int, data: Mapping[str, object]
) -> None:
    audit.record(
        uow,
        Event.AWARD_CYCLE_CHANGED,
        actor=actor,
        now=now,
        subject=f"award-cycle:{year}",
        data=data,
    )
