"""Rounds, a member's answers in one of them, what was frozen, and the secretariat's verdicts."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Column, Index, Integer, UniqueConstraint
from sqlmodel import Field

from jpmirai_compliance.assessments.models.editions import BankEdition
from jpmirai_compliance.assessments.models.scores import AcceptedScore, ScoreRange
from jpmirai_compliance.assessments.models.teamwork import Comment, Flag, Task
from jpmirai_compliance.assessments.models.updates import UpdatePeriod, UpdateReport, UpdateText
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
    "AcceptedScore",
    "AnswerRow",
    "Assessment",
    "BankEdition",
    "Comment",
    "Extension",
    "Flag",
    "FormLength",
    "Participation",
    "Reach",
    "ReviewItem",
    "ReviewPresence",
    "ReviewReason",
    "Round",
    "ScoreRange",
    "Snapshot",
    "SnapshotKind",
    "Status",
    "Task",
    "UpdatePeriod",
    "UpdateReport",
    "UpdateText",
    "Verdict",
    "VerdictKind",
    "VerdictLog",
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
    members_choose: bool = True  # each member may take the short or the full form
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
    prefilled: bool = False  # copied from last year; no answer until somebody confirms it
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
        CheckConstraint("kind IN ('gap', 'declaration_gap') OR level IS NULL", name="level_of_gap"),
        CheckConstraint("kind = 'accepted' OR reason <> ''", name="reason_unless_accepted"),
        CheckConstraint("to_return OR NOT evidence_only", name="evidence_only_of_return"),
        CheckConstraint(
            "(offer_taken IS NULL) = (offer_at IS NULL) AND (offer_at IS NULL) = (offer_by IS NULL)"
            " AND (offer_taken IS NULL OR kind = 'declaration_gap')",
            name="offer_decided_by_somebody",
        ),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    indicator_id: str = Field(max_length=16)
    kind: VerdictKind = Field(sa_type=enum_column(VerdictKind))
    level: int | None = None
    reason: str = Field(default="", max_length=1000)
    to_return: bool = False  # will be asked for again when the submission is returned
    evidence_only: bool = False  # and then its text and level stay frozen
    version: int = 1
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by: uuid.UUID = Field(foreign_key="user_account.id")
    offer_taken: bool | None = None  # the member's answer to the offer of a higher level
    offer_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    offer_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")


class VerdictLog(Base, OrgOwned, table=True):
    """Every verdict that was ever saved, in its versions; rows are never changed."""

    __tablename__ = "verdict_log"
    __table_args__ = (UniqueConstraint("assessment_id", "indicator_id", "version"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    indicator_id: str = Field(max_length=16)
    version: int
    kind: VerdictKind = Field(sa_type=enum_column(VerdictKind))
    level: int | None = None
    reason: str = Field(default="", max_length=1000)
    to_return: bool = False
    evidence_only: bool = False
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by: uuid.UUID = Field(foreign_key="user_account.id")


class ReviewItem(Base, OrgOwned, table=True):
    """A submission's line in the reviewers' queue: counts are kept, never gathered by reading.

    Counts are of answers that need a verdict; ``turn`` is the pure order (``rules.queueing``).
    """

    __tablename__ = "review_item"
    __table_args__ = (
        CheckConstraint(
            "(assigned_to IS NULL) = (assigned_at IS NULL)", name="assigned_at_some_time"
        ),
        Index("ix_review_item_order", "status", "turn", "submitted_at", "assessment_id"),
        Index("ix_review_item_waiting", "status", "submitted_at", "assessment_id"),
    )

    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", primary_key=True)
    year: int
    status: Status = Field(sa_type=enum_column(Status))
    submitted_at: dt.datetime = Field(sa_type=UtcDateTime)
    submissions: int
    first_time: bool
    unchecked: int
    changed: int
    high: int
    gates: int
    supply_chain: int
    close_looks: int
    turn: int
    assigned_to: uuid.UUID | None = Field(default=None, foreign_key="user_account.id", index=True)
    assigned_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReviewPresence(Base, OrgOwned, table=True):
    """Who looked at which answer of a submission last; worth something for minutes only."""

    __tablename__ = "review_presence"

    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", primary_key=True)
    user_id: uuid.UUID = Field(foreign_key="user_account.id", primary_key=True)
    indicator_id: str = Field(max_length=16)
    seen_at: dt.datetime = Field(sa_type=UtcDateTime)


class ReviewReason(Base, table=True):
    """A ready-made reason that the secretariat wrote, or its wording of one that is shipped."""

    __tablename__ = "review_reason"

    id: str = Field(max_length=40, primary_key=True)
    label_ja: str = Field(max_length=60)
    label_en: str = Field(max_length=60)
    body_ja: str = Field(max_length=600)
    body_en: str = Field(max_length=600)
    retired: bool = False
    version: int = 1
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_by: uuid.UUID = Field(foreign_key="user_account.id")


class Extension(Base, OrgOwned, table=True):
    """A later deadline that one participant was given; the newest is the participation's.

    Ending one is a row, too: its ``until`` is the moment of the end.
    """

    __tablename__ = "extension"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    participation_id: uuid.UUID = Field(foreign_key="participation.id", index=True)
    until: dt.datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(max_length=500)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by: uuid.UUID = Field(foreign_key="user_account.id")
