"""Half-year updates: when they are asked for, what is said, what was handed in."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Column, Integer, UniqueConstraint
from sqlmodel import Field

from jpmirai_compliance.foundation.tables import Base, OrgOwned, UtcDateTime

_period_version = Column("version", Integer, nullable=False)


class UpdatePeriod(Base, table=True):
    """When members report half a year after a round; open in [opens_at, closes_at)."""

    __tablename__ = "update_period"
    __table_args__ = (CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),)
    __mapper_args__ = {"version_id_col": _period_version}  # noqa: RUF012 -- SQLAlchemy's form

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    round_id: uuid.UUID = Field(foreign_key="assessment_round.id", unique=True)
    opens_at: dt.datetime = Field(sa_type=UtcDateTime)
    closes_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_by: uuid.UUID = Field(foreign_key="user_account.id")
    version: int = Field(default=1, sa_column=_period_version)


class UpdateText(Base, OrgOwned, table=True):
    """What an organisation says half a year later about one principle."""

    __tablename__ = "update_text"
    __table_args__ = (
        UniqueConstraint("round_id", "org_id", "principle"),
        CheckConstraint("principle BETWEEN 1 AND 5", name="principle_1_to_5"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    round_id: uuid.UUID = Field(foreign_key="assessment_round.id", index=True)
    principle: int
    done: str = Field(default="", max_length=2000)
    changed: str = Field(default="", max_length=2000)
    unsolved: str = Field(default="", max_length=2000)
    following: str = Field(default="", max_length=2000)
    version: int = 1
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_by: uuid.UUID = Field(foreign_key="user_account.id")


class UpdateReport(Base, OrgOwned, table=True):
    """A submitted half-year update: canonical JSON of its texts; never changed."""

    __tablename__ = "update_report"
    __table_args__ = (UniqueConstraint("round_id", "org_id", "ordinal"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    round_id: uuid.UUID = Field(foreign_key="assessment_round.id", index=True)
    ordinal: int
    body: str
    sha256: str = Field(max_length=64)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by: uuid.UUID = Field(foreign_key="user_account.id")
