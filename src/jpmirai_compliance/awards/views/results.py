"""Shortlist, decision, release, and the scores as a file."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts import views as accounts
from jpmirai_compliance.awards import forms, rules
from jpmirai_compliance.awards.queries import cycles, entries, results
from jpmirai_compliance.awards.queries.cycles import CategoryView, CycleView
from jpmirai_compliance.awards.queries.results import DecisionView
from jpmirai_compliance.awards.rules import Stage
from jpmirai_compliance.awards.service import decisions
from jpmirai_compliance.awards.views import bp
from jpmirai_compliance.awards.views.secretariat import base_url, given_id, manage, version
from jpmirai_compliance.foundation import audit, downloads
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, DomainError, Incomplete, NotPermitted
from jpmirai_compliance.foundation.forms import differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.tabular import Cell, Column, Sheet
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.route("/s/awards/<int:year>/<uuid:category_id>/shortlist", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.AWARD_SHORTLISTED,))
def shortlist(year: int, category_id: uuid.UUID) -> ResponseReturnValue:
    """Show the standings and fix the shortlist; asks for the password again; 303, 422, 409."""
    found, of = _readable(year, category_id)
    accounts.fresh()
    form = forms.ShortlistForm(data={"version": len(results.decisions(uow(), [of.id]))})
    if request.method == "GET":
        return _shortlist_page(form, found, of)
    if not form.validate():
        return _shortlist_page(form, found, of), 422
    try:
        with uow().transaction() as work:
            decisions.shortlist(
                work,
                actor=actor(),
                year=year,
                category_id=category_id,
                reason=form.reason.data,
                version=form.seen,
                now=now(),
            )
    except Conflict:
        last = results.decisions(uow(), [of.id])[-1]
        return _shortlist_page(form, found, of, last), 409
    flash(_("The shortlist was fixed."), "success")
    return redirect(url_for(".category", year=year, category_id=category_id), 303)


@bp.route("/s/awards/<int:year>/<uuid:category_id>/decision", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.AWARD_DECIDED,))
def decision(year: int, category_id: uuid.UUID) -> ResponseReturnValue:
    """Choose the winners from the shortlist, or nobody; asks for the password again."""
    found, of = _readable(year, category_id)
    accounts.fresh()
    taken = results.decisions(uow(), [of.id])
    listed = results.latest(taken, Stage.SHORTLIST)
    if listed is None:
        raise DomainError(Text("Make the shortlist first."))
    begin = {"named": list(listed.result["shortlist"]), "version": len(taken)}
    form = _offered(forms.DecisionForm(data=begin), of, listed)
    if request.method == "GET":
        return _decision_page(form, found, of, listed)
    if not form.validate():
        return _decision_page(form, found, of, listed), 422
    try:
        with uow().transaction() as work:
            decisions.decide(
                work,
                actor=actor(),
                year=year,
                category_id=category_id,
                named=[i for i in map(given_id, form.named.data or []) if i is not None],
                reason=form.reason.data,
                version=form.seen,
                now=now(),
            )
    except Incomplete as error:
        extra = forms.show_gaps(form, error.gaps)
        return _decision_page(form, found, of, listed, extra=extra), 422
    except Conflict:
        taken = results.decisions(uow(), [of.id])
        listed = results.latest(taken, Stage.SHORTLIST) or listed
        form = _offered(form, of, listed)
        return _decision_page(form, found, of, listed, last=taken[-1]), 409
    flash(_("The decision was recorded."), "success")
    return redirect(url_for(".category", year=year, category_id=category_id), 303)


@bp.route("/s/awards/<int:year>/release", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.AWARD_DECIDED,))
def release(year: int) -> ResponseReturnValue:
    """Open the winners' page and mail the entrants; asks for the password again."""
    manage()
    found = cycles.cycle(uow(), year)
    accounts.fresh()
    if request.method == "GET":
        return _release_page(found)
    try:
        with uow().transaction() as work:
            decisions.release(
                work, actor=actor(), year=year, version=version(), base_url=base_url(), now=now()
            )
    except Incomplete as error:
        return _release_page(found, [(translated(g.text), "") for g in error.gaps]), 422
    flash(_("The results were released."), "success")
    return redirect(url_for(".cycle", year=year), 303)


