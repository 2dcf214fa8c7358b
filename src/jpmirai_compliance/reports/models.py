"""Filled-in workbooks that members uploaded: waiting for a decision, then what came of them."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from jpmirai_compliance.foundation.tables import Base, OrgOwned, UtcDateTime


class AnswerFile(Base, OrgOwned, table=True):
    """One upload. ``rows`` (JSON) waits until ``expires_at``, then only the record stays.

    The file itself lies in the store under ``sha256``.
    """

    __tablename__ = "answer_file"
    __table_args__ = (
        CheckConstraint(
            "(imported_at IS NULL) = (imported_by IS NULL)", name="imported_by_somebody"
        ),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    filename: str = Field(max_length=200)
    sha256: str = Field(max_length=64)
    size: int
    rows: str = ""
    uploaded_at: dt.datetime = Field(sa_type=UtcDateTime)
    uploaded_by: uuid.UUID = Field(foreign_key="user_account.id")
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    imported_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    imported_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    result: str = ""  # JSON: the rows taken over, and those that were not and why
