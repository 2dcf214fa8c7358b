"""Which roles there are where, and who may not be taken away."""

import uuid
from collections.abc import Iterable, Mapping

from jpmirai_compliance.foundation.policy import MEMBER_ROLES, STAFF, Role
from jpmirai_compliance.foundation.text import Text

#: In the order in which pages list them.
MEMBER_ORDER = (Role.ADMIN, Role.EDITOR, Role.APPROVER)
STAFF_ORDER = (Role.SECRETARIAT, Role.REVIEWER, Role.JUDGE)
FIRST_PERSON = frozenset(MEMBER_ORDER)  # whoever joins an organisation first holds all
NEEDS_SECOND_FACTOR = STAFF | {Role.JUDGE}

NAMES = {
    Role.ADMIN: Text("Administrator"),
    Role.EDITOR: Text("Editor"),
    Role.APPROVER: Text("Approver"),
    Role.SECRETARIAT: Text("Secretariat"),
    Role.REVIEWER: Text("Reviewer"),
    Role.JUDGE: Text("Judge"),
}
HINTS = {
    Role.ADMIN: Text("Manages people and the organisation's profile"),
    Role.EDITOR: Text("Answers questions and attaches evidence"),
    Role.APPROVER: Text("Approves, submits and publishes"),
    Role.SECRETARIAT: Text("Runs rounds, members, awards and settings"),
    Role.REVIEWER: Text("Checks evidence and scores award entries"),
    Role.JUDGE: Text("Scores award entries from outside the secretariat"),
}


def choices(org_id: uuid.UUID | None) -> tuple[Role, ...]:
    """Return the roles that exist in an organisation, or (None) around the secretariat."""
    return STAFF_ORDER if org_id is None else MEMBER_ORDER


def fits(roles: Iterable[Role], org_id: uuid.UUID | None) -> bool:
    """Return whether there is at least one role and all of them exist there."""
    given = frozenset(roles)
    allowed = frozenset(STAFF_ORDER) if org_id is None else MEMBER_ROLES
    return bool(given) and given <= allowed


def keeper(org_id: uuid.UUID | None) -> Role:
    """Return the role that somebody must always hold: without it nobody can invite anybody."""
    return Role.SECRETARIAT if org_id is None else Role.ADMIN


def is_last_keeper(
    user_id: uuid.UUID, org_id: uuid.UUID | None, held: Mapping[uuid.UUID, frozenset[Role]]
) -> bool:
    """Return whether this person alone holds the keeping role; ``held``: roles of everybody."""
    role = keeper(org_id)
    return {person for person, roles in held.items() if role in roles} == {user_id}


def written(roles: Iterable[Role]) -> str:
    """Return roles as they are stored in an invitation, in a fixed order."""
    given = frozenset(roles)
    return ",".join(role.value for role in (*MEMBER_ORDER, *STAFF_ORDER) if role in given)


def read(text: str) -> frozenset[Role]:
    """Return the roles of a stored invitation; ValueError for an unknown one."""
    return frozenset(Role(part) for part in text.split(",") if part)
