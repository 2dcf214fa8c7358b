"""The member's year: start page, task list, a principle's questions, scores."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.queries import filtering, member_pages, updates
from jpmirai_compliance.assessments.queries import member as queries
from jpmirai_compliance.assessments.queries.filtering import Filter
from jpmirai_compliance.assessments.queries.member_pages import Overview, Section
from jpmirai_compliance.assessments.queries.teamwork import whole
from jpmirai_compliance.assessments.queries.updates import UpdateView
from jpmirai_compliance.assessments.rules import FormLength, Status
from jpmirai_compliance.assessments.service import answers as service
from jpmirai_compliance.assessments.views import bp, listing, teamwork
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.policy import Permission, may
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import formula, overall_formula

#: The assessment's state in the one set of status words; ``approved`` is said by its own tag.
STATUS_WORDS = {
    Status.DRAFT: "in_progress",
    Status.AWAITING_APPROVAL: "awaiting_approval",
    Status.APPROVED: "approved",
    Status.SUBMITTED: "submitted",
    Status.RETURNED: "returned",
    Status.ACCEPTED: "checked",
}


@bp.get("/m")
@audience(Audience.MEMBER)
def home() -> ResponseReturnValue:
    """Show this year's state, its deadline and the next step; earlier years below."""
    standings = queries.standings(uow(), actor())
    current, *past = standings or (None,)
    progress = None
    if current and current.assessment:
        progress = member_pages.overview(uow(), actor(), current.round.year)
    return render_template(
        "assessments/member/home.html",
        current=current,
        past=past,
        progress=progress,
        update=_update(),
        not_due=updates.NOT_DUE,
        moment=now(),
        words=STATUS_WORDS,
    )


def _update() -> UpdateView | None:
    """Return the update that is asked for, or was last; None before its first day."""
    found = updates.newest_period(uow(), actor())
    if found is None or found.window.before(now()):
        return None
    return updates.update(uow(), actor(), found.year)


@bp.post("/m/<int:year>/start")
@audience(Audience.MEMBER, records=(Event.ASSESSMENT_STARTED,))
def start(year: int) -> ResponseReturnValue:
    """Begin the year's assessment; 303 to the task list, 409 outside the window."""
    queries.round_of(uow(), year)
    with uow().transaction() as work:
        service.start(work, actor=actor(), year=year, now=now(), form=_chosen_form())
    flash(_("Your self-assessment of %(year)s has begun.", year=year), "success")
    return redirect(url_for(".task_list", year=year), 303)


@bp.get("/m/<int:year>")
@audience(Audience.MEMBER)
def task_list(year: int) -> ResponseReturnValue:
    """Show the five principles with what is done; before the start, 303 to where it starts."""
    try:
        overview = member_pages.overview(uow(), actor(), year)
    except NotFound:
        if not _not_started(year):
            raise
        flash(_("The self-assessment of %(year)s has not been started.", year=year), "info")
        return redirect(url_for(".home"), 303)
    wanted = listing.choice("filter", Filter)
    me = actor().user_id
    return render_template(
        "assessments/member/task_list.html",
        wanted=wanted,
        counts=filtering.counts(overview.questions, overview, me),
        chosen=filtering.chosen(overview.questions, wanted, me),
        overview=overview,
        assessment=overview.assessment,
        states={s.principle.number: section_state(overview, s) for s in overview.sections},
        moment=now(),
        words=STATUS_WORDS,
    )


def _not_started(year: int) -> bool:
    standings = queries.standings(uow(), actor())
    return any(s.round.year == year and s.assessment is None for s in standings)


@bp.get("/m/<int:year>/principles/<int:number>")
@audience(Audience.MEMBER)
def principle(year: int, number: int) -> ResponseReturnValue:
    """Show the questions of one principle; 404 if none of them is asked."""
    overview = member_pages.overview(uow(), actor(), year)
    section = overview.section(number)
    if section is None:
        raise NotFound
    wanted = listing.choice("filter", Filter)
    me = actor().user_id
    return render_template(
        "assessments/member/principle.html",
        wanted=wanted,
        counts=filtering.counts(section.questions, overview, me),
        chosen=filtering.chosen(section.questions, wanted, me),
        whole=overview.tasks.get(whole(number)),
        assign=teamwork.assign_form(overview.tasks.get(whole(number))),
        may_answer=may(actor(), Permission.ASSESSMENT_ANSWER, overview.assessment),
        open_now=overview.assessment.window.holds(now()),
        overview=overview,
        assessment=overview.assessment,
        section=section,
    )


@bp.get("/m/<int:year>/scores")
@audience(Audience.MEMBER)
def scores(year: int) -> ResponseReturnValue:
    """Show both numbers of each principle, what caps each answer, and every sum."""
    overview = member_pages.overview(uow(), actor(), year)
    edition = overview.assessment.edition
    parts = [(part, formula(edition, part)) for part in overview.scores.principles]
    chain = overview.scores.supply_chain
    return render_template(
        "assessments/member/scores.html",
        overview=overview,
        assessment=overview.assessment,
        edition=edition,
        parts=parts,
        chain=(chain, formula(edition, chain)),
        overall=overall_formula(edition, overview.scores),
    )


def section_state(overview: Overview, section: Section) -> str:
    """Return a principle's state in the one set of status words."""
    status = overview.assessment.status
    if status is Status.SUBMITTED:
        return "submitted"
    if status is Status.ACCEPTED:
        return "checked"
    if status is Status.RETURNED:
        return "returned" if section.returned else "submitted"
    if section.answered == 0:
        return "not_started"
    return "completed" if section.answered == len(section.questions) else "in_progress"


def _chosen_form() -> FormLength | None:
    """Return the form ticked on the start page, None if none was offered."""
    try:
        return FormLength(request.form.get("form", ""))
    except ValueError:
        return None
