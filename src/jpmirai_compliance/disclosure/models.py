"""What an organisation made public, the draft of it, and the wording of the code per language."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, col

from jpmirai_compliance.foundation.tables import Base, OrgOwned, UtcDateTime, enum_column
from jpmirai_compliance.principles import WordingStatus


class PublicPage(Base, OrgOwned, table=True):
    """An organisation's public address; it stays the same over the years."""

    __tablename__ = "public_page"
    __table_args__ = (UniqueConstraint("org_id"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    slug: str = Field(max_length=60, unique=True)  # ends in random characters: not guessable
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


class PublicationDraft(Base, OrgOwned, table=True):
    """What an organisation is about to make public of one year; ``body`` is JSON of ``Choices``."""

    __tablename__ = "publication_draft"
    __table_args__ = (UniqueConstraint("org_id", "year"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    year: int
    body: str
    version: int = 1
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_by: uuid.UUID = Field(foreign_key="user_account.id")


class Publication(Base, OrgOwned, table=True):
    """One year made public; live until it is withdrawn or replaced.

    ``page`` is the canonical JSON of all that became public, ``bundle`` the SHA-256 of the
    files made of it. Name, kind and prefecture are those of that year.
    """

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"
        ),
        CheckConstraint(
            "replaced_by IS NULL OR withdrawn_at IS NOT NULL", name="replaced_is_withdrawn"
        ),
        CheckConstraint("published_at < valid_until", name="published_before_it_lapses"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    key: uuid.UUID = Field(unique=True)  # of the form that was sent: sent twice, published once
    assessment_id: uuid.UUID = Field(foreign_key="assessment.id", index=True)
    snapshot_id: uuid.UUID = Field(foreign_key="snapshot.id", index=True)
    year: int = Field(index=True)
    code: str = Field(max_length=12, unique=True)  # of the verification page
    name_ja: str = Field(max_length=200)
    name_en: str = Field(default="", max_length=200)
    sort_ja: str = Field(max_length=200, index=True)  # hexadecimal: sorts alike in every database
    sort_en: str = Field(max_length=200, index=True)
    search: str = Field(max_length=410)
    kind: str = Field(max_length=32, index=True)
    prefecture: str = Field(default="", max_length=2, index=True)
    choices: str
    page: str
    band: str | None = Field(default=None, max_length=32)
    badge: bool
    bundle: str = Field(max_length=64, index=True)
    published_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    published_by: uuid.UUID = Field(foreign_key="user_account.id")
    valid_until: dt.datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")
    withdrawn_reason: str = Field(default="", max_length=500)
    replaced_by: uuid.UUID | None = Field(default=None, foreign_key="publication.id")


class Posting(Base, OrgOwned, table=True):
    """Posters that an organisation put up at one of its sites on one day.

    ``wordings`` is JSON: language → fingerprint of the wording that hangs there.
    """

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    workplace_id: uuid.UUID = Field(foreign_key="workplace.id", index=True)
    site: str = Field(max_length=100)  # its name on that day
    named: bool  # whether the public page may say the name
    posted_on: dt.date
    wordings: str
    evidence_id: uuid.UUID | None = Field(default=None, foreign_key="evidence.id")
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_by: uuid.UUID = Field(foreign_key="user_account.id")
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id")


class WordingRow(Base, table=True):
    """The code of conduct in one language as the secretariat loaded it; old ones stay."""

    __tablename__ = "wording"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    language: str = Field(max_length=16, index=True)
    status: WordingStatus = Field(sa_type=enum_column(WordingStatus))
    source: str = Field(max_length=1000)
    body: str  # YAML that ``principles.parse_wordings`` reads
    sha256: str = Field(max_length=64)
    imported_at: dt.datetime = Field(sa_type=UtcDateTime)
    imported_by: uuid.UUID | None = None  # None: by the command line
    replaced_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    touched: str = Field(  # JSON: key of a sentence → when it got as it is, and by whom
        default="", sa_column_kwargs={"server_default": ""}
    )


class HelpEdition(Base, table=True):
    """The neutral help as the secretariat set it; the highest number is in force, old ones stay."""

    __tablename__ = "help_edition"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    body: str  # JSON of ``rules.help.dump_desks``
    made_at: dt.datetime = Field(sa_type=UtcDateTime)
    made_by: uuid.UUID  # as in the audit log: whoever runs commands has no account


#: One live publication of an organisation's year, one current wording of a language.
Index(
    "uq_publication_live",
    col(Publication.org_id),
    col(Publication.year),
    unique=True,
    sqlite_where=col(Publication.withdrawn_at).is_(None),
    postgresql_where=col(Publication.withdrawn_at).is_(None),
)
Index(
    "uq_wording_current",
    col(WordingRow.language),
    unique=True,
    sqlite_where=col(WordingRow.replaced_at).is_(None),
    postgresql_where=col(WordingRow.replaced_at).is_(None),
)
