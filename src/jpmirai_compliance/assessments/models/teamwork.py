"""How colleagues share the work: flags, tasks and comments; of the organisation alone."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from jpmirai_compliance.foundation.tables import Base, OrgOwned, UtcDateTime


class Flag(Base, OrgOwned, table=True):
    """Somebody of the organisation wants to come back to a question."""

    __tablename__ = "question_flag"
    __table_args__ = (UniqueConstraint("assessment_id", "indicator_id"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    indicator_id: str = Field(max_length=16)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by: uuid.UUID = Field(foreign_key="user_account.id")


class Task(Base, OrgOwned, table=True):
    """Who answers a question, or a whole principle: ``place`` is ``P1-02`` or ``P1``.

    ``told_at`` is None until the digest has named it.
    """

    __tablename__ = "question_task"
    __table_args__ = (UniqueConstraint("assessment_id", "place"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    place: str = Field(max_length=16)
    user_id: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by: uuid.UUID = Field(foreign_key="user_account.id")
    told_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class Comment(Base, OrgOwned, table=True):
    """What colleagues say to each other about a question; nobody outside ever reads it."""

    __tablename__ = "question_comment"
    __table_args__ = (
        CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by IS NULL)", name="resolved_by_somebody"
        ),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    indicator_id: str = Field(max_length=16)
    text: str = Field(max_length=2000)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by: uuid.UUID = Field(foreign_key="user_account.id")
    edited_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    told_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1
