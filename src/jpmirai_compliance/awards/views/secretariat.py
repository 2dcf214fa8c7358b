"""The secretariat's pages: years, categories, entries, reviewers."""

import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.awards import forms, rules
from jpmirai_compliance.awards.queries import conflicts, cycles, eligible, entries, results
from jpmirai_compliance.awards.queries.cycles import CategoryView, CycleView
from jpmirai_compliance.awards.rules import Source
from jpmirai_compliance.awards.service import assignment, scoring
from jpmirai_compliance.awards.service import cycles as cycle_service
from jpmirai_compliance.awards.service import entries as entry_service
from jpmirai_compliance.awards.views import bp
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Incomplete, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import JUDGING, SECRETARIAT_ITSELF, Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow


def manage() -> None:
    """Turn away who may not run the awards: NotPermitted."""
    authorize(actor(), Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)


def base_url() -> str:
    """Return the address that mails link to."""
    return str(current_app.extensions["settings"].public_base_url).rstrip("/")


@bp.get("/s/awards")
@audience(Audience.SECRETARIAT)
def index() -> ResponseReturnValue:
    """List the award years."""
    manage()
    return render_template("awards/secretariat/index.html", cycles=cycles.cycles(uow()), now=now())


@bp.route("/s/awards/new", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.AWARD_CYCLE_CHANGED,))
def cycle_new() -> ResponseReturnValue:
    """Open an award year with the default categories; 303, or 422."""
    manage()
    given = rules.defaults()
    form = forms.OpenForm(data={"initiatives": [*given.initiatives], "groups": [*given.groups]})
    form.initiatives.choices = [(i.code, translated(i.name)) for i in given.initiatives.values()]
    form.groups.choices = [(g.code, translated(g.name)) for g in given.groups.values()]
    if request.method == "GET":
        return _new_page(form)
    if not form.validate():
        return _new_page(form), 422
    try:
        with uow().transaction() as work:
            cycle_service.open_cycle(
                work,
                actor=actor(),
                year=form.year.number or 0,
                calendar=form.calendar(),
                initiatives=form.initiatives.data,
                groups=form.groups.data,
                now=now(),
            )
    except Incomplete as error:
        return _new_page(form, forms.show_gaps(form, error.gaps)), 422
    except NotFound:
        form.year.errors = [_("There is no assessment round of that year.")]
        return _new_page(form), 422
    flash(_("The award year was opened."), "success")
    return redirect(url_for(".cycle", year=form.year.number), 303)


def _new_page(form: forms.OpenForm, extra: list[tuple[str, str]] | None = None) -> str:
    return render_template("awards/secretariat/new.html", form=form, extra_errors=extra or [])


@bp.get("/s/awards/<int:year>")
@audience(Audience.SECRETARIAT)
def cycle(year: int) -> ResponseReturnValue:
    """Show a year: dates, categories, reviewers' progress, conflicts on record."""
    manage()
    found = cycles.cycle(uow(), year)
    of_year = cycles.categories(uow(), found.id)
    final = {d.category_id: d.stage for d in results.decisions(uow(), [c.id for c in of_year])}
    return render_template(
        "awards/secretariat/cycle.html",
        cycle=found,
        phase=found.calendar.phase(now()).value,
        categories=of_year,
        counts=entries.counts(uow(), found.id),
        decided=final,
        criteria=cycles.criteria(uow(), found.id),
        progress=results.progress(uow(), found.id),
        conflicts=conflicts.of_cycle(uow(), found.id),
        names=entries.names(uow(), found.id),
        me=actor().user_id,
    )


@bp.post("/s/awards/<int:year>/assign")
@audience(Audience.SECRETARIAT, records=(Event.AWARD_JUDGE_ASSIGNED,))
def assign(year: int) -> ResponseReturnValue:
    """Give every entry the reviewers it lacks."""
    with uow().transaction() as work:
        made = assignment.assign(work, actor=actor(), year=year, base_url=base_url(), now=now())
    text = ngettext("%(num)d review was given out.", "%(num)d reviews were given out.", made.made)
    flash(text, "success")
    if made.short:
        flash(
            ngettext(
                "%(num)d entry still lacks reviewers without a conflict.",
                "%(num)d entries still lack reviewers without a conflict.",
                len(made.short),
            ),
            "error",
        )
    return redirect(url_for(".cycle", year=year), 303)


@bp.post("/s/awards/<int:year>/conflicts/<uuid:conflict_id>/lift")
@audience(Audience.SECRETARIAT, records=(Event.AWARD_CONFLICT_DECLARED,))
def lift(year: int, conflict_id: uuid.UUID) -> ResponseReturnValue:
    """Lift a conflict that somebody else declared; 303 back to the year."""
    form = forms.ReasonForm()
    reason = form.reason.data or "" if form.validate() else ""
    with uow().transaction() as work:
        scoring.lift(
            work, actor=actor(), year=year, conflict_id=conflict_id, reason=reason, now=now()
        )
    flash(_("The conflict was lifted."), "success")
    return redirect(url_for(".cycle", year=year), 303)