@bp.get("/s/awards/<int:year>/<uuid:category_id>/results.<any(csv, xlsx):suffix>")
@audience(Audience.SECRETARIAT, records=(Event.DATA_EXPORTED,))
def results_list(year: int, category_id: uuid.UUID, suffix: str) -> ResponseReturnValue:
    """Return every submitted score and the standings of a category, for spreadsheets."""
    found, of = _readable(year, category_id)
    basis = results.basis(uow(), found, of)
    lines = {line["entry"]: line for line in rules.recompute(basis)["standings"]}
    names = {str(e.id): e for e in entries.of_category(uow(), of.id)}
    codes = [c["code"] for c in basis["criteria"]]
    heads = ["rank", "entry", "organisation", "title", "reviewer", *codes, "total", "tie"]
    rows: list[list[Cell]] = []
    for entry in basis["entries"]:
        line, view = lines[entry["id"]], names[entry["id"]]
        for card in entry["cards"]:
            row = [line["rank"], entry["id"], translated(view.organisation), view.title]
            row += [card["judge"], *map(card["scores"].get, codes)]
            rows.append([*row, line["total"], line["settled_by"]])
    with uow().transaction() as work:
        audit.record(
            work,
            Event.DATA_EXPORTED,
            actor=actor(),
            now=now(),
            subject=f"award-category:{category_id}",
            data={"rows": len(rows), "kind": suffix},
        )
    sheet = Sheet(translated(of.name), [Column(head) for head in heads], rows)
    return downloads.table(f"awards-{year}-{of.code}", suffix, [sheet])


def _readable(year: int, category_id: uuid.UUID) -> tuple[CycleView, CategoryView]:
    """Return the category if this person may see its results; NotPermitted says why not."""
    manage()
    found, of = cycles.category(uow(), year, category_id)
    if why := results.withheld(uow(), actor=actor(), category_id=of.id):
        raise NotPermitted(why)
    return found, of


def _offered(
    form: forms.DecisionForm, of: CategoryView, listed: DecisionView
) -> forms.DecisionForm:
    """Return the form with everybody on the shortlist and the reserve to choose from."""
    names = {str(e.id): e for e in entries.of_category(uow(), of.id)}
    order = [*listed.result["shortlist"], *listed.result["reserve"]]
    form.named.choices = [(i, _choice(i, names, listed)) for i in order]
    return form


def _choice(entry_id: str, names: dict[str, entries.EntryView], listed: DecisionView) -> str:
    name = translated(names[entry_id].organisation)
    if entry_id in listed.result["reserve"]:
        return str(_("%(name)s (reserve)", name=name))
    return name


def _shortlist_page(
    form: forms.ShortlistForm,
    found: CycleView,
    of: CategoryView,
    last: DecisionView | None = None,
) -> str:
    """Show the standings and the form; ``last`` is a decision that came before this one."""
    overtaken = None
    if last is not None:
        form.version.data = str(last.ordinal)
        stored = forms.ShortlistForm(formdata=None, data={"reason": last.reason})
        overtaken = differences(form, stored)
    return render_template(
        "awards/secretariat/shortlist.html",
        form=form,
        cycle=found,
        category=of,
        current=rules.recompute(results.basis(uow(), found, of)),
        criteria=cycles.criteria(uow(), found.id),
        by_entry={str(e.id): e for e in entries.of_category(uow(), of.id)},
        overtaken=overtaken,
        last=last,
    )


def _decision_page(  # noqa: PLR0913 -- what the page shows
    form: forms.DecisionForm,
    found: CycleView,
    of: CategoryView,
    listed: DecisionView,
    *,
    extra: list[tuple[str, str]] | None = None,
    last: DecisionView | None = None,
) -> str:
    overtaken = None
    if last is not None:
        form.version.data = str(last.ordinal)
        values = {"named": [str(i) for i in last.named], "reason": last.reason}
        stored = _offered(forms.DecisionForm(formdata=None, data=values), of, listed)
        overtaken = differences(form, stored)
    return render_template(
        "awards/secretariat/decision.html",
        form=form,
        cycle=found,
        category=of,
        listed=listed,
        criteria=cycles.criteria(uow(), found.id),
        by_entry={str(e.id): e for e in entries.of_category(uow(), of.id)},
        extra_errors=extra or [],
        overtaken=overtaken,
        last=last,
    )


def _release_page(found: CycleView, extra: list[tuple[str, str]] | None = None) -> str:
    return render_template("awards/secretariat/release.html", cycle=found, extra_errors=extra or [])
