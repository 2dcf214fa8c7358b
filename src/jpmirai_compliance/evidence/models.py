"""Files and links that support answers; versions never change."""

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from jpmirai_compliance.foundation.tables import Base, OrgOwned, UtcDateTime, enum_column


class Visibility(StrEnum):
    """Who sees the piece of evidence besides the organisation."""

    PUBLIC = "public"  # everybody, once published
    REVIEWERS = "reviewers"  # the secretariat and judges
    INTERNAL = "internal"  # nobody else


class EvidenceKind(StrEnum):
    """A stored file, or an address somewhere else that is only shown, never fetched."""

    FILE = "file"
    LINK = "link"


class Category(StrEnum):
    """What sort of thing it is, in the order of the form."""

    POLICY = "policy"
    CONTRACT = "contract"
    RECORD = "record"
    CERTIFICATE = "certificate"
    PHOTO = "photo"
    WEB_PAGE = "web_page"
    OTHER = "other"


class ScanState(StrEnum):
    """What is known about viruses in a version's bytes."""

    QUARANTINED = "quarantined"  # waits for the scanner; handed out to nobody
    CLEAN = "clean"
    BLOCKED = "blocked"  # something was found: never handed out, no evidence
    NOT_SCANNED = "not_scanned"  # there was no scanner; said wherever the file is shown


class Evidence(Base, OrgOwned, table=True):
    """One document or link of an organisation; may support many answers."""

    __tablename__ = "evidence"
    __table_args__ = (CheckConstraint("(kind = 'link') = (url <> '')", name="url_of_link"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    kind: EvidenceKind = Field(sa_type=enum_column(EvidenceKind))
    title: str = Field(max_length=200)
    url: str = Field(default="", max_length=2000)
    category: Category = Field(default=Category.OTHER, sa_type=enum_column(Category))
    visibility: Visibility = Field(default=Visibility.REVIEWERS, sa_type=enum_column(Visibility))
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_by: uuid.UUID = Field(foreign_key="user_account.id")
    removed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1


class EvidenceVersion(Base, OrgOwned, table=True):
    """The bytes of one version, by hash; the name is kept here only."""

    __tablename__ = "evidence_version"
    __table_args__ = (UniqueConstraint("evidence_id", "ordinal"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    evidence_id: uuid.UUID = Field(foreign_key="evidence.id", index=True)
    ordinal: int = 1
    sha256: str = Field(max_length=64, index=True)
    size: int
    media_type: str = Field(max_length=100)
    filename: str = Field(max_length=150)
    uploaded_at: dt.datetime = Field(sa_type=UtcDateTime)
    uploaded_by: uuid.UUID = Field(foreign_key="user_account.id")


class EvidenceScan(Base, OrgOwned, table=True):
    """What the virus scanner said about a version; no row: not scanned."""

    __tablename__ = "evidence_scan"

    version_id: uuid.UUID = Field(foreign_key="evidence_version.id", primary_key=True)
    state: ScanState = Field(sa_type=enum_column(ScanState), index=True)
    found: str = Field(default="", max_length=200)
    at: dt.datetime = Field(sa_type=UtcDateTime)


class EvidenceUse(Base, OrgOwned, table=True):
    """A piece of evidence supports the answer to one indicator of one assessment."""

    __tablename__ = "evidence_use"
    __table_args__ = (UniqueConstraint("assessment_id", "indicator_id", "evidence_id"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    evidence_id: uuid.UUID = Field(foreign_key="evidence.id", index=True)
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    indicator_id: str = Field(max_length=16)
    pages: str = Field(default="", max_length=50)
    attached_at: dt.datetime = Field(sa_type=UtcDateTime)
    attached_by: uuid.UUID = Field(foreign_key="user_account.id")
