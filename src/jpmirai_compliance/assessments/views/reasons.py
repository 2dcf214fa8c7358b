"""The secretariat's list of ready-made reasons."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.forms import secretariat as forms
from jpmirai_compliance.assessments.queries import reasons as queries
from jpmirai_compliance.assessments.rules.reasons import Reason, named
from jpmirai_compliance.assessments.service import reasons as service
from jpmirai_compliance.assessments.service.reasons import Wording
from jpmirai_compliance.assessments.views import bp
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, NotFound
from jpmirai_compliance.foundation.forms import Difference, differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.get("/s/reasons")
@audience(Audience.SECRETARIAT)
def reasons() -> ResponseReturnValue:
    """Show the ready-made reasons in both languages."""
    return render_template(
        "assessments/secretariat/reasons.html", reasons=queries.reasons(uow(), actor=actor())
    )


@bp.route("/s/reasons/new", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.REVIEW_REASONS_CHANGED,))
def reason_new() -> ResponseReturnValue:
    """Ask for a new reason and add it: 303 or 422."""
    return _edit(None)


@bp.route("/s/reasons/<reason>", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.REVIEW_REASONS_CHANGED,))
def reason_edit(reason: str) -> ResponseReturnValue:
    """Change one reason or offer it no more: 303, 422, or 409 with the newer wording beside."""
    found = named(queries.reasons(uow(), actor=actor()), reason)
    if found is None:
        raise NotFound
    return _edit(found)


def _edit(reason: Reason | None) -> ResponseReturnValue:
    form = forms.ReasonForm(data=_as_data(reason) if reason else {})
    if request.method == "GET":
        return _page(reason, form)
    if not form.validate():
        return _page(reason, form), 422
    try:
        with uow().transaction() as work:
            service.save(
                work,
                actor=actor(),
                reason_id=reason.id if reason else None,
                wording=Wording(
                    label_ja=form.label_ja.data,
                    label_en=form.label_en.data,
                    body_ja=form.body_ja.data,
                    body_en=form.body_en.data,
                    retired=bool(form.retired.data),
                ),
                version=form.seen,
                now=now(),
            )
    except Conflict:  # a new reason has nothing to be overtaken by: its page tells no version
        newer = named(queries.reasons(uow(), actor=actor()), reason.id) if reason else None
        stored = forms.ReasonForm(formdata=None, data=_as_data(newer) if newer else {})
        form.version.data = stored.version.data
        return _page(newer, form, differences(form, stored)), 409
    flash(_("The ready-made reason was saved."), "success")
    return redirect(url_for("assessments.reasons"), 303)


def _as_data(reason: Reason) -> dict[str, object]:
    return {
        "version": reason.version,
        "label_ja": reason.label.pick("ja"),
        "label_en": reason.label.pick("en"),
        "body_ja": reason.body.pick("ja"),
        "body_en": reason.body.pick("en"),
        "retired": reason.retired,
    }


def _page(
    reason: Reason | None, form: forms.ReasonForm, overtaken: list[Difference] | None = None
) -> str:
    return render_template(
        "assessments/secretariat/reason_edit.html", reason=reason, form=form, overtaken=overtaken
    )
