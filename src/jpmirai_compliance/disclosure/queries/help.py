"""Reading the neutral help: what the secretariat set last, else what came with the software."""

from sqlalchemy import func
from sqlmodel import col, select

from jpmirai_compliance.disclosure.models import HelpEdition
from jpmirai_compliance.disclosure.rules import help as rules
from jpmirai_compliance.disclosure.rules.help import Desk, HelpDesk
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound


def desks(uow: UnitOfWork) -> tuple[Desk, ...]:
    """Return all desks in the order that was set, also those that are not shown."""
    query = select(HelpEdition.body).order_by(col(HelpEdition.number).desc()).limit(1)
    body = uow.session.exec(query).one_or_none()
    return rules.load_desks(body) if body is not None else rules.start_desks()


def newest_number(uow: UnitOfWork) -> int:
    """Return how often the help was changed."""
    return uow.session.exec(select(func.max(HelpEdition.number))).one() or 0


def desk(uow: UnitOfWork, desk_id: str) -> Desk:
    """Return one desk; NotFound."""
    for found in desks(uow):
        if found.id == desk_id:
            return found
    raise NotFound


def help_desks(uow: UnitOfWork, language: str) -> tuple[HelpDesk, ...]:
    """Return the desks that workers see in a language, the most useful ones first."""
    return rules.help_desks(desks(uow), language)
