"""Editions of the bank that the secretariat makes."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Column, Integer, Text
from sqlmodel import Field

from jpmirai_compliance.foundation.tables import Base, UtcDateTime

_edition_version = Column("version", Integer, nullable=False)


class BankEdition(Base, table=True):
    """An edition of the bank made by the secretariat: a draft until it is published, then fixed.

    ``body`` is the canonical text and ``sha256`` its hash; triggers refuse to change a published
    row. The editions that come with the product are files and have no row.
    """

    __tablename__ = "bank_edition"
    __table_args__ = (
        CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)", name="published_by_somebody"
        ),
    )
    __mapper_args__ = {"version_id_col": _edition_version}  # noqa: RUF012 -- SQLAlchemy's form

    id: str = Field(primary_key=True, max_length=20)
    based_on: str = Field(max_length=20)
    body: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_by: uuid.UUID = Field(foreign_key="user_account.id")
    changed_at: dt.datetime = Field(sa_type=UtcDateTime)
    changed_by: uuid.UUID = Field(foreign_key="user_account.id")
    published_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    version: int = Field(default=1, sa_column=_edition_version)
