"""Base class, naming convention and column types shared by every table."""

import datetime as dt
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, MetaData, TypeDecorator
from sqlmodel import Field, SQLModel


class Base(SQLModel):
    """Parent of all tables; named constraints, so that migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class OrgOwned(SQLModel):
    """Mixin of every table whose rows belong to one organisation (see ``db.Scope``)."""

    org_id: uuid.UUID = Field(foreign_key="organisation.id", index=True)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment in UTC; refuses naive values, gives aware ones, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: dt.datetime | None, _dialect: Dialect
    ) -> dt.datetime | None:
        """Convert to UTC on the way in; ValueError if naive."""
        if value is not None and value.tzinfo is None:
            msg = "naive datetime; pass an aware one"
            raise ValueError(msg)
        return value.astimezone(dt.UTC) if value else None

    def process_result_value(
        self, value: dt.datetime | None, _dialect: Dialect
    ) -> dt.datetime | None:
        """Mark as UTC on the way out."""
        if value is None:
            return None
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)


def enum_column(enum: type[StrEnum]) -> Any:  # noqa: ANN401 -- SQLModel wants a bare type
    """Return a column type that stores the enum's values, not its names."""
    return Enum(
        enum,
        values_callable=lambda e: [m.value for m in e],
        native_enum=False,
        length=32,
        create_constraint=False,
    )
