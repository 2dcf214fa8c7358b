"""What an organisation puts on its posters."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Column, LargeBinary, UniqueConstraint
from sqlmodel import Field

from jpmirai_compliance.foundation.tables import Base, OrgOwned, UtcDateTime


class PosterLogo(Base, OrgOwned, table=True):
    """The one logo of an organisation, drawn anew by us: a small PNG, never the file as sent."""

    __tablename__ = "poster_logo"
    __table_args__ = (
        UniqueConstraint("org_id", name="uq_poster_logo_org_id"),
        CheckConstraint("width > 0 AND height > 0", name="has_a_size"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    png: bytes = Field(sa_column=Column("png", LargeBinary, nullable=False))
    width: int
    height: int
    changed_at: dt.datetime = Field(sa_type=UtcDateTime)
    changed_by: uuid.UUID = Field(foreign_key="user_account.id")
