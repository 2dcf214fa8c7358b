"""A member's pages: which categories are open to it and why, and its entries."""

import uuid
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.awards import forms, rules
from jpmirai_compliance.awards.queries import cycles, eligible, entries
from jpmirai_compliance.awards.queries.cycles import CategoryView, CycleView
from jpmirai_compliance.awards.queries.entries import EntryView
from jpmirai_compliance.awards.rules import EntryState
from jpmirai_compliance.awards.service import entries as service
from jpmirai_compliance.awards.views import bp
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotFound
from jpmirai_compliance.foundation.forms import Difference, differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.policy import Of, Permission, may
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.get("/m/awards")
@audience(Audience.MEMBER)
def enter() -> ResponseReturnValue:
    """Show this year's categories for this kind of member, and why (not) each is open to it."""
    found = cycles.newest(uow())
    if found is None:
        return render_template("awards/member/none.html")
    org_id = _org()
    own = entries.own(uow(), org_id, found.id)
    [facts] = eligible.facts(uow(), found.year, org_id)
    candidate = facts.candidate()
    rows = [
        (c, own.get(c.id), rules.eligibility(c.rule, _consenting(candidate, own.get(c.id))))
        for c in cycles.categories(uow(), found.id)
        if facts.fits(c.rule) or c.id in own
    ]
    return render_template(
        "awards/member/index.html",
        cycle=found,
        rows=[
            (c, entry, findings, rules.eligible(findings, before_consent=True))
            for c, entry, findings in rows
        ],
        takes_entries=found.calendar.takes_entries(now()),
        may_enter=may(actor(), Permission.AWARD_ENTER, Of(org_id)),
    )


@bp.route("/m/awards/<uuid:category_id>", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.AWARD_ENTERED,))
def entry(category_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form of one category and take the entry; 303, 422 or 409 with what was typed."""
    found, of = _category(category_id)
    own = entries.own(uow(), _org(), found.id).get(category_id)
    form = forms.EntryForm(data=_values(own))
    if request.method == "GET":
        return _page(form, found, of, own)
    if not form.validate():
        return _page(form, found, of, own), 422
    try:
        with uow().transaction() as work:
            service.enter(
                work,
                actor=actor(),
                year=found.year,
                category_id=category_id,
                title=form.title.data,
                statement=form.statement.data,
                consent=bool(form.consent.data),
                version=form.seen,
                now=now(),
            )
    except Incomplete as error:
        return _page(form, found, of, own, forms.show_gaps(form, error.gaps)), 422
    except Conflict:
        newer = entries.own(uow(), _org(), found.id).get(category_id)
        stored = forms.EntryForm(formdata=None, data=_values(newer))
        form.version.data = stored.version.data
        overtaken = differences(form, stored, apart=("consent",))
        return _page(form, found, of, newer, overtaken=overtaken), 409
    flash(_("The entry was made. You can change it as long as entries are taken."), "success")
    return redirect(url_for(".enter"), 303)


@bp.post("/m/awards/<uuid:category_id>/withdraw")
@audience(Audience.MEMBER, records=(Event.AWARD_ENTERED,))
def withdraw(category_id: uuid.UUID) -> ResponseReturnValue:
    """Take the entry back, or decline the nomination."""
    found, _of = _category(category_id)
    with uow().transaction() as work:
        service.withdraw(work, actor=actor(), year=found.year, category_id=category_id, now=now())
    flash(_("The entry was withdrawn."), "success")
    return redirect(url_for(".enter"), 303)


def _org() -> uuid.UUID:
    org_id = actor().org_id
    if org_id is None:
        raise NotFound
    return org_id


def _consenting(candidate: rules.Candidate, own: EntryView | None) -> rules.Candidate:
    """Return the candidate with the consent that came with its entry."""
    return replace(candidate, consented=own is not None and own.state is EntryState.ENTERED)


def _category(category_id: uuid.UUID) -> tuple[CycleView, CategoryView]:
    found = cycles.newest(uow())
    if found is None:
        raise NotFound
    return cycles.category(uow(), found.year, category_id)


def _values(own: EntryView | None) -> dict[str, object]:
    """Return what the form shows first."""
    if own is None:
        return {"version": 0}
    return {"version": own.version, "title": own.title, "statement": own.statement}


def _page(  # noqa: PLR0913 -- what the page shows
    form: forms.EntryForm,
    found: CycleView,
    of: CategoryView,
    own: EntryView | None,
    extra: list[tuple[str, str]] | None = None,
    *,
    overtaken: list[Difference] | None = None,
) -> str:
    [facts] = eligible.facts(uow(), found.year, _org())
    findings = rules.eligibility(of.rule, _consenting(facts.candidate(), own))
    open_to = rules.eligible(findings, before_consent=True)
    allowed = may(actor(), Permission.AWARD_ENTER, Of(_org()))
    takes = found.calendar.takes_entries(now())
    return render_template(
        "awards/member/entry.html",
        form=form,
        cycle=found,
        category=of,
        own=own,
        findings=findings,
        criteria=cycles.criteria(uow(), found.id),
        may_enter=allowed and takes and open_to,
        may_withdraw=allowed
        and takes
        and own is not None
        and own.state is not EntryState.WITHDRAWN,
        extra_errors=extra or [],
        overtaken=overtaken,
    )
