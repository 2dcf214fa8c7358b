"""The half-year update: handed in and, where the year is public, put on its page."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Any

from jpmirai_compliance.assessments.queries.updates import ReportView
from jpmirai_compliance.assessments.service import updates
from jpmirai_compliance.disclosure import rules
from jpmirai_compliance.disclosure.models import Publication
from jpmirai_compliance.disclosure.service import Settle, Write, rows
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.policy import Actor

#: What a publication with an update keeps of the one it replaces: its dates, too.
_KEPT = (
    *("org_id", "assessment_id", "snapshot_id", "year", "name_ja", "name_en", "sort_ja"),
    *("sort_en", "search", "kind", "prefecture", "choices", "band", "badge", "published_at"),
    "valid_until",
)


def submit(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    seen: str,
    write: Write,
    settle: Settle,
    now: dt.datetime,
) -> bool:
    """Hand in what the approver saw and return whether it is on the public page now.

    A year that is not public yet shows it once it is. The page keeps its dates: an update makes
    no badge last longer. Raises what ``assessments.service.updates.submit`` raises.
    """
    org_id = rows.own(actor)
    report = updates.submit(uow, actor=actor, year=year, seen=seen, now=now)
    lock(uow, f"publish:{org_id}")
    old = rows.live(uow, org_id, year)
    if old is None:
        return False
    page = json.loads(old.page)
    updated = rules.with_update(page, report)
    if updated != page:
        _put(uow, actor, old, updated, report, write, now)
        uow.after_commit(lambda: settle(org_id))
    return True


def _put(  # noqa: PLR0913, PLR0917 -- one caller
    uow: UnitOfWork,
    actor: Actor,
    old: Publication,
    page: Mapping[str, Any],
    report: ReportView,
    write: Write,
    now: dt.datetime,
) -> None:
    """Publish the same page with the update in the place of the one before."""
    page = {**page, "code": rows.new_code()}
    row = Publication(
        key=uuid.uuid4(),
        **{name: getattr(old, name) for name in _KEPT},
        code=page["code"],
        page=json.dumps(page, ensure_ascii=False, sort_keys=True),
        bundle=write(page),
        published_by=actor.user_id,
    )
    rows.replace(uow, actor, row, now)
    audit.record(
        uow,
        Event.PUBLISHED,
        actor=actor,
        now=now,
        subject=f"publication:{row.id}",
        data={"year": row.year, "bundle": row.bundle, "update": report.sha256},
    )
