"""Scores of finished checks, and where most members of a group stand."""

import uuid

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from jpmirai_compliance.foundation.tables import Base, OrgOwned


class AcceptedScore(Base, OrgOwned, table=True):
    """One score of a finished check, with the kind and size that were frozen with it.

    ``part`` is a principle's number, ``overall`` or ``supply_chain``; what has no score has no row.
    """

    __tablename__ = "accepted_score"
    __table_args__ = (
        UniqueConstraint("assessment_id", "part"),
        Index("ix_accepted_score_year_kind_size", "year", "kind", "size"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id")
    year: int
    edition: str = Field(max_length=20)
    kind: str = Field(max_length=32)
    size: str = Field(default="", max_length=16)
    part: str = Field(max_length=16)
    claimed: int
    evidenced: int


class ScoreRange(Base, table=True):
    """Where most members of one kind and size stand in one year; there is none below ten.

    It belongs to nobody: members read it instead of one another's scores.
    """

    __tablename__ = "score_range"
    __table_args__ = (
        UniqueConstraint("year", "kind", "size", "part"),
        CheckConstraint("members >= 10", name="ten_and_more"),
        CheckConstraint("low <= high", name="low_to_high"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    year: int
    kind: str = Field(max_length=32)
    size: str = Field(max_length=16)
    part: str = Field(max_length=16)
    low: int
    high: int
    members: int
