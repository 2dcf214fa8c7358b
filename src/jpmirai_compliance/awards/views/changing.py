"""The secretariat changes an award year: its dates, the rubric's weights, a category."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts.rules import places
from jpmirai_compliance.awards import forms
from jpmirai_compliance.awards.queries import cycles
from jpmirai_compliance.awards.queries.cycles import CategoryView, CriterionView, CycleView
from jpmirai_compliance.awards.service import cycles as service
from jpmirai_compliance.awards.views import bp
from jpmirai_compliance.awards.views.secretariat import manage
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, Incomplete
from jpmirai_compliance.foundation.forms import Difference, Versioned, differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.route("/s/awards/<int:year>/edit", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.AWARD_CYCLE_CHANGED,))
def cycle_edit(year: int) -> ResponseReturnValue:
    """Move a year's dates; 303, 422, or 409 with what somebody else saved meanwhile."""
    manage()
    found = cycles.cycle(uow(), year)
    form = forms.DatesForm(data=forms.dates(found))
    if request.method == "GET":
        return _dates_page(form, found)
    if not form.validate():
        return _dates_page(form, found), 422
    try:
        with uow().transaction() as work:
            service.change_cycle(
                work,
                actor=actor(),
                year=year,
                calendar=form.calendar(),
                version=form.seen,
                now=now(),
            )
    except Incomplete as error:
        return _dates_page(form, found, extra=forms.show_gaps(form, error.gaps)), 422
    except Conflict:
        newer = cycles.cycle(uow(), year)
        stored = forms.DatesForm(formdata=None, data=forms.dates(newer))
        return _dates_page(form, newer, overtaken=_overtaken(form, stored)), 409
    flash(_("The dates were changed."), "success")
    return redirect(url_for(".cycle", year=year), 303)


@bp.route("/s/awards/<int:year>/rubric", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.AWARD_CYCLE_CHANGED,))
def rubric(year: int) -> ResponseReturnValue:
    """Change the criteria's weights until somebody has scored; 303, 422, 409 as the dates."""
    manage()
    found = cycles.cycle(uow(), year)
    listed = cycles.criteria(uow(), found.id)
    form = forms.weights_form(listed, found.version)
    if request.method == "GET":
        return _rubric_page(form, found, listed)
    if not form.validate():
        return _rubric_page(form, found, listed), 422
    weights = {c.code: form[f"weight_{c.code}"].number for c in listed}
    try:
        with uow().transaction() as work:
            service.change_weights(
                work, actor=actor(), year=year, weights=weights, version=form.seen, now=now()
            )
    except Conflict:
        newer = cycles.cycle(uow(), year)
        stored = forms.weights_form(cycles.criteria(uow(), newer.id), newer.version, formdata=None)
        return _rubric_page(form, newer, listed, _overtaken(form, stored)), 409
    flash(_("The weights were changed."), "success")
    return redirect(url_for(".cycle", year=year), 303)


@bp.route("/s/awards/<int:year>/<uuid:category_id>/edit", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.AWARD_CYCLE_CHANGED,))
def category_edit(year: int, category_id: uuid.UUID) -> ResponseReturnValue:
    """Change a category's name, quota, reviewers and members; 303, 422, 409 as the dates."""
    manage()
    found, of = cycles.category(uow(), year, category_id)
    form = _offered(forms.CategoryForm(data=_values(of)))
    if request.method == "GET":
        return _category_page(form, found, of)
    if not form.validate():
        return _category_page(form, found, of), 422
    try:
        with uow().transaction() as work:
            service.change_category(
                work,
                actor=actor(),
                year=year,
                category_id=category_id,
                change=_change(form),
                version=form.seen,
                now=now(),
            )
    except Conflict:
        found, of = cycles.category(uow(), year, category_id)
        stored = _offered(forms.CategoryForm(formdata=None, data=_values(of)))
        return _category_page(form, found, of, _overtaken(form, stored)), 409
    flash(_("The category was changed."), "success")
    return redirect(url_for(".category", year=year, category_id=category_id), 303)


def _overtaken(form: Versioned, stored: Versioned) -> list[Difference]:
    """Return what differs; from now on the form counts as having shown what is stored."""
    form.version.data = stored.version.data
    return differences(form, stored)


def _dates_page(
    form: forms.DatesForm,
    found: CycleView,
    *,
    extra: list[tuple[str, str]] | None = None,
    overtaken: list[Difference] | None = None,
) -> str:
    return render_template(
        "awards/secretariat/edit.html",
        form=form,
        cycle=found,
        extra_errors=extra or [],
        overtaken=overtaken,
    )


def _rubric_page(
    form: Versioned,
    found: CycleView,
    listed: tuple[CriterionView, ...],
    overtaken: list[Difference] | None = None,
) -> str:
    return render_template(
        "awards/secretariat/rubric.html",
        form=form,
        cycle=found,
        criteria=listed,
        overtaken=overtaken,
    )


def _category_page(
    form: forms.CategoryForm,
    found: CycleView,
    of: CategoryView,
    overtaken: list[Difference] | None = None,
) -> str:
    return render_template(
        "awards/secretariat/category_edit.html",
        form=form,
        cycle=found,
        category=of,
        overtaken=overtaken,
    )


def _values(of: CategoryView) -> dict[str, object]:
    return {
        "version": of.version,
        "name_ja": of.name.texts["ja"],
        "name_en": of.name.texts["en"],
        "quota": str(of.quota),
        "reviews_needed": str(of.reviews_needed),
        "kinds": list(of.rule.kinds),
        "sizes": list(of.rule.sizes),
    }


def _offered(form: forms.CategoryForm) -> forms.CategoryForm:
    form.kinds.choices = [(k.value, translated(text)) for k, text in places.KINDS.items()]
    form.sizes.choices = [(str(s), translated(text)) for s, text in places.SIZES.items()]
    return form


def _change(form: forms.CategoryForm) -> service.CategoryChange:
    """Return the change, once the form is valid."""
    return service.CategoryChange(
        name_ja=form.name_ja.data,
        name_en=form.name_en.data,
        quota=form.quota.number or 0,
        reviews_needed=form.reviews_needed.number or 0,
        kinds=tuple(form.kinds.data),
        sizes=tuple(form.sizes.data),
    )
