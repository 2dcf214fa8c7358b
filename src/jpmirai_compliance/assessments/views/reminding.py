"""Pages that act on many participants: reminding them, extending them."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from jpmirai_compliance.assessments.forms import secretariat as forms
from jpmirai_compliance.assessments.forms.office import ManyExtensionForm, ReminderForm
from jpmirai_compliance.assessments.queries import participants as queries
from jpmirai_compliance.assessments.queries.participants import Filters
from jpmirai_compliance.assessments.queries.rounds import round_of_year
from jpmirai_compliance.assessments.rules import reminding
from jpmirai_compliance.assessments.service import extensions
from jpmirai_compliance.assessments.service import reminders as service
from jpmirai_compliance.assessments.service.reminders import Draft, Plan
from jpmirai_compliance.assessments.views import bp, narrowing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import Conflict, Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.route("/s/rounds/<int:year>/remind", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.MEMBERS_REMINDED,))
def round_remind(year: int) -> ResponseReturnValue:
    """Show the mail and who gets it; put it into the outbox: 303, or 422/409 with the reason."""
    authorize(actor(), Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    if (chosen := narrowing.chosen()) is None:
        return _nobody(year)
    form = ReminderForm.prefilled(service.proposed())
    if request.method == "GET":
        return _remind_page(year, chosen, form)
    gaps = service.faults(form.draft) if form.validate() else []
    if gaps or form.errors:
        return _remind_page(year, chosen, form, forms.show_gaps(form, gaps)), 422
    if "send" not in request.form:
        return _remind_page(year, chosen, form)
    return _send(year, chosen, form)


def _send(year: int, chosen: Filters, form: ReminderForm) -> ResponseReturnValue:
    try:
        with uow().transaction() as work:
            count = service.send(
                work,
                actor=actor(),
                year=year,
                filters=chosen,
                draft=form.draft,
                expected=form.expected.number or 0,
                key=form.once,
                base_url=_base_url(),
                public=narrowing.public(),
                again=form.again.data,
                now=now(),
            )
    except Incomplete as error:
        extra = forms.show_gaps(form, error.gaps)
        return _remind_page(year, chosen, form, extra), 422
    except Conflict as error:
        return _remind_page(year, chosen, form, changed=translated(error.text)), 409
    flash(_reminded(count), "success")
    return redirect(url_for("assessments.round", year=year), 303)


@bp.route("/s/rounds/<int:year>/extend", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.ROUND_CHANGED,))
def round_extend(year: int) -> ResponseReturnValue:
    """Ask until when and why; extend everybody chosen who can be: 303, 422, or 409."""
    authorize(actor(), Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    if (chosen := narrowing.chosen()) is None:
        return _nobody(year)
    form = ManyExtensionForm()
    if request.method == "GET" or not form.validate():
        return _extend_page(year, chosen, form), 200 if request.method == "GET" else 422
    try:
        with uow().transaction() as work:
            done, skipped = extensions.extend_all(
                work,
                actor=actor(),
                year=year,
                org_ids=[row.org_id for row in _rows(year, chosen)],
                late_until=forms.moment(form.late_day.day, form.late_time.time),
                reason=form.reason.data,
                seen=form.seen.data or "",
                base_url=_base_url(),
                now=now(),
            )
    except Incomplete as error:
        extra = forms.show_gaps(form, error.gaps)
        return _extend_page(year, chosen, form, extra), 422
    except Conflict as error:
        form.seen.data = ""
        return _extend_page(year, chosen, form, [(translated(error.text), "")]), 409
    flash(
        ngettext(
            "%(num)d member was extended and told by mail.",
            "%(num)d members were extended and told by mail.",
            done,
        ),
        "success",
    )
    if skipped:
        lines = [f"{translated(one.name)} ({translated(one.why)})" for one in skipped]
        flash(_("Not extended: %(list)s", list=" ".join(lines)), "info")
    return redirect(url_for("assessments.round", year=year), 303)


def _nobody(year: int) -> ResponseReturnValue:
    flash(_("Tick at least one member, or choose the whole list."), "error")
    return redirect(url_for("assessments.round", year=year), 303)


def _reminded(count: int) -> str:
    if not count:
        return str(_("These mails were put into the outbox already. Nothing was sent twice."))
    text = ngettext(
        "%(num)d mail was put into the outbox.", "%(num)d mails were put into the outbox.", count
    )
    return str(text)


def _remind_page(
    year: int,
    chosen: Filters,
    form: ReminderForm,
    extra: list[tuple[str, str]] | None = None,
    changed: str = "",
) -> str:
    moment = now()
    plan = service.plan(
        uow(),
        actor=actor(),
        year=year,
        filters=chosen,
        public=narrowing.public(),
        again=form.again.data,
        now=moment,
    )
    form.expected.data = str(len(plan.addressees))
    return render_template(
        "assessments/secretariat/round_remind.html",
        round=plan.round,
        plan=plan,
        form=form,
        samples=_samples(plan, form.draft),
        marks=[f"{{{name}}}" for name in reminding.MARKS],
        hours=int(reminding.QUIET.total_seconds() // 3600),
        extra_errors=extra or [],
        changed=changed,
        here=request.full_path,
        subject_max=service.SUBJECT_MAX,
        body_max=service.BODY_MAX,
    )


def _samples(plan: Plan, draft: Draft) -> list[tuple[str, int, str, str, str]]:
    """Return language, how many read it, and the mail as the first of them reads it."""
    found = []
    for language in service.LANGUAGES:
        readers = [a for a in plan.addressees if a.person.locale == language]
        if readers:
            subject, body = service.shown(draft, plan, readers[0], _base_url(), now())
            found.append((language, len(readers), readers[0].person.email, subject, body))
    return found


def _rows(year: int, chosen: Filters) -> tuple[queries.Participant, ...]:
    found = round_of_year(uow(), actor=actor(), year=year)
    return queries.participants(
        uow(),
        actor=actor(),
        round_id=found.id,
        now=now(),
        filters=chosen,
        public=narrowing.public(),
        limit=extensions.MOST + 1,
    )


def _extend_page(
    year: int,
    chosen: Filters,
    form: ManyExtensionForm,
    extra: list[tuple[str, str]] | None = None,
) -> str:
    found, rows = round_of_year(uow(), actor=actor(), year=year), _rows(year, chosen)
    if request.method == "GET":
        form.late_time.data = f"{found.closes_at.astimezone(TOKYO):%H:%M}"
    form.seen.data = form.seen.data or extensions.seen_of({r.org_id: r.late_until for r in rows})
    return render_template(
        "assessments/secretariat/round_extend.html",
        round=found,
        rows=rows,
        form=form,
        extra_errors=extra or [],
        here=request.full_path,
    )


def _base_url() -> str:
    return str(current_app.extensions["settings"].public_base_url)
