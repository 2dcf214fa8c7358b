"""Award years, categories, entries, who judges what, scores, and decisions."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Column, Integer, UniqueConstraint
from sqlmodel import Field

from jpmirai_compliance.awards.rules import (
    CardState,
    Choice,
    ConflictKind,
    EntryState,
    Outcome,
    Source,
    Stage,
)
from jpmirai_compliance.foundation.tables import Base, OrgOwned, UtcDateTime, enum_column

_cycle_version = Column("version", Integer, nullable=False)
_category_version = Column("version", Integer, nullable=False)
_entry_version = Column("version", Integer, nullable=False)
_card_version = Column("version", Integer, nullable=False)


class AwardCycle(Base, table=True):
    """One year's awards; both intervals are half-open."""

    __tablename__ = "award_cycle"
    __table_args__ = (
        CheckConstraint("entries_open < entries_close", name="entries_open_before_close"),
        CheckConstraint("judging_open < judging_close", name="judging_open_before_close"),
        CheckConstraint("entries_close <= judging_close", name="judging_closes_last"),
        CheckConstraint(
            "(released_at IS NULL) = (released_by IS NULL)", name="released_by_somebody"
        ),
    )
    __mapper_args__ = {"version_id_col": _cycle_version}  # noqa: RUF012 -- SQLAlchemy's form

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    year: int = Field(unique=True)
    round_id: uuid.UUID = Field(foreign_key="assessment_round.id", index=True)
    entries_open: dt.datetime = Field(sa_type=UtcDateTime)
    entries_close: dt.datetime = Field(sa_type=UtcDateTime)
    judging_open: dt.datetime = Field(sa_type=UtcDateTime)
    judging_close: dt.datetime = Field(sa_type=UtcDateTime)
    reserve: int
    discuss_spread: str = Field(max_length=20)  # a fraction, "3/2"
    released_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_by: uuid.UUID = Field(foreign_key="user_account.id")
    version: int = Field(default=1, sa_column=_cycle_version)


class Category(Base, table=True):
    """What one award is given for, and to which members; ``rule`` is JSON of a CategoryRule."""

    __tablename__ = "award_category"
    __table_args__ = (
        UniqueConstraint("cycle_id", "code"),
        CheckConstraint("quota BETWEEN 1 AND 50", name="quota_1_to_50"),
        CheckConstraint("reviews_needed BETWEEN 1 AND 9", name="reviews_1_to_9"),
    )
    __mapper_args__ = {"version_id_col": _category_version}  # noqa: RUF012 -- SQLAlchemy's form

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    cycle_id: uuid.UUID = Field(foreign_key="award_cycle.id", index=True)
    code: str = Field(max_length=8)  # initiative and kind of member: a1 to e6
    name_ja: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    initiative: str = Field(max_length=4)
    rule: str
    quota: int
    reviews_needed: int
    position: int
    version: int = Field(default=1, sa_column=_category_version)


