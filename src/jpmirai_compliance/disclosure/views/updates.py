"""Handing in the half-year update: read it as the public will, then put it on the page."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from jpmirai_compliance.accounts.views import fresh
from jpmirai_compliance.assessments.queries import updates
from jpmirai_compliance.assessments.queries.member import round_of
from jpmirai_compliance.assessments.queries.updates import UpdateView
from jpmirai_compliance.disclosure import forms, queries
from jpmirai_compliance.disclosure.bundle.showing import ShownReport, shown_report
from jpmirai_compliance.disclosure.service import updates as service
from jpmirai_compliance.disclosure.views.member import press, settle
from jpmirai_compliance.disclosure.views.routes import bp
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Of, Permission, may
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import load_edition


@bp.route("/m/<int:year>/update/check", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.UPDATE_SUBMITTED, Event.PUBLISHED))
def check_update(year: int) -> ResponseReturnValue:
    """Show what is handed in; hand it in: 303 to the update, 409 if somebody changed it, 422."""
    found = updates.update(uow(), actor(), year)
    form = forms.PublishForm()
    if request.method == "GET":
        return _page(found, form)
    fresh()
    try:
        with uow().transaction() as work:
            public = service.submit(
                work,
                actor=actor(),
                year=year,
                seen=request.form.get("seen", ""),
                write=press().write,
                settle=settle,
                now=now(),
            )
    except Incomplete as error:
        texts = [(translated(gap.text), "") for gap in error.gaps]
        return _page(found, form, extra=texts), 422
    except Conflict as error:
        newer = updates.update(uow(), actor(), year)
        return _page(newer, form, extra=[(translated(error.text), "")]), 409
    if public:
        flash(_("The half-year update is on your public page."), "success")
    else:
        flash(
            _("The half-year update was submitted. It is shown once your page is public."),
            "success",
        )
    return redirect(url_for("assessments.update", year=year), 303)


def _page(
    found: UpdateView, form: forms.PublishForm, extra: list[tuple[str, str]] | None = None
) -> str:
    year = found.period.year
    return render_template(
        "disclosure/update_check.html",
        form=form,
        update=found,
        year=year,
        parts=_shown(found),
        extra_errors=extra or [],
        live=queries.live_publication(uow(), found.org_id, year),
        open=found.period.window.holds(now()),
        may_submit=may(actor(), Permission.PUBLICATION_PUBLISH, Of(found.org_id)),
    )


def _shown(found: UpdateView) -> tuple[ShownReport, ...]:
    edition = load_edition(round_of(uow(), found.period.year).edition)
    return tuple(
        shown_report(
            {
                "number": part.principle,
                "title": dict(edition.principle(part.principle).title.texts),
                **part.texts,
            },
            str(get_locale()),
        )
        for part in found.parts
        if part.said
    )
