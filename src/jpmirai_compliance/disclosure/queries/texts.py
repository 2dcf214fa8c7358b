"""Reading the wording of the code, language by language and sentence by sentence."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlmodel import col, select

from jpmirai_compliance.disclosure.models import WordingRow
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.principles import (
    KEYS,
    SOURCE,
    Wording,
    dump_wordings,
    parse_wordings,
    reference_languages,
    reference_wording,
)


@dataclass(frozen=True, slots=True)
class Touch:
    """When a text became as it is, and by whom; ``by`` None is the command line."""

    at: dt.datetime
    by: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class WordingView:
    """The wording in force in one language; ``imported_at`` None is our own reference.

    ``touched`` has the texts that somebody changed, by key.
    """

    wording: Wording
    imported_at: dt.datetime | None
    touched: Mapping[str, Touch] = field(default_factory=dict, hash=False)


def wording(uow: UnitOfWork, language: str) -> Wording:
    """Return the code of conduct in a language: the secretariat's, else our reference; KeyError."""
    return wording_view(uow, language).wording


def wording_view(uow: UnitOfWork, language: str) -> WordingView:
    """Return the same with who changed what and when; KeyError."""
    row = uow.session.exec(
        select(WordingRow).where(
            col(WordingRow.language) == language, col(WordingRow.replaced_at).is_(None)
        )
    ).one_or_none()
    return _view(row) if row else WordingView(reference_wording(language), None)


def wordings(uow: UnitOfWork) -> tuple[WordingView, ...]:
    """Return every wording in force: ours first, then further languages of the secretariat's."""
    rows = uow.session.exec(
        select(WordingRow)
        .where(col(WordingRow.replaced_at).is_(None))
        .order_by(col(WordingRow.language))
    ).all()
    loaded = {row.language: _view(row) for row in rows}
    own = {tag: WordingView(reference_wording(tag), None) for tag in reference_languages()}
    return tuple((own | loaded).values())


def wording_languages(uow: UnitOfWork) -> tuple[str, ...]:
    """Return the tags of the languages in which there is a wording."""
    return tuple(found.wording.language for found in wordings(uow))


def state_mark(uow: UnitOfWork, languages: Iterable[str]) -> str:
    """Return a mark of what is in force in these languages, in any order."""
    found = [wording(uow, tag) for tag in sorted(set(languages))]
    return hashlib.sha256(dump_wordings(found).encode()).hexdigest()


def _view(row: WordingRow) -> WordingView:
    return WordingView(parse_wordings(row.body, row.language)[0], row.imported_at, _touched(row))


def _touched(row: WordingRow) -> dict[str, Touch]:
    if not row.touched:  # from before there was a column for it: it came as a whole
        return dict.fromkeys((SOURCE, *KEYS), Touch(row.imported_at, row.imported_by))
    return {
        key: Touch(dt.datetime.fromisoformat(at), uuid.UUID(by) if by else None)
        for key, (at, by) in json.loads(row.touched).items()
    }