class Criterion(Base, table=True):
    """One line of the rubric; ``anchors`` is JSON: five of ``{"ja", "en"}``, level 1 first."""

    __tablename__ = "award_criterion"
    __table_args__ = (
        UniqueConstraint("cycle_id", "code"),
        CheckConstraint("weight BETWEEN 1 AND 10", name="weight_1_to_10"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    cycle_id: uuid.UUID = Field(foreign_key="award_cycle.id", index=True)
    code: str = Field(max_length=32)
    name_ja: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    weight: int
    position: int
    anchors: str
    na_allowed: bool = False


class Entry(Base, OrgOwned, table=True):
    """An organisation in a category, judged by the frozen assessment it was entered with."""

    __tablename__ = "award_entry"
    __table_args__ = (
        UniqueConstraint("category_id", "org_id"),
        CheckConstraint(
            "(consent_at IS NULL) = (consent_by IS NULL)", name="consented_by_somebody"
        ),
        CheckConstraint(
            "state <> 'entered' OR (consent_at IS NOT NULL AND title <> '')",
            name="entered_with_consent",
        ),
    )
    __mapper_args__ = {"version_id_col": _entry_version}  # noqa: RUF012 -- SQLAlchemy's form

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    category_id: uuid.UUID = Field(foreign_key="award_category.id", index=True)
    snapshot_id: uuid.UUID = Field(foreign_key="snapshot.id", index=True)
    snapshot_sha256: str = Field(max_length=64)
    source: Source = Field(sa_type=enum_column(Source))
    state: EntryState = Field(sa_type=enum_column(EntryState), index=True)
    title: str = Field(default="", max_length=200)
    statement: str = Field(default="", max_length=4000)
    fired: str = Field(default="")  # JSON of the suggestion's text: why the figures named it
    findings: str = Field(default="[]")  # JSON: the rules as they stood when it was entered
    consent_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    consent_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    proposed_at: dt.datetime = Field(sa_type=UtcDateTime)
    proposed_by: uuid.UUID = Field(foreign_key="user_account.id")
    withdrawn_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = Field(default=1, sa_column=_entry_version)


class Conflict(Base, table=True):
    """Why a person must not judge an entry; a lifted one stays, and nobody lifts their own."""

    __tablename__ = "award_conflict"
    __table_args__ = (
        UniqueConstraint("judge_id", "entry_id", "kind"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
        CheckConstraint("lifted_by IS NULL OR lifted_by <> judge_id", name="not_lifted_by_oneself"),
        CheckConstraint("lifted_at IS NULL OR kind = 'declared'", name="derived_stays"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    judge_id: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    entry_id: uuid.UUID = Field(foreign_key="award_entry.id", index=True)
    kind: ConflictKind = Field(sa_type=enum_column(ConflictKind))
    basis: str = Field(max_length=500)  # what was found, or what the reviewer said
    at: dt.datetime = Field(sa_type=UtcDateTime)
    lifted_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    lifted_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    lift_reason: str = Field(default="", max_length=500)


class Assignment(Base, table=True):
    """A reviewer is to score an entry; ``ended_at`` when a conflict or a recusal took it away."""

    __tablename__ = "award_assignment"
    __table_args__ = (UniqueConstraint("entry_id", "judge_id"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    entry_id: uuid.UUID = Field(foreign_key="award_entry.id", index=True)
    judge_id: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    assigned_at: dt.datetime = Field(sa_type=UtcDateTime)
    assigned_by: uuid.UUID = Field(foreign_key="user_account.id")
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class Scorecard(Base, table=True):
    """One reviewer's scores of one entry; begins when the reviewer says there is no conflict."""

    __tablename__ = "award_scorecard"
    __table_args__ = (
        UniqueConstraint("entry_id", "judge_id"),
        CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_at_some_time"
        ),
        CheckConstraint(
            "state <> 'recused' OR recused_at IS NOT NULL", name="recused_at_some_time"
        ),
    )
    __mapper_args__ = {"version_id_col": _card_version}  # noqa: RUF012 -- SQLAlchemy's form

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    entry_id: uuid.UUID = Field(foreign_key="award_entry.id", index=True)
    judge_id: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    state: CardState = Field(default=CardState.DRAFT, sa_type=enum_column(CardState))
    comment: str = Field(default="", max_length=4000)
    cleared_at: dt.datetime = Field(sa_type=UtcDateTime)  # said: no conflict of interest
    submitted_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    recused_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    recuse_reason: str = Field(default="", max_length=500)
    version: int = Field(default=1, sa_column=_card_version)


class Score(Base, table=True):
    """The value of one criterion, 1 to 5, or not applicable, or (in a draft) still open."""

    __tablename__ = "award_score"
    __table_args__ = (
        UniqueConstraint("scorecard_id", "criterion_id"),
        CheckConstraint("value IS NULL OR value BETWEEN 1 AND 5", name="value_1_to_5"),
        CheckConstraint("(choice = 'given') = (value IS NOT NULL)", name="value_if_given"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    scorecard_id: uuid.UUID = Field(foreign_key="award_scorecard.id", index=True)
    criterion_id: uuid.UUID = Field(foreign_key="award_criterion.id", index=True)
    choice: Choice = Field(default=Choice.OPEN, sa_type=enum_column(Choice))
    value: int | None = None
    reason: str = Field(default="", max_length=1000)


class ScoreLog(Base, table=True):
    """Every change of a value, old to new ("", "na", "1" to "5"); never changed itself."""

    __tablename__ = "award_score_log"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    scorecard_id: uuid.UUID = Field(foreign_key="award_scorecard.id", index=True)
    criterion_id: uuid.UUID = Field(foreign_key="award_criterion.id")
    old: str = Field(max_length=4)
    new: str = Field(max_length=4)
    by: uuid.UUID = Field(foreign_key="user_account.id")
    at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


class Decision(Base, table=True):
    """The shortlist or the winners of a category, with all it rests on; never changed.

    ``named`` is JSON of entry ids in order; ``basis`` canonical JSON for ``rules.recompute``,
    ``sha256`` its hash, ``result`` what came of it. A new decision points to the one before.
    """

    __tablename__ = "award_decision"
    __table_args__ = (
        UniqueConstraint("category_id", "ordinal"),
        CheckConstraint("reason <> ''", name="with_a_reason"),
        CheckConstraint("(outcome = 'no_award') = (named = '[]')", name="names_unless_no_award"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    category_id: uuid.UUID = Field(foreign_key="award_category.id", index=True)
    ordinal: int
    stage: Stage = Field(sa_type=enum_column(Stage))
    outcome: Outcome = Field(sa_type=enum_column(Outcome))
    named: str
    basis: str
    sha256: str = Field(max_length=64)
    result: str
    reason: str = Field(max_length=2000)
    decided_at: dt.datetime = Field(sa_type=UtcDateTime)
    decided_by: uuid.UUID = Field(foreign_key="user_account.id")
    previous_id: uuid.UUID | None = Field(default=None, foreign_key="award_decision.id")
