"""What the secretariat does with the wording of the code: change, approve, replace."""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.disclosure.models import WordingRow
from jpmirai_compliance.disclosure.queries.texts import (
    Touch,
    WordingView,
    state_mark,
    wording_languages,
    wording_view,
)
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import Conflict, Gap, Incomplete, NotFound
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Actor,
    Permission,
    authorize,
)
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import (
    KEYS,
    SOURCE,
    BankError,
    Sentence,
    Wording,
    WordingStatus,
    dump_wordings,
    parse_wordings,
    rewritten,
    sentence_mark,
)


@dataclass(frozen=True, slots=True)
class Edit:
    """A text by its key as it is to be; ``mark`` is that of what was seen before."""

    key: str
    text: str
    status: WordingStatus
    mark: str


def import_wordings(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    text: str,
    filename: str,
    now: dt.datetime,
    seen: str | None = None,
) -> tuple[str, ...]:
    """Put the wordings of a YAML file in force and return their languages, those that changed.

    ``seen`` is the mark of what was in force when the changes were looked at, None if nobody
    did. NotPermitted; BankError names the file and the key that is wrong; Conflict.
    """
    authorize(actor, Permission.WORDING_MANAGE, SECRETARIAT_ITSELF)
    found = parse_wordings(text, filename)
    lock(uow, "wording")
    if seen is not None and seen != state_mark(uow, [w.language for w in found]):
        raise Conflict
    changed = tuple(w.language for w in found if _put(uow, actor, w, now))
    if changed:
        data: dict[str, object] = {"languages": list(changed), "file": filename[:200]}
        _record(uow, actor, now, data)
    return changed


def change_sentence(
    uow: UnitOfWork, *, actor: Actor, language: str, edit: Edit, now: dt.datetime
) -> bool:
    """Put one text in force, the source too, and return whether that changed anything.

    NotPermitted, NotFound for no such text, Incomplete saying what is wrong with it (its gap is
    ``text``), Conflict if somebody changed it since it was seen.
    """
    authorize(actor, Permission.WORDING_MANAGE, SECRETARIAT_ITSELF)
    before = _held(uow, language)
    if edit.key not in (SOURCE, *KEYS):
        raise NotFound
    if sentence_mark(before, edit.key) != edit.mark:
        raise Conflict
    try:
        if edit.key == SOURCE:
            after = rewritten(before, {}, source=edit.text)
        else:
            after = rewritten(before, {edit.key: Sentence(edit.text, edit.status)})
    except BankError as error:
        raise Incomplete(error.reason, [Gap(error.reason, "text")]) from error
    return _change(uow, actor, after, [edit.key], now)


def set_status(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    language: str,
    marks: Mapping[str, str],
    status: WordingStatus,
    now: dt.datetime,
) -> bool:
    """Give sentences a status and return whether that changed anything.

    ``marks``: key → mark of the sentence as it was seen. NotPermitted, NotFound, Incomplete
    without a sentence, Conflict if somebody changed one of them since.
    """
    authorize(actor, Permission.WORDING_MANAGE, SECRETARIAT_ITSELF)
    before = _held(uow, language)
    if not marks:
        text = Text("Choose at least one sentence.")
        raise Incomplete(text, [Gap(text, "sentences")])
    known = before.sentences
    if any(key not in known for key in marks):
        raise NotFound
    if any(sentence_mark(before, key) != mark for key, mark in marks.items()):
        raise Conflict
    after = rewritten(before, {key: Sentence(known[key].text, status) for key in marks})
    return _change(uow, actor, after, list(marks), now)


def _held(uow: UnitOfWork, language: str) -> Wording:
    """Return what is in force, and keep others from changing it. NotFound."""
    lock(uow, "wording")
    if language not in wording_languages(uow):
        raise NotFound
    return wording_view(uow, language).wording


def _change(
    uow: UnitOfWork, actor: Actor, after: Wording, keys: Collection[str], now: dt.datetime
) -> bool:
    if not _put(uow, actor, after, now):
        return False
    data: dict[str, object] = {
        "languages": [after.language],
        "sentences": {k: "" if k == SOURCE else after.status_of(k).value for k in keys},
    }
    _record(uow, actor, now, data)
    return True


def _put(uow: UnitOfWork, actor: Actor, wording: Wording, now: dt.datetime) -> bool:
    """Put a wording in force; return False if it is already. Old ones stay."""
    seen = wording_view(uow, wording.language)
    if seen.wording == wording:
        return False
    row = uow.session.exec(
        select(WordingRow).where(
            col(WordingRow.language) == wording.language, col(WordingRow.replaced_at).is_(None)
        )
    ).one_or_none()
    if row is not None:
        row.replaced_at = now
        uow.session.flush()  # the old one first: only one is in force
    body = dump_wordings((wording,))
    uow.session.add(
        WordingRow(
            language=wording.language,
            status=wording.status,
            source=wording.source,
            body=body,
            sha256=hashlib.sha256(body.encode()).hexdigest(),
            imported_at=now,
            imported_by=actor.user_id,
            touched=_touched(seen, wording, Touch(now, actor.user_id)),
        )
    )
    uow.session.flush()
    return True


def _touched(seen: WordingView, wording: Wording, touch: Touch) -> str:
    """Return who made each text what it is: those that stay as they are keep theirs."""
    found = dict(seen.touched)
    for key in (SOURCE, *KEYS):
        if sentence_mark(seen.wording, key) != sentence_mark(wording, key):
            found[key] = touch
    return json.dumps(
        {k: (t.at.isoformat(), str(t.by) if t.by else None) for k, t in found.items()}
    )


def _record(uow: UnitOfWork, actor: Actor, now: dt.datetime, data: dict[str, object]) -> None:
    audit.record(uow, Event.WORDING_CHANGED, actor=actor, now=now, subject="wording", data=data)
