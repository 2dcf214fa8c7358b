"""Sites where posters hang, and the codes that lead from a poster to the site's page."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Column, Integer
from sqlmodel import Field

from jpmirai_compliance.foundation.tables import Base, OrgOwned, UtcDateTime

_workplace_version = Column("version", Integer, nullable=False)


class Workplace(Base, OrgOwned, table=True):
    """One site of an organisation; everybody there scans the same code."""

    __tablename__ = "workplace"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_somebody"),
    )
    __mapper_args__ = {"version_id_col": _workplace_version}  # noqa: RUF012 -- SQLAlchemy's form

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    name: str = Field(max_length=100)
    prefecture: str = Field(default="", max_length=2)  # as in Organisation
    code: str = Field(max_length=7, unique=True)
    languages: str = Field(default="", max_length=100)  # tags separated by commas
    contacts: str = Field(
        default="", sa_column_kwargs={"server_default": ""}
    )  # JSON; "": see below
    # the first contact, as versions before the list read it
    contact_name: str = Field(default="", max_length=100)
    contact_phone: str = Field(default="", max_length=40)
    contact_email: str = Field(default="", max_length=320)
    contact_note: str = Field(default="", max_length=200)  # hours and languages
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_by: uuid.UUID = Field(foreign_key="user_account.id")
    closed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    version: int = Field(default=1, sa_column=_workplace_version)


class RetiredCode(Base, OrgOwned, table=True):
    """A code that was printed once; posters with it still lead to the workplace."""

    __tablename__ = "retired_code"

    code: str = Field(max_length=7, primary_key=True)
    workplace_id: uuid.UUID = Field(foreign_key="workplace.id", index=True)
    retired_at: dt.datetime = Field(sa_type=UtcDateTime)
