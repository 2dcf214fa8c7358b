"""One indicator of a draft edition: changing it, adding one, retiring one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from jpmirai_compliance.assessments.forms import editions as forms
from jpmirai_compliance.assessments.queries import editions as queries
from jpmirai_compliance.assessments.queries.editions import EditionState, EditionView
from jpmirai_compliance.assessments.service import editions as service
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Competing, Conflict, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import PRINCIPLES, BankError
from jpmirai_compliance.principles.drafting import Entry, entry_of


@bp.route("/s/editions/<name:key>/indicators/<indicator_id>", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.EDITION_CHANGED,))
def edition_indicator(key: str, indicator_id: str) -> ResponseReturnValue:
    """Show an indicator; change it in a draft: 303, 422, or 409 with both contents."""
    found, entry = _find(key, indicator_id)
    if found.state is not EditionState.DRAFT:
        indicator = found.edition.indicator(indicator_id)
        return render_template("assessments/editions/read.html", view=found, indicator=indicator)
    form = _form(found)
    if request.method == "GET":
        form.fill(entry)
        return _page(found, form, entry)
    if not form.validate():
        return _page(found, form, entry), 422
    try:
        with uow().transaction() as work:
            service.save_indicator(
                work,
                actor=actor(),
                edition_id=key,
                indicator_id=indicator_id,
                entry=form.entry(),
                token=request.form.get("token", ""),
                now=now(),
            )
    except BankError as error:
        return _page(found, form, entry, extra=form.show(error)), 422
    except Conflict as error:
        newer = _find(key, indicator_id)
        return _page(newer[0], form, newer[1], conflict=error.fields), 409
    flash(_("%(id)s was saved in the draft.", id=indicator_id), "success")
    return redirect(url_for(".edition", key=key) + f"#{indicator_id}", 303)


@bp.route("/s/editions/<name:key>/add/<int:principle>", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.EDITION_CHANGED,))
def edition_add(key: str, principle: int) -> ResponseReturnValue:
    """Add an indicator to a principle of a draft: 303, or 422 with what is wrong."""
    found = queries.edition(uow(), actor=actor(), edition_id=key)
    if found.state is not EditionState.DRAFT or principle not in PRINCIPLES:
        raise NotFound
    form = _form(found)
    if request.method == "GET":
        return _add_page(found, form, principle)
    if not form.validate():
        return _add_page(found, form, principle), 422
    try:
        with uow().transaction() as work:
            made = service.add_indicator(
                work,
                actor=actor(),
                edition_id=key,
                principle=principle,
                entry=form.entry(),
                now=now(),
            )
    except BankError as error:
        return _add_page(found, form, principle, extra=form.show(error)), 422
    flash(_("%(id)s was added to the draft.", id=made), "success")
    return redirect(url_for(".edition", key=key) + f"#{made}", 303)


@bp.post("/s/editions/<name:key>/indicators/<indicator_id>/asked")
@audience(Audience.SECRETARIAT, records=(Event.EDITION_CHANGED,))
def edition_asked(key: str, indicator_id: str) -> ResponseReturnValue:
    """Retire an indicator of a draft (``asked`` empty), or ask it again; 303 to the draft."""
    asked = bool(request.form.get("asked"))
    with uow().transaction() as work:
        listed = service.set_asked(
            work,
            actor=actor(),
            edition_id=key,
            indicator_id=indicator_id,
            asked=asked,
            version=listing.version(),
            now=now(),
        )
    if asked:
        said = _("%(id)s is asked again.", id=indicator_id)
    elif listed:
        said = _("%(id)s is retired from this edition on.", id=indicator_id)
    else:
        said = _("%(id)s was removed. No edition had asked it.", id=indicator_id)
    flash(said, "success")
    here = f"#{indicator_id}" if listed else ""
    return redirect(url_for(".edition", key=key) + here, 303)


def _find(key: str, indicator_id: str) -> tuple[EditionView, Entry]:
    found = queries.edition(uow(), actor=actor(), edition_id=key)
    entry = entry_of(found.text, indicator_id)
    if entry is None:
        raise NotFound
    return found, entry


def _form(found: EditionView) -> forms.IndicatorForm:
    form = forms.IndicatorForm()
    form.offer(found.edition, str(get_locale()))
    return form


def _page(
    found: EditionView,
    form: forms.IndicatorForm,
    entry: Entry,
    *,
    extra: list[tuple[str, str]] | None = None,
    conflict: tuple[Competing, ...] = (),
) -> str:
    """Show the form with what was typed; ``entry`` is what is stored now."""
    # after a refusal the token stays the one that was seen, or the next save would overwrite
    seen = "" if conflict else request.form.get("token", "")
    return render_template(
        "assessments/editions/indicator.html",
        view=found,
        form=form,
        indicator_id=request.view_args["indicator_id"] if request.view_args else "",
        token=seen or entry.token,
        conflict=conflict,
        extra_errors=extra or [],
    )


def _add_page(
    found: EditionView,
    form: forms.IndicatorForm,
    principle: int,
    extra: list[tuple[str, str]] | None = None,
) -> str:
    return render_template(
        "assessments/editions/indicator.html",
        view=found,
        form=form,
        indicator_id="",
        principle=found.edition.principle(principle),
        token="",
        conflict=(),
        extra_errors=extra or [],
    )
