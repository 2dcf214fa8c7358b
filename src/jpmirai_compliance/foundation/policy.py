"""The one place that decides permissions. Pure; deny by default."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from jpmirai_compliance.foundation.errors import NotPermitted
from jpmirai_compliance.foundation.text import Text


class Role(StrEnum):
    """What a person is to an organisation, to the secretariat or to the awards."""

    ADMIN = "admin"  # of an organisation: its people and its profile
    EDITOR = "editor"  # answers and evidence
    APPROVER = "approver"  # signs for the organisation: approve, submit, publish
    REVIEWER = "reviewer"  # secretariat: checks evidence, judges
    SECRETARIAT = "secretariat"  # secretariat: rounds, members, awards, settings
    JUDGE = "judge"  # outside judge of award entries


MEMBER_ROLES = frozenset({Role.ADMIN, Role.EDITOR, Role.APPROVER})
STAFF = frozenset({Role.REVIEWER, Role.SECRETARIAT})
JUDGING = frozenset({Role.JUDGE, Role.REVIEWER})


class Permission(StrEnum):
    """``resource:action``, alphabetical."""

    ASSESSMENT_ANSWER = "assessment:answer"
    ASSESSMENT_APPROVE = "assessment:approve"
    ASSESSMENT_DISCUSS = "assessment:discuss"
    ASSESSMENT_READ = "assessment:read"
    ASSESSMENT_REVIEW = "assessment:review"
    ASSESSMENT_SUBMIT = "assessment:submit"
    AUDIT_READ = "audit:read"
    AWARD_ENTER = "award:enter"
    AWARD_MANAGE = "award:manage"
    AWARD_SCORE = "award:score"
    EDITION_MANAGE = "edition:manage"
    EVIDENCE_ATTACH = "evidence:attach"
    EVIDENCE_READ = "evidence:read"
    HELP_MANAGE = "help:manage"
    INVITATION_SEND = "invitation:send"
    MAIL_MANAGE = "mail:manage"
    ORGANISATION_EDIT = "organisation:edit"
    ORGANISATION_READ = "organisation:read"
    PEOPLE_MANAGE = "people:manage"
    POSTER_MAKE = "poster:make"
    PUBLICATION_PREPARE = "publication:prepare"
    PUBLICATION_PUBLISH = "publication:publish"
    PUBLICATION_READ = "publication:read"
    PUBLICATION_WITHDRAW = "publication:withdraw"
    REVIEW_MANAGE = "review:manage"
    ROUND_MANAGE = "round:manage"
    ROUND_READ = "round:read"
    WORDING_MANAGE = "wording:manage"
    WORKPLACE_EDIT = "workplace:edit"
    WORKPLACE_READ = "workplace:read"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or job acting; ``org_id`` None is the secretariat, a judge or a job."""

    user_id: uuid.UUID
    org_id: uuid.UUID | None
    roles: frozenset[Role]


class OwnedByOrg(Protocol):
    """Anything that belongs to one organisation: a row or what a query returns."""

    @property
    def org_id(self) -> uuid.UUID | None:
        """The owner's id; None belongs to the secretariat."""


@dataclass(frozen=True, slots=True)
class Of:
    """The smallest resource: something of one organisation, or of the secretariat (None)."""

    org_id: uuid.UUID | None = None


SECRETARIAT_ITSELF = Of(None)

Predicate = Callable[[Actor, OwnedByOrg], bool]


def same_org(actor: Actor, resource: OwnedByOrg) -> bool:
    """Return whether the actor acts for the organisation that owns the resource."""
    return actor.org_id is not None and actor.org_id == resource.org_id


def is_admin(actor: Actor, _resource: OwnedByOrg) -> bool:
    """Return whether the actor manages an organisation's people and profile."""
    return Role.ADMIN in actor.roles


def is_editor(actor: Actor, _resource: OwnedByOrg) -> bool:
    """Return whether the actor answers for an organisation."""
    return bool(actor.roles & {Role.EDITOR, Role.ADMIN})


