"""People, organisations, and what lets a person in."""

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Integer
from sqlmodel import Field

from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.tables import Base, UtcDateTime, enum_column
from jpmirai_compliance.principles.model import MemberKind


class SizeBand(StrEnum):
    """People who work for the organisation."""

    NONE = "none"  # an individual
    UNDER_30 = "1-29"
    UNDER_300 = "30-299"
    UNDER_1000 = "300-999"
    LARGE = "1000-"


_organisation_version = Column("version", Integer, nullable=False)


class Organisation(Base, table=True):
    """A member of the platform; individuals are members too."""

    __tablename__ = "organisation"
    __mapper_args__ = {"version_id_col": _organisation_version}  # noqa: RUF012 -- SQLAlchemy's form

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    name_ja: str = Field(max_length=200)
    name_en: str = Field(default="", max_length=200)
    kind: MemberKind = Field(sa_type=enum_column(MemberKind))
    size: SizeBand | None = Field(default=None, sa_type=enum_column(SizeBand))
    prefecture: str = Field(default="", max_length=2)  # 01 to 47 as in JIS X 0401, 99 abroad
    sector: str = Field(default="", max_length=1)  # letter of the Japanese industry classification
    corporate_number: str | None = Field(default=None, max_length=13, unique=True)
    website: str = Field(default="", max_length=500)
    contact_name: str = Field(default="", max_length=200)
    contact_email: str = Field(default="", max_length=320)
    contact_phone: str = Field(default="", max_length=40)
    parent_id: uuid.UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    profile_completed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    version: int = Field(default=1, sa_column=_organisation_version)


class User(Base, table=True):
    """A person. ``email`` is normalised and case-folded: it is the identity."""

    __tablename__ = "user_account"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    email: str = Field(max_length=320, unique=True)
    name: str = Field(max_length=200)
    locale: str = Field(default="ja", max_length=8)
    password_hash: str = Field(default="", max_length=300)  # empty: nobody signs in with it
    password_changed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    totp_secret: str = Field(default="", max_length=300)  # encrypted; empty: no second factor
    totp_pending: str = Field(
        default="", max_length=300
    )  # encrypted; until its first code is typed
    totp_last_step: int = 0  # a code's time step is accepted once
    disabled_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


class RecoveryCode(Base, table=True):
    """A hashed code for the day the phone is lost; works once."""

    __tablename__ = "recovery_code"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    user_id: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    code_hash: str = Field(max_length=64)
    used_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class Membership(Base, table=True):
    """One role of one person; ``org_id`` None is the secretariat or the judges.

    A role that ended stays as a row: former employers are conflicts of interest.
    """

    __tablename__ = "membership"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    user_id: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    org_id: uuid.UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    role: Role = Field(sa_type=enum_column(Role))
    since: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class LoginSession(Base, table=True):
    """A signed-in browser; the cookie holds the token, this row its SHA-256."""

    __tablename__ = "login_session"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    user_id: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    org_id: uuid.UUID | None = Field(default=None, foreign_key="organisation.id")  # acts for
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    seen_at: dt.datetime = Field(sa_type=UtcDateTime)
    fresh_at: dt.datetime = Field(sa_type=UtcDateTime)  # last time the password was typed
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class KeptDraft(Base, table=True):
    """What a form brought after its session had ended; sealed, and only for the same person."""

    __tablename__ = "kept_draft"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    user_id: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    org_id: uuid.UUID | None = Field(default=None, foreign_key="organisation.id")  # acted for
    path: str = Field(max_length=300)
    body: str
    kept_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)


class HalfSignIn(Base, table=True):
    """The password was right, the code is still to come; lets nobody in by itself."""

    __tablename__ = "half_sign_in"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    user_id: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    used_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class Invitation(Base, table=True):
    """A mailed link that lets one address join; ``org_id`` None joins the secretariat or judges."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="one_end"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    email: str = Field(max_length=320, index=True)
    name: str = Field(default="", max_length=200)
    locale: str = Field(default="ja", max_length=8)
    org_id: uuid.UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    roles: str = Field(max_length=100)  # values of Role, separated by commas
    invited_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    accepted_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    revoked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class MailLink(Base, table=True):
    """A mailed single-use link: a password reset, or the confirmation of a new address."""

    __tablename__ = "mail_link"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    purpose: str = Field(max_length=20)  # reset, email
    user_id: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    stamp: str = Field(max_length=64)  # of password and address; a change voids the link
    new_email: str = Field(default="", max_length=320)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    used_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class Attempt(Base, table=True):
    """A wrong password or code, or a mail asked for; counted in a window, then swept."""

    __tablename__ = "attempt"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    kind: str = Field(max_length=20, index=True)
    key_hash: str = Field(max_length=64, index=True)
    at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


class Handover(Base, table=True):
    """The rights of an administrator pass to another person: asked, confirmed, may be undone.

    ``from_roles`` and ``to_roles`` are what both held before, for the way back.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("done_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        CheckConstraint("(done_at IS NULL) = (to_user IS NULL)", name="done_by_somebody"),
        CheckConstraint("undone_at IS NULL OR done_at IS NOT NULL", name="undone_is_done"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    org_id: uuid.UUID = Field(foreign_key="organisation.id", index=True)
    from_user: uuid.UUID = Field(foreign_key="user_account.id", index=True)
    from_roles: str = Field(max_length=100)
    leaves: bool
    email: str = Field(max_length=320)
    name: str = Field(default="", max_length=200)
    locale: str = Field(default="ja", max_length=8)
    token_hash: str = Field(max_length=64, unique=True)
    asked_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    to_user: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    to_roles: str = Field(default="", max_length=100)
    undo_hash: str | None = Field(default=None, max_length=64, unique=True)
    undo_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")


class Reopening(Base, table=True):
    """A member without a reachable administrator gets one: proposed by one, consented by another.

    Both are people of the secretariat; neither is tied to the member.
    """

    __tablename__ = "reopening"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)"
            " AND (decided_at IS NULL) = (consented IS NULL)",
            name="decided_by_somebody",
        ),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    org_id: uuid.UUID = Field(foreign_key="organisation.id", index=True)
    email: str = Field(max_length=320)
    name: str = Field(default="", max_length=200)
    locale: str = Field(default="ja", max_length=8)
    reason: str = Field(max_length=500)
    evidence: str = Field(max_length=1000)  # how the proposer knows whom this person speaks for
    proposed_by: uuid.UUID = Field(foreign_key="user_account.id")
    proposed_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    decided_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    consented: bool | None = None
