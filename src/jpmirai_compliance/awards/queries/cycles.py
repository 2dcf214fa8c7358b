"""Award years, their categories and their rubric."""

import json
import uuid
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import col, select

from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.models import AwardCycle, Category, Criterion
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.text import Localized


@dataclass(frozen=True, slots=True)
class CycleView:
    """One award year."""

    id: uuid.UUID
    year: int
    round_id: uuid.UUID
    calendar: rules.Calendar
    reserve: int
    discuss_spread: Fraction
    version: int


@dataclass(frozen=True, slots=True)
class CategoryView:
    """One category and the rule of who may enter."""

    id: uuid.UUID
    cycle_id: uuid.UUID
    code: str
    name: Localized
    initiative: str
    rule: rules.CategoryRule
    quota: int
    reviews_needed: int
    version: int


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One criterion; ``anchors[0]`` is level 1."""

    id: uuid.UUID
    code: str
    name: Localized
    weight: int
    anchors: tuple[Localized, ...]
    na_allowed: bool

    @property
    def weighted(self) -> rules.Weighted:
        """The criterion as the sums see it."""
        return rules.Weighted(self.code, self.weight)


def cycles(uow: UnitOfWork) -> tuple[CycleView, ...]:
    """Return the award years, newest first, at most 50."""
    query = select(AwardCycle).order_by(col(AwardCycle.year).desc()).limit(50)
    return tuple(cycle_view(row) for row in uow.session.exec(query))


def newest(uow: UnitOfWork) -> CycleView | None:
    """Return the newest award year, or None before the first."""
    return next(iter(cycles(uow)), None)


def cycle(uow: UnitOfWork, year: int) -> CycleView:
    """Return one award year; NotFound."""
    row = uow.session.exec(select(AwardCycle).where(col(AwardCycle.year) == year)).one_or_none()
    if row is None:
        raise NotFound
    return cycle_view(row)


def categories(uow: UnitOfWork, cycle_id: uuid.UUID) -> tuple[CategoryView, ...]:
    """Return a year's categories in their order."""
    query = (
        select(Category).where(col(Category.cycle_id) == cycle_id).order_by(col(Category.position))
    )
    return tuple(category_view(row) for row in uow.session.exec(query))


def category(uow: UnitOfWork, year: int, category_id: uuid.UUID) -> tuple[CycleView, CategoryView]:
    """Return a category through its year, and the year; NotFound."""
    query = (
        select(AwardCycle, Category)
        .join(Category, col(Category.cycle_id) == col(AwardCycle.id))
        .where(col(AwardCycle.year) == year, col(Category.id) == category_id)
    )
    found = uow.session.exec(query).one_or_none()
    if found is None:
        raise NotFound
    return cycle_view(found[0]), category_view(found[1])


def criteria(uow: UnitOfWork, cycle_id: uuid.UUID) -> tuple[CriterionView, ...]:
    """Return a year's criteria in their order, which is the order of the tie-break."""
    query = (
        select(Criterion)
        .where(col(Criterion.cycle_id) == cycle_id)
        .order_by(col(Criterion.position))
    )
    return tuple(_criterion_view(row) for row in uow.session.exec(query))


def cycle_view(row: AwardCycle) -> CycleView:
    """Return a row as a frozen value."""
    return CycleView(
        id=row.id,
        year=row.year,
        round_id=row.round_id,
        calendar=rules.Calendar(
            row.entries_open,
            row.entries_close,
            row.judging_open,
            row.judging_close,
            row.released_at,
        ),
        reserve=row.reserve,
        discuss_spread=Fraction(row.discuss_spread),
        version=row.version,
    )


def category_view(row: Category) -> CategoryView:
    """Return a row as a frozen value."""
    return CategoryView(
        id=row.id,
        cycle_id=row.cycle_id,
        code=row.code,
        name=Localized({"ja": row.name_ja, "en": row.name_en}),
        initiative=row.initiative,
        rule=rules.rule_from_dict(json.loads(row.rule)),
        quota=row.quota,
        reviews_needed=row.reviews_needed,
        version=row.version,
    )


def _criterion_view(row: Criterion) -> CriterionView:
    return CriterionView(
        id=row.id,
        code=row.code,
        name=Localized({"ja": row.name_ja, "en": row.name_en}),
        weight=row.weight,
        anchors=tuple(Localized(a) for a in json.loads(row.anchors)),
        na_allowed=row.na_allowed,
    )