def is_approver(actor: Actor, _resource: OwnedByOrg) -> bool:
    """Return whether the actor signs for an organisation."""
    return Role.APPROVER in actor.roles


def is_reviewer(actor: Actor, _resource: OwnedByOrg) -> bool:
    """Return whether the actor checks evidence for the secretariat."""
    return actor.org_id is None and bool(actor.roles & STAFF)


def is_secretariat(actor: Actor, _resource: OwnedByOrg) -> bool:
    """Return whether the actor runs rounds, members and awards for the secretariat."""
    return actor.org_id is None and Role.SECRETARIAT in actor.roles


def is_judging(actor: Actor, _resource: OwnedByOrg) -> bool:
    """Return whether the actor scores award entries, from outside or from the secretariat."""
    return actor.org_id is None and bool(actor.roles & JUDGING)


_own = (same_org,)
_own_admin = (same_org, is_admin)
_own_editor = (same_org, is_editor)
_own_approver = (same_org, is_approver)

#: Any row grants; within a row every predicate must hold. No row: denied.
GRANTS: dict[Permission, tuple[tuple[Predicate, ...], ...]] = {
    Permission.ASSESSMENT_ANSWER: (_own_editor,),
    Permission.ASSESSMENT_APPROVE: (_own_approver,),
    Permission.ASSESSMENT_DISCUSS: (_own,),  # never the secretariat
    Permission.ASSESSMENT_READ: (_own, (is_reviewer,)),
    Permission.ASSESSMENT_REVIEW: ((is_reviewer,),),
    Permission.ASSESSMENT_SUBMIT: (_own_approver,),
    Permission.AUDIT_READ: ((is_secretariat,),),
    Permission.AWARD_ENTER: (_own_approver, (is_secretariat,)),
    Permission.AWARD_MANAGE: ((is_secretariat,),),
    Permission.AWARD_SCORE: ((is_judging,),),
    Permission.EDITION_MANAGE: ((is_secretariat,),),
    Permission.EVIDENCE_ATTACH: (_own_editor,),
    Permission.EVIDENCE_READ: (_own, (is_reviewer,)),
    Permission.HELP_MANAGE: ((is_secretariat,),),
    Permission.INVITATION_SEND: (_own_admin, (is_secretariat,)),
    Permission.MAIL_MANAGE: ((is_secretariat,),),
    Permission.ORGANISATION_EDIT: (_own_admin,),
    Permission.ORGANISATION_READ: (_own, (is_reviewer,)),
    Permission.PEOPLE_MANAGE: (_own_admin, (is_secretariat,)),
    Permission.POSTER_MAKE: (_own, (is_secretariat,)),
    Permission.PUBLICATION_PREPARE: (_own_editor, _own_approver),
    Permission.PUBLICATION_PUBLISH: (_own_approver,),
    Permission.PUBLICATION_READ: (_own, (is_reviewer,)),
    Permission.PUBLICATION_WITHDRAW: (_own_approver, (is_secretariat,)),
    Permission.REVIEW_MANAGE: ((is_secretariat,),),
    Permission.ROUND_MANAGE: ((is_secretariat,),),
    Permission.ROUND_READ: ((is_reviewer,),),
    Permission.WORDING_MANAGE: ((is_secretariat,),),
    Permission.WORKPLACE_EDIT: (_own_editor,),
    Permission.WORKPLACE_READ: (_own, (is_reviewer,)),
}


def may(actor: Actor | None, permission: Permission | str, resource: OwnedByOrg) -> bool:
    """Return whether the actor holds the permission on the resource; unknown ones nobody holds."""
    if actor is None or permission not in set(Permission):
        return False
    rows = GRANTS.get(Permission(permission), ())
    return any(all(p(actor, resource) for p in row) for row in rows)


def authorize(actor: Actor | None, permission: Permission, resource: OwnedByOrg) -> None:
    """Raise NotPermitted unless ``may``; services call this first."""
    if not may(actor, permission, resource):
        raise NotPermitted(Text("You do not have permission to do this."))
