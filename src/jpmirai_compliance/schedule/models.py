"""What the calendar has done already."""

import datetime as dt
import uuid

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from jpmirai_compliance.foundation.tables import Base, UtcDateTime


class JobDone(Base, table=True):
    """A job was done for a period and a target; once for ever."""

    __tablename__ = "job_done"
    __table_args__ = (UniqueConstraint("job", "period", "target"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    job: str = Field(max_length=50)
    period: str = Field(max_length=50)
    target: str = Field(max_length=50)
    at: dt.datetime = Field(sa_type=UtcDateTime)
