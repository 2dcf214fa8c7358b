"""The feedback report: for the member, and for the secretariat."""

import uuid

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from jpmirai_compliance.assessments.queries import member
from jpmirai_compliance.assessments.queries.review import require_no_tie
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import actor, uow
from jpmirai_compliance.reports import documents
from jpmirai_compliance.reports.queries import feedback as queries
from jpmirai_compliance.reports.rules.feedback import FINDINGS
from jpmirai_compliance.reports.views import bp


@bp.get("/m/<int:year>/report")
@audience(Audience.MEMBER)
def own_feedback(year: int) -> ResponseReturnValue:
    """Show the member its report; before the check is finished, say when there will be one."""
    view = member.assessment(uow(), actor(), year)
    found = queries.feedback(uow(), view)
    if found is None:
        return render_template("reports/not_yet.html", assessment=view)
    return render_template("reports/feedback_member.html", found=found, findings=FINDINGS)


@bp.get("/m/<int:year>/report/<any(ja, en):language>.pdf")
@audience(Audience.MEMBER)
def own_feedback_pdf(year: int, language: str) -> ResponseReturnValue:
    """Give the report as PDF; NotFound before the check is finished."""
    return _pdf(queries.feedback(uow(), member.assessment(uow(), actor(), year)), language)


@bp.get("/s/reviews/<uuid:assessment_id>/feedback")
@audience(Audience.SECRETARIAT)
def feedback(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Show the secretariat what the member reads; NotFound before the check is finished."""
    found = _of(assessment_id)
    if found is None:
        raise NotFound
    return render_template("reports/feedback_secretariat.html", found=found, findings=FINDINGS)


@bp.get("/s/reviews/<uuid:assessment_id>/feedback/<any(ja, en):language>.pdf")
@audience(Audience.SECRETARIAT)
def feedback_pdf(assessment_id: uuid.UUID, language: str) -> ResponseReturnValue:
    """Give the same PDF as to the member."""
    return _pdf(_of(assessment_id), language)


def _of(assessment_id: uuid.UUID) -> queries.Feedback | None:
    view = member.by_id(uow(), actor(), assessment_id)
    require_no_tie(uow(), actor(), view.org_id)
    return queries.feedback(uow(), view)


def _pdf(found: queries.Feedback | None, language: str) -> Response:
    if found is None:
        raise NotFound
    name = f"jpmirai-{found.number}-report-{language}.pdf"
    return Response(
        documents.feedback(found, locale=language),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
