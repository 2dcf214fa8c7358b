"""The half-year update: the member's texts; the secretariat's dates and list."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.forms import secretariat as common
from jpmirai_compliance.assessments.forms.updates import PartForm, PeriodForm
from jpmirai_compliance.assessments.queries import rounds, updates
from jpmirai_compliance.assessments.queries.member import round_of
from jpmirai_compliance.assessments.queries.updates import UpdateStage, UpdateView
from jpmirai_compliance.assessments.service import updates as service
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.forms import Difference, differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Of,
    Permission,
    authorize,
    may,
)
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import PRINCIPLES, Principle, load_edition

OFFICE_HOURS = {"opens_time": "09:00", "closes_time": "17:00"}


@bp.get("/m/<int:year>/update")
@audience(Audience.MEMBER)
def update(year: int) -> ResponseReturnValue:
    """Show the five principles with what is written, the deadline and the way to hand it in."""
    found = updates.update(uow(), actor(), year)
    return render_template(
        "assessments/member/update.html",
        update=found,
        not_due=updates.NOT_DUE,
        year=year,
        principles=_principles(year),
        moment=now(),
        may_answer=_may_answer(found),
    )


@bp.route("/m/<int:year>/update/<int:number>", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.UPDATE_SAVED,))
def update_part(year: int, number: int) -> ResponseReturnValue:
    """Show or save what is said about one principle: 303 to the next, 422, or 409 with both."""
    found = updates.update(uow(), actor(), year)
    found.part(number)
    form = PartForm()
    if request.method == "GET":
        form.fill(found.part(number))
        return _part_page(found, number, form)
    if not form.validate():
        return _part_page(found, number, form), 422
    try:
        with uow().transaction() as work:
            service.save_part(
                work,
                actor=actor(),
                year=year,
                principle=number,
                said=form.said(),
                version=form.version.number or 0,
                now=now(),
            )
    except Conflict as error:
        newer = updates.update(uow(), actor(), year)
        form.version.data = str(newer.part(number).version)
        return _part_page(newer, number, form, conflict=error), 409
    except (NotFound, NotPermitted):
        raise
    except DomainError as error:  # the time is over: what was typed stays on the page
        return _part_page(found, number, form, refused=error), 409
    flash(_("What you wrote about principle %(number)s was saved.", number=number), "success")
    if request.form.get("action") == "next" and number < max(PRINCIPLES):
        return redirect(url_for(".update_part", year=year, number=number + 1), 303)
    return redirect(url_for(".update", year=year), 303)


@bp.route("/s/rounds/<int:year>/update", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.UPDATE_PERIOD_CHANGED,))
def round_update(year: int) -> ResponseReturnValue:
    """Show who has handed in; plan or move the dates: 303, 422, or 409 if they changed."""
    rounds.round_of_year(uow(), actor=actor(), year=year)
    found = updates.period(uow(), year)
    form = PeriodForm(data=_dates(found) if found else dict(OFFICE_HOURS))
    if request.method == "GET":
        return _period_page(year, found, form)
    authorize(actor(), Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    if not form.validate():
        return _period_page(year, found, form), 422
    try:
        with uow().transaction() as work:
            service.set_period(
                work,
                actor=actor(),
                year=year,
                opens_at=common.moment(form.opens_day.day, form.opens_time.time),
                closes_at=common.moment(form.closes_day.day, form.closes_time.time),
                version=form.seen,
                now=now(),
            )
    except Incomplete as error:
        rest = common.show_gaps(form, error.gaps)
        return _period_page(year, found, form, extra=rest), 422
    except Conflict:
        newer = updates.period(uow(), year)
        stored = PeriodForm(formdata=None, data=_dates(newer) if newer else {})
        form.version.data = stored.version.data
        return _period_page(year, newer, form, overtaken=differences(form, stored)), 409
    flash(_("The dates of the half-year update were saved."), "success")
    return redirect(url_for(".round_update", year=year), 303)


def _part_page(
    found: UpdateView,
    number: int,
    form: PartForm,
    *,
    conflict: Conflict | None = None,
    refused: DomainError | None = None,
) -> str:
    year = found.period.year
    return render_template(
        "assessments/member/update_part.html",
        update=found,
        year=year,
        principle=load_edition(round_of(uow(), year).edition).principle(number),
        form=form,
        may_answer=_may_answer(found) or refused is not None,
        conflict=conflict,
        refused=refused,
        last=max(PRINCIPLES),
    )


def _period_page(
    year: int,
    found: updates.PeriodView | None,
    form: PeriodForm,
    *,
    extra: list[tuple[str, str]] | None = None,
    overtaken: list[Difference] | None = None,
) -> str:
    stage = listing.choice("stage", UpdateStage)
    rows: tuple[updates.Reporter, ...] = ()
    counts: dict[UpdateStage, int] = {}
    if found is not None:
        rows = updates.reporters(
            uow(), actor=actor(), found=found, stage=stage, after=listing.name_key()
        )
        counts = updates.stage_counts(uow(), actor=actor(), found=found)
    more = rows[-1] if len(rows) == updates.PAGE else None
    return render_template(
        "assessments/secretariat/round_update.html",
        year=year,
        period=found,
        form=form,
        extra_errors=extra or [],
        overtaken=overtaken,
        rows=rows,
        counts=counts,
        stage=stage,
        moment=now(),
        first=listing.here(after=None, last=None) if listing.name_key() else "",
        next=listing.here(after=more.name_ja, last=more.org_id) if more else "",
    )


def _principles(year: int) -> tuple[Principle, ...]:
    return load_edition(round_of(uow(), year).edition).principles


def _may_answer(found: UpdateView) -> bool:
    return (
        found.due
        and found.period.window.holds(now())
        and may(actor(), Permission.ASSESSMENT_ANSWER, Of(found.org_id))
    )


def _dates(found: updates.PeriodView) -> dict[str, str]:
    opens, closes = (m.astimezone(TOKYO) for m in (found.window.opens_at, found.window.closes_at))
    return {
        "version": str(found.version),
        "opens_day": f"{opens:%Y-%m-%d}",
        "opens_time": f"{opens:%H:%M}",
        "closes_day": f"{closes:%Y-%m-%d}",
        "closes_time": f"{closes:%H:%M}",
    }
