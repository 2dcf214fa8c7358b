"""Rounds, a member's answers in one of them, what was frozen, and the secretariat's verdicts."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Column, Integer, UniqueConstraint
from sqlmodel import Field

from jpmirai_compliance.assessments.rules import (
    FormLength,
    Reach,
    SnapshotKind,
    Status,
    VerdictKind,
)
from jpmirai_compliance.foundation.tables import Base, OrgOwned, UtcDateTime, enum_column

#: The enumerations are the rules'; tables and whoever reads them find them here.
__all__ = [
    "AnswerRow",
    "Assessment",
    "Extension",
    "FormLength",
    "Participation",
    "Reach",
    "Round",
    "Snapshot",
    "SnapshotKind",
    "Status",
    "Verdict",
    "VerdictKind",
]

_round_version = Column("version", Integer, nullable=False)
_assessment_version = Column("version", Integer, nullable=False)


class Round(Base, table=True):
    """One year's assessment; open in the half-open interval [opens_at, closes_at)."""

    __tablename__ = "assessment_round"
    __table_args__ = (CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),)
    __mapper_args__ = {"version_id_col": _round_version}  # noqa: RUF012 -- SQLAlchemy's form

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    year: int = Field(unique=True)
    edition: str = Field(max_length=20)
    default_form: FormLength = Field(default=FormLength.FULL, sa_type=enum_column(FormLength))
    opens_at: dt.datetime = Field(sa_type=UtcDateTime)
    closes_at: dt.datetime = Field(sa_type=UtcDateTime)
    submissions: int = 0  # running number of the members that have submitted, on their receipts
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    version: int = Field(default=1, sa_column=_round_version)


class Participation(Base, OrgOwned, table=True):
    """An organisation takes part in a round; a later ``late_until`` replaces the closing time."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("round_id", "org_id"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    round_id: uuid.UUID = Field(foreign_key="assessment_round.id", index=True)
    form: FormLength = Field(sa_type=enum_column(FormLength))
    late_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    late_reason: str = Field(default="", max_length=500)
    added_at: dt.datetime = Field(sa_type=UtcDateTime)


class Assessment(Base, OrgOwned, table=True):
    """One organisation's self-assessment in one round; every save of an answer raises ``version``.

    Scores in percent are those of the last snapshot, None before the first or without a number.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("round_id", "org_id"),
        CheckConstraint(
            "(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by_somebody"
        ),
        CheckConstraint(
            "status NOT IN ('submitted', 'returned', 'accepted') OR submitted_at IS NOT NULL",
            name="submitted_at_some_time",
        ),
        CheckConstraint(
            "(status = 'accepted') = (accepted_at IS NOT NULL)"
            " AND (accepted_at IS NULL) = (accepted_by IS NULL)",
            name="accepted_by_somebody",
        ),
    )
    __mapper_args__ = {"version_id_col": _assessment_version}  # noqa: RUF012 -- SQLAlchemy's form

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    round_id: uuid.UUID = Field(foreign_key="assessment_round.id", index=True)
    form: FormLength = Field(sa_type=enum_column(FormLength))
    status: Status = Field(default=Status.DRAFT, sa_type=enum_column(Status), index=True)
    started_at: dt.datetime = Field(sa_type=UtcDateTime)
    sent_back_reason: str = Field(default="", max_length=1000)  # the approver's, until asked again
    approval_asked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    submitted_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    return_due_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    claimed: int | None = None
    evidenced: int | None = None
    version: int = Field(default=1, sa_column=_assessment_version)


class AnswerRow(Base, OrgOwned, table=True):
    """The answer to one indicator: a level 0 to 4, or N/A with a reason, or blank (neither)."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("assessment_id", "indicator_id"),
        CheckConstraint("level IS NULL OR level BETWEEN 0 AND 4", name="level_0_to_4"),
        CheckConstraint("NOT (not_applicable AND level IS NOT NULL)", name="level_or_na"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    indicator_id: str = Field(max_length=16)
    level: int | None = None
    not_applicable: bool = False
    na_reason: str = Field(default="", max_length=1000)
    text: str = Field(default="", max_length=4000)  # what we did; may be published
    note: str = Field(default="", max_length=4000)  # internal, never leaves the organisation
    reach: Reach = Field(default=Reach.OWN, sa_type=enum_column(Reach))
    reopened: bool = False  # the secretariat asked for this answer again
    version: int = 1
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_by: uuid.UUID = Field(foreign_key="user_account.id")


class Snapshot(Base, OrgOwned, table=True):
    """Canonical JSON of bank edition, answers, evidence hashes and scores; never changed."""

    __tablename__ = "snapshot"
    __table_args__ = (
        UniqueConstraint("assessment_id", "ordinal"),
        UniqueConstraint("assessment_id", "sha256"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    kind: SnapshotKind = Field(sa_type=enum_column(SnapshotKind))
    ordinal: int
    number: str = Field(max_length=20, unique=True)  # on the receipt: 2026-0001-1
    year: int
    body: str
    sha256: str = Field(max_length=64, index=True)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by: uuid.UUID = Field(foreign_key="user_account.id")


class Verdict(Base, OrgOwned, table=True):
    """What the secretariat found for one answer of the last submission."""

    __tablename__ = "verdict"
    __table_args__ = (
        UniqueConstraint("assessment_id", "indicator_id"),
        CheckConstraint("(kind = 'gap') OR level IS NULL", name="level_of_gap"),
        CheckConstraint("kind = 'accepted' OR reason <> ''", name="reason_unless_accepted"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    indicator_id: str = Field(max_length=16)
    kind: VerdictKind = Field(sa_type=enum_column(VerdictKind))
    level: int | None = None
    reason: str = Field(default="", max_length=1000)
    to_return: bool = False  # will be asked for again when the submission is returned
    version: int = 1
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by: uuid.UUID = Field(foreign_key="user_account.id")


class Extension(Base, OrgOwned, table=True):
    """A later deadline that one participant was given; the newest is the participation's."""

    __tablename__ = "extension"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    participation_id: uuid.UUID = Field(foreign_key="participation.id", index=True)
    until: dt.datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(max_length=500)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by: uuid.UUID = Field(foreign_key="user_account.id")
