"""The evidence of an entry on a reviewer's desk: looked at page by page, or saved as a file."""

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from jpmirai_compliance.awards.queries import desk as queries
from jpmirai_compliance.awards.service import scoring as service
from jpmirai_compliance.awards.views import bp
from jpmirai_compliance.evidence import views as files
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import actor, now, uow

_PIECE = "/j/entries/<uuid:entry_id>/evidence/<uuid:evidence_id>/<int:ordinal>"


@bp.get(_PIECE)
@audience(Audience.JUDGE, records=(Event.EVIDENCE_READ,))
def evidence(entry_id: uuid.UUID, evidence_id: uuid.UUID, ordinal: int) -> ResponseReturnValue:
    """Hand out a frozen file of an opened entry, inert, to be saved; 404 for every other."""
    return files.inert(_read(entry_id, evidence_id, ordinal))


@bp.get(f"{_PIECE}/look")
@audience(Audience.JUDGE, records=(Event.EVIDENCE_READ,))
def look(entry_id: uuid.UUID, evidence_id: uuid.UUID, ordinal: int) -> ResponseReturnValue:
    """Show what can be shown of a page of such a file, in a page of ours; 404 likewise."""
    piece = _found(entry_id, evidence_id, ordinal)
    page, asked = files.pages_asked()
    preview = files.drawn(piece, page)
    if preview.text or preview.rows:  # a picture is recorded when the browser asks for it
        _read(entry_id, evidence_id, ordinal)
    return render_template(
        "awards/judge/look.html",
        entry_id=entry_id,
        piece=piece,
        preview=preview,
        page=page,
        **asked,
    )


@bp.get(f"{_PIECE}/page/<int:page>.png")
@audience(Audience.JUDGE, records=(Event.EVIDENCE_READ,))
def page_picture(
    entry_id: uuid.UUID, evidence_id: uuid.UUID, ordinal: int, page: int
) -> ResponseReturnValue:
    """Hand out one page as a picture that we drew ourselves; 404 where there is none."""
    png = files.drawn(_found(entry_id, evidence_id, ordinal), page).png
    if not png:
        raise NotFound
    _read(entry_id, evidence_id, ordinal)
    return files.picture(png)


def _found(entry_id: uuid.UUID, evidence_id: uuid.UUID, ordinal: int) -> EvidenceView:
    sheet = queries.sheet(uow(), actor=actor(), entry_id=entry_id)
    return queries.evidence(uow(), sheet, evidence_id, ordinal)


def _read(entry_id: uuid.UUID, evidence_id: uuid.UUID, ordinal: int) -> EvidenceView:
    with uow().transaction() as work:
        return service.read_evidence(
            work,
            actor=actor(),
            entry_id=entry_id,
            evidence_id=evidence_id,
            ordinal=ordinal,
            now=now(),
        )
