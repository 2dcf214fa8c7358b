"""The member's choice between the short and the full form."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.queries import form_length as queries
from jpmirai_compliance.assessments.rules import FormLength
from jpmirai_compliance.assessments.service import form_length as service
from jpmirai_compliance.assessments.views import bp
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import DomainError, Incomplete, NotFound, NotPermitted
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Permission, may
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.route("/m/<int:year>/form", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.FORM_CHANGED,))
def form_length(year: int) -> ResponseReturnValue:
    """Show what each form asks and how it scores; change it: 303, 422 unconfirmed, 409."""
    if request.method == "GET":
        return _page(year)
    wanted = FormLength.CORE if request.form.get("form") == "core" else FormLength.FULL
    try:
        with uow().transaction() as work:
            service.change(
                work,
                actor=actor(),
                year=year,
                form=wanted,
                confirmed=bool(request.form.get("confirmed")),
                now=now(),
            )
    except Incomplete as error:
        found = [(translated(gap.text), f"#{gap.target}") for gap in error.gaps]
        return _page(year, found), 422
    except (NotFound, NotPermitted):
        raise
    except DomainError as error:
        return _page(year, [(translated(error.text), "")]), 409
    said = (
        _("You answer the full form now. What you answered so far is kept.")
        if wanted is FormLength.FULL
        else _("You answer the short form now. Other answers are kept, but not asked.")
    )
    flash(said, "success")
    return redirect(url_for(".task_list", year=year), 303)


def _page(year: int, problems: list[tuple[str, str]] | None = None) -> str:
    found = queries.choice(uow(), actor(), year)
    changeable = (
        found.assessment.status in service.CHANGEABLE
        and found.assessment.window.holds(now())
        and may(actor(), Permission.ASSESSMENT_ANSWER, found.assessment)
    )
    return render_template(
        "assessments/member/form_length.html",
        choice=found,
        assessment=found.assessment,
        changeable=changeable,
        extra_errors=problems or [],
    )
