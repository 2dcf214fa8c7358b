"""The scores of finished checks in rows of their own, and where most members of a group stand."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlmodel import col, delete, select

from jpmirai_compliance.assessments.models import AcceptedScore, Assessment, ScoreRange
from jpmirai_compliance.assessments.queries.snapshots import SnapshotView
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.principles import spread


def keep_scores(uow: UnitOfWork, row: Assessment, frozen: SnapshotView) -> None:
    """Store the scores of an accepted snapshot over older ones, and the ranges of its group anew.

    Members without numbers leave nothing. A member that takes an offered level sees its own rows
    only: its scores change, and the ranges follow with the next check that ends in the group.
    """
    organisation = frozen.body["organisation"]
    kept = [
        AcceptedScore(
            org_id=row.org_id,
            assessment_id=row.id,
            year=frozen.year,
            edition=frozen.body["assessment"]["edition"],
            kind=organisation["kind"],
            size=organisation["size"] or "",
            part=part,
            claimed=claimed,
            evidenced=evidenced,
        )
        for part, claimed, evidenced in _numbers(frozen.body["assessment"]["scores"])
    ]
    if not kept:
        return
    group = (frozen.year, kept[0].kind, kept[0].size)
    lock(uow, f"score-range:{group}")
    uow.session.exec(delete(AcceptedScore).where(col(AcceptedScore.assessment_id) == row.id))
    uow.session.add_all(kept)
    uow.session.flush()
    if (
        kept[0].size and uow.scope.everything
    ):  # an organisation that names no size belongs to no group
        _refresh(uow, *group)


def _numbers(scores: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Give part, claimed and evidenced of all that has a number."""
    parts = [(str(part["principle"]), part) for part in scores["principles"]]
    parts += [("overall", scores["overall"]), ("supply_chain", scores["supply_chain"])]
    for name, part in parts:
        if part["claimed"] is not None and part["evidenced"] is not None:
            yield name, part["claimed"], part["evidenced"]


def _refresh(uow: UnitOfWork, year: int, kind: str, size: str) -> None:
    query = select(AcceptedScore.part, AcceptedScore.evidenced).where(
        col(AcceptedScore.year) == year,
        col(AcceptedScore.kind) == kind,
        col(AcceptedScore.size) == size,
    )
    found: dict[str, list[int]] = defaultdict(list)
    for part, evidenced in uow.session.exec(query):
        found[part].append(evidenced)
    of_group = select(ScoreRange).where(
        col(ScoreRange.year) == year, col(ScoreRange.kind) == kind, col(ScoreRange.size) == size
    )
    there = {row.part: row for row in uow.session.exec(of_group)}
    for part, numbers in found.items():
        told = spread(numbers)
        if told is None:
            continue
        row = there.get(part) or ScoreRange(
            id=uuid.uuid4(), year=year, kind=kind, size=size, part=part, low=0, high=0, members=0
        )
        row.low, row.high, row.members = told.low, told.high, told.members
        uow.session.add(row)
    uow.session.flush()
