"""Setting the neutral help that stands on every worker page and poster."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace

from jpmirai_compliance.disclosure.models import HelpEdition
from jpmirai_compliance.disclosure.queries import help as queries
from jpmirai_compliance.disclosure.rules import help as rules
from jpmirai_compliance.disclosure.rules.help import Desk
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import Conflict, Gap, Incomplete, NotFound
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Text


def save_desk(uow: UnitOfWork, *, actor: Actor, desk: Desk, mark: str, now: dt.datetime) -> str:
    """Put a desk in force and return its id; one without an id is new and comes last.

    ``mark`` is that of the desk as it was seen. NotPermitted, NotFound, Conflict if somebody
    changed it since, Incomplete naming the fields that are wrong; the last desk that is shown
    cannot be hidden.
    """
    authorize(actor, Permission.HELP_MANAGE, SECRETARIAT_ITSELF)
    lock(uow, "help")
    found = list(queries.desks(uow))
    before = next((known for known in found if known.id == desk.id), None)
    if desk.id and before is None:
        raise NotFound
    if rules.mark(before) != mark:
        raise Conflict
    new = replace(rules.cleaned(desk), changed_at=now, changed_by=actor.user_id)
    if before is None:
        new = replace(new, id=uuid.uuid4().hex)
    others = [known for known in found if known.id != new.id]
    _refuse(new, others, now)
    if before is not None and rules.mark(new) == mark:
        return new.id
    wanted = [new if known.id == new.id else known for known in found]
    _put(uow, actor, wanted if before else [*found, new], new, now)
    return new.id


def move_desk(uow: UnitOfWork, *, actor: Actor, desk_id: str, up: bool, now: dt.datetime) -> None:
    """Change places with the neighbour before or after it, if there is one.

    NotPermitted, NotFound.
    """
    authorize(actor, Permission.HELP_MANAGE, SECRETARIAT_ITSELF)
    lock(uow, "help")
    found = list(queries.desks(uow))
    at = next((place for place, known in enumerate(found) if known.id == desk_id), None)
    if at is None:
        raise NotFound
    to = at - 1 if up else at + 1
    if not 0 <= to < len(found):
        return
    found[at], found[to] = found[to], found[at]
    _put(uow, actor, found, found[to], now)


def _refuse(desk: Desk, others: Sequence[Desk], now: dt.datetime) -> None:
    gaps = list(rules.faults(desk, now.astimezone(TOKYO).date()))
    if not desk.shown and not any(known.shown for known in others):
        gaps.append(Gap(Text("Workers need at least one place that is shown."), "shown"))
    if len(others) >= rules.DESKS_MAX:
        values = {"most": rules.DESKS_MAX}
        text = Text("There are %(most)s places already. Change one of them.", values)
        gaps.append(Gap(text, "shown"))
    if gaps:
        raise Incomplete(gaps[0].text, gaps)


def _put(
    uow: UnitOfWork, actor: Actor, desks: Sequence[Desk], about: Desk, now: dt.datetime
) -> None:
    row = HelpEdition(
        number=queries.newest_number(uow) + 1,
        body=rules.dump_desks(desks),
        made_at=now,
        made_by=actor.user_id,
    )
    uow.session.add(row)
    uow.session.flush()
    audit.record(
        uow,
        Event.HELP_CHANGED,
        actor=actor,
        now=now,
        subject=f"help:{about.id}",
        data={"name": about.names["ja"], "shown": about.shown, "edition": row.number},
    )
