"""How long the steps of a hand-over last, and what a role becomes in it. Pure."""

import datetime as dt
from enum import StrEnum

from jpmirai_compliance.foundation.policy import Role

CONFIRM_LIFE = dt.timedelta(days=7)  # for the successor to confirm
UNDO_LIFE = dt.timedelta(days=14)  # for the one who handed over, or the secretariat
CONSENT_LIFE = dt.timedelta(days=14)  # for the second person of the secretariat


class HandoverState(StrEnum):
    """Where a hand-over is; only ``ASKED`` and ``DONE`` can become something else."""

    ASKED = "asked"
    DONE = "done"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def after(roles: frozenset[Role], *, leaves: bool) -> frozenset[Role]:
    """Return what remains to who hands over: nothing, or all but the rights of an administrator.

    Somebody who stays and was an administrator only goes on as an editor.
    """
    if leaves:
        return frozenset()
    return (roles - {Role.ADMIN}) or frozenset({Role.EDITOR})
