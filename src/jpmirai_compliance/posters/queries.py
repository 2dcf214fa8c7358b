"""Reading what an organisation puts on its posters."""

import hashlib
import uuid

from sqlmodel import col, select

from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.posters.layout import Mark
from jpmirai_compliance.posters.models import PosterLogo


def logo(uow: UnitOfWork, org_id: uuid.UUID) -> Mark | None:
    """Return the logo of an organisation, None if it has none."""
    query = select(PosterLogo).where(col(PosterLogo.org_id) == org_id)
    row = uow.session.exec(query).one_or_none()
    return None if row is None else Mark(row.png, row.width, row.height)


def logo_seen(mark: Mark | None) -> str:
    """Return what a page remembers of the logo that it showed; "none" for no logo."""
    return hashlib.sha256(mark.png).hexdigest()[:16] if mark else "none"