@bp.get("/s/awards/<int:year>/<uuid:category_id>")
@audience(Audience.SECRETARIAT)
def category(year: int, category_id: uuid.UUID) -> ResponseReturnValue:
    """Show a category: entries with their rules, suggestions, members, standings, decisions."""
    manage()
    found, of = cycles.category(uow(), year, category_id)
    return category_page(found, of)


def category_page(
    found: CycleView, of: CategoryView, form: object = None, extra: object = ()
) -> str:
    """Return the category's page; ``form`` is the one that was refused."""
    members = eligible.facts(uow(), found.year)
    checked = eligible.checked(of, members)
    listed = entries.of_category(uow(), of.id)
    taken = {e.org_id for e in listed if e.state is not rules.EntryState.WITHDRAWN}
    why = results.withheld(uow(), actor=actor(), category_id=of.id)
    tied = why == results.WITHHELD  # does not learn who judges either, nor choose it
    return render_template(
        "awards/secretariat/category.html",
        cycle=found,
        category=of,
        form=form,
        extra_errors=list(extra),  # type: ignore[call-overload]  # -- a list of pairs
        entries=listed,
        tied=tied,
        reviewers={} if tied else results.assigned(uow(), of.id),
        judges=accounts.with_roles(uow(), None, JUDGING),
        suggested=eligible.suggested(uow(), found.year, of, members),
        checked=[c for c in checked if c.org_id not in taken],
        takes_entries=found.calendar.takes_entries(now()),
        withheld=why,
        current=None if why else _current(found, of),
        decisions=results.decisions(uow(), [of.id]),
        criteria=cycles.criteria(uow(), found.id),
        by_entry={str(e.id): e for e in listed},
    )


def _current(found: CycleView, of: CategoryView) -> dict[str, object]:
    return rules.recompute(results.basis(uow(), found, of))


@bp.post("/s/awards/<int:year>/<uuid:category_id>/remove")
@audience(Audience.SECRETARIAT, records=(Event.AWARD_CYCLE_CHANGED,))
def category_remove(year: int, category_id: uuid.UUID) -> ResponseReturnValue:
    """Take a category without entries out of the year."""
    with uow().transaction() as work:
        cycle_service.remove_category(
            work, actor=actor(), year=year, category_id=category_id, now=now()
        )
    flash(_("The category was removed."), "success")
    return redirect(url_for(".cycle", year=year), 303)


@bp.post("/s/awards/<int:year>/<uuid:category_id>/propose")
@audience(Audience.SECRETARIAT, records=(Event.AWARD_ENTERED,))
def propose(year: int, category_id: uuid.UUID) -> ResponseReturnValue:
    """Nominate a member or take up a suggestion; asks for the member's consent."""
    manage()
    found, of = cycles.category(uow(), year, category_id)
    form = forms.ProposeForm()
    org_id = given_id(form.org_id.data)
    if not form.validate() or org_id is None:
        return category_page(found, of, form), 422
    suggested = request.form.get("source") == Source.SUGGESTED.value
    try:
        with uow().transaction() as work:
            entry_service.propose(
                work,
                actor=actor(),
                year=year,
                category_id=category_id,
                org_id=org_id,
                source=Source.SUGGESTED if suggested else Source.NOMINATED,
                base_url=base_url(),
                now=now(),
            )
    except Incomplete as error:
        return category_page(found, of, form, forms.show_gaps(form, error.gaps)), 422
    flash(_("The member was asked for its consent."), "success")
    return redirect(url_for(".category", year=year, category_id=category_id), 303)


@bp.post("/s/awards/<int:year>/<uuid:category_id>/<uuid:entry_id>/assign")
@audience(Audience.SECRETARIAT, records=(Event.AWARD_JUDGE_ASSIGNED,))
def assign_one(year: int, category_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Give one entry of the category to one reviewer; 409 where a conflict exists."""
    manage()
    found, of = cycles.category(uow(), year, category_id)
    if entry_id not in {e.id for e in entries.of_category(uow(), of.id)}:
        raise NotFound
    form = forms.AssignForm()
    judge_id = given_id(form.judge_id.data)
    if not form.validate() or judge_id is None:
        return category_page(found, of, form), 422
    with uow().transaction() as work:
        assignment.assign_one(
            work,
            actor=actor(),
            year=year,
            entry_id=entry_id,
            judge_id=judge_id,
            base_url=base_url(),
            now=now(),
        )
    flash(_("The entry was given to the reviewer."), "success")
    return redirect(url_for(".category", year=year, category_id=category_id), 303)


def version() -> int:
    """Return the version that the page showed; 0, no row's version, if there is none."""
    return request.form.get("version", 0, int)


def given_id(typed: object) -> uuid.UUID | None:
    """Return the id that was sent, or None."""
    try:
        return uuid.UUID(str(typed))
    except ValueError:
        return None
