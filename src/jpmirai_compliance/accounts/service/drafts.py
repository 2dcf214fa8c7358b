"""What somebody typed and could not save because the session had ended: kept for that person."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import KeptDraft, LoginSession, User
from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.accounts.rules.addresses import token_hash
from jpmirai_compliance.accounts.service.vault import Vault
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor

PATH_MAX = 300


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose draft it is, and for which organisation it was typed."""

    user_id: uuid.UUID
    org_id: uuid.UUID | None


def owner_of(uow: UnitOfWork, token: str, now: dt.datetime) -> Owner | None:
    """Return who held a session that only time has ended, or None.

    None for one that was signed out or ended on purpose, of somebody who is disabled, or that
    began longer ago than a session and a night.
    """
    query = (
        select(LoginSession.user_id, LoginSession.org_id)
        .join(User, col(User.id) == col(LoginSession.user_id))
        .where(
            col(LoginSession.token_hash) == token_hash(token),
            col(LoginSession.ended_at).is_(None),
            col(LoginSession.created_at) > now - limits.COOKIE,
            col(User.disabled_at).is_(None),
        )
    )
    found = uow.session.exec(query).first()
    return Owner(*found) if found else None


def keep(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    owner: Owner,
    path: str,
    fields: Mapping[str, str],
    vault: Vault,
    now: dt.datetime,
) -> bool:
    """Keep the fields of the form at ``path``, sealed, instead of what was kept there before.

    Returns whether it was kept: not if it is too long. Of one person the newest few are kept.
    """
    body = json.dumps(dict(fields), ensure_ascii=False)
    if len(path) > PATH_MAX or len(body) > limits.DRAFT_LENGTH:
        return False
    _forget(uow, owner, path)
    kept = select(KeptDraft.id).where(col(KeptDraft.user_id) == owner.user_id)
    newest = kept.order_by(col(KeptDraft.kept_at).desc()).limit(limits.DRAFTS - 1)
    ids = uow.session.exec(newest).all()
    uow.session.execute(
        delete(KeptDraft).where(
            col(KeptDraft.user_id) == owner.user_id, col(KeptDraft.id).not_in(ids)
        )
    )
    uow.session.add(
        KeptDraft(
            user_id=owner.user_id,
            org_id=owner.org_id,
            path=path,
            body=vault.seal_draft(body),
            kept_at=now,
            expires_at=now + limits.DRAFT_LIFE,
        )
    )
    uow.session.flush()
    return True


def kept(
    uow: UnitOfWork, *, actor: Actor, path: str, vault: Vault, now: dt.datetime
) -> dict[str, str] | None:
    """Return what the actor typed at ``path`` for the same organisation, or None."""
    query = select(KeptDraft.body).where(
        col(KeptDraft.user_id) == actor.user_id,
        _same_place(actor.org_id),
        col(KeptDraft.path) == path,
        col(KeptDraft.expires_at) > now,
    )
    sealed = uow.session.exec(query).first()
    opened = vault.open_draft(sealed) if sealed else ""
    return json.loads(opened) if opened else None


def forget(uow: UnitOfWork, *, actor: Actor, path: str) -> None:
    """Remove what the actor typed at ``path``: it is stored, or no longer wanted."""
    _forget(uow, Owner(actor.user_id, actor.org_id), path)


def _forget(uow: UnitOfWork, owner: Owner, path: str) -> None:
    uow.session.execute(
        delete(KeptDraft).where(
            col(KeptDraft.user_id) == owner.user_id,
            _same_place(owner.org_id),
            col(KeptDraft.path) == path,
        )
    )


def _same_place(org_id: uuid.UUID | None) -> ColumnElement[bool]:
    column = col(KeptDraft.org_id)
    return column == org_id if org_id is not None else column.is_(None)
