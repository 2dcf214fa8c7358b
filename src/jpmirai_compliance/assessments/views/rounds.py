"""The secretariat's pages of rounds: list, new one, dates, participants."""

import datetime as dt
import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from jpmirai_compliance.accounts.rules import places
from jpmirai_compliance.assessments.forms import secretariat as forms
from jpmirai_compliance.assessments.models import FormLength
from jpmirai_compliance.assessments.queries import participants as taking_part
from jpmirai_compliance.assessments.queries import rounds as queries
from jpmirai_compliance.assessments.queries.editions import known_ids
from jpmirai_compliance.assessments.queries.rounds import RoundRow
from jpmirai_compliance.assessments.queries.standing import standings
from jpmirai_compliance.assessments.service import rounds as service
from jpmirai_compliance.assessments.views import bp, listing, narrowing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import Conflict, Incomplete
from jpmirai_compliance.foundation.forms import Difference, differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow

EVERYBODY, AS_LAST_TIME, ONE_BY_ONE, NOBODY = "all", "last", "chosen", "none"


@bp.get("/s/rounds")
@audience(Audience.SECRETARIAT)
def rounds() -> ResponseReturnValue:
    """Show every round, newest first."""
    found = queries.rounds(uow(), actor=actor())
    return render_template("assessments/secretariat/rounds.html", rounds=found, now=now())


@bp.route("/s/rounds/new", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.ROUND_OPENED,))
def round_new() -> ResponseReturnValue:
    """Show a new round prefilled from the last one; create it: 303, or 422 with what is wrong."""
    authorize(actor(), Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    past = queries.rounds(uow(), actor=actor())
    last = past[0] if past else None
    form = forms.RoundForm(data=_prefilled(last))
    offered = known_ids(uow())
    forms.offer(form.edition, [(known, known) for known in reversed(offered)])
    forms.offer(form.participants, _who(last))
    if request.method == "GET":
        return _new_page(form)
    if not form.validate() or not _day_off_settled(form):
        return _new_page(form), 422
    plan = service.Plan(
        year=form.year.number or 0,
        edition=form.edition.data,
        opens_at=forms.moment(form.opens_day.day, form.opens_time.time),
        closes_at=forms.moment(form.closes_day.day, form.closes_time.time),
        form=FormLength(form.form_length.data),
        members_choose=bool(form.members_choose.data),
    )
    org_ids = _chosen_ids(form.participants.data, last)
    try:
        with uow().transaction() as work:
            service.open_round(work, actor=actor(), plan=plan, org_ids=org_ids, now=now())
    except Incomplete as error:
        return _new_page(form, forms.show_gaps(form, error.gaps)), 422
    flash(_("The %(year)s round was created.", year=plan.year), "success")
    chosen = form.participants.data == ONE_BY_ONE
    page = "assessments.round_participants" if chosen else "assessments.round"
    return redirect(url_for(page, year=plan.year), 303)


@bp.get("/s/rounds/<int:year>")
@audience(Audience.SECRETARIAT)
def round(year: int) -> ResponseReturnValue:  # noqa: A001 -- the endpoint's name is fixed
    """Show a round and who takes part, narrowed by what the address says."""
    found, moment = queries.round_of_year(uow(), actor=actor(), year=year), now()
    filters, public = narrowing.filters(), narrowing.public()
    people = taking_part.participants(
        uow(),
        actor=actor(),
        round_id=found.id,
        now=moment,
        filters=filters,
        public=public,
        after=listing.name_key(),
    )
    more = people[-1] if len(people) == queries.PAGE else None
    return render_template(
        "assessments/secretariat/round.html",
        round=found,
        now=moment,
        day_off=service.day_off(found.closes_at),
        moments=narrowing.timeline(found, moment),
        stage_choices=narrowing.STAGE_WORDS.items(),
        lines=standings(uow(), found, people, moment),
        number=taking_part.count(
            uow(), actor=actor(), round_id=found.id, now=moment, filters=filters, public=public
        ),
        counts=taking_part.stage_counts(uow(), actor=actor(), round_id=found.id, public=public),
        filters=filters,
        narrowed=narrowing.narrowed(filters),
        kinds=places.KINDS,
        sizes=places.SIZES,
        flags=narrowing.FLAG_WORDS,
        first=listing.here(after=None, last=None) if listing.name_key() else "",
        next=listing.here(after=more.name_ja, last=more.org_id) if more else "",
    )


@bp.route("/s/rounds/<int:year>/edit", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.ROUND_CHANGED,))
def round_edit(year: int) -> ResponseReturnValue:
    """Change a round's dates and form; 303, 422, or 409 with both people's values."""
    authorize(actor(), Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    found = queries.round_of_year(uow(), actor=actor(), year=year)
    form = forms.DatesForm(data=_dates(found))
    if request.method == "GET":
        return _edit_page(form, found)
    if not form.validate() or not _day_off_settled(form):
        return _edit_page(form, found), 422
    try:
        with uow().transaction() as work:
            service.change_round(
                work,
                actor=actor(),
                year=year,
                opens_at=forms.moment(form.opens_day.day, form.opens_time.time),
                closes_at=forms.moment(form.closes_day.day, form.closes_time.time),
                form=FormLength(form.form_length.data),
                members_choose=bool(form.members_choose.data),
                version=form.seen,
                now=now(),
            )
    except Incomplete as error:
        return _edit_page(form, found, extra=forms.show_gaps(form, error.gaps)), 422
    except Conflict as error:
        newer = queries.round_of_year(uow(), actor=actor(), year=year)
        stored = forms.DatesForm(formdata=None, data=_dates(newer))
        form.version.data = stored.version.data
        overtaken = differences(form, stored, apart=("keep_day_off",))
        return _edit_page(form, newer, overtaken=overtaken, conflict=error), 409
    flash(_("The dates were changed."), "success")
    return redirect(url_for("assessments.round", year=year), 303)


@bp.route("/s/rounds/<int:year>/participants", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.ROUND_CHANGED,))
def round_participants(year: int) -> ResponseReturnValue:
    """List organisations that do not take part yet; add those that are ticked."""
    found = queries.round_of_year(uow(), actor=actor(), year=year)
    if request.method == "GET":
        return _candidates_page(found, forms.ParticipantsForm())
    form = forms.ParticipantsForm()
    try:
        with uow().transaction() as work:
            added = service.add_participants(
                work, actor=actor(), year=year, org_ids=_ids(form.organisations.data), now=now()
            )
    except Incomplete as error:
        forms.show_gaps(form, error.gaps)
        return _candidates_page(found, form), 422
    flash(
        ngettext("%(num)d organisation was added.", "%(num)d organisations were added.", added),
        "success",
    )
    return redirect(url_for("assessments.round", year=year), 303)


def _candidates_page(found: RoundRow, form: forms.ParticipantsForm) -> str:
    words = listing.words("q")
    rows = queries.candidates(
        uow(), actor=actor(), round_id=found.id, words=words, after=listing.name_key()
    )
    forms.offer(form.organisations, [(str(c.org_id), translated(c.name)) for c in rows])
    more = rows[-1] if len(rows) == queries.PAGE else None
    return render_template(
        "assessments/secretariat/round_participants.html",
        round=found,
        form=form,
        words=words,
        candidates=rows,
        next=listing.here(after=more.name_ja, last=more.org_id) if more else "",
    )


def _new_page(form: forms.RoundForm, extra: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "assessments/secretariat/round_new.html",
        form=form,
        extra_errors=extra or [],
        weekdays=_weekdays(form),
        day_off=_day_off(form),
    )


def _edit_page(
    form: forms.DatesForm,
    found: RoundRow,
    *,
    extra: list[tuple[str, str]] | None = None,
    overtaken: list[Difference] | None = None,
    conflict: Conflict | None = None,
) -> str:
    return render_template(
        "assessments/secretariat/round_edit.html",
        form=form,
        round=found,
        extra_errors=extra or [],
        overtaken=overtaken,
        by=conflict.fields[0] if conflict and conflict.fields else None,
        weekdays=_weekdays(form),
        day_off=_day_off(form),
    )


def _prefilled(last: RoundRow | None) -> dict[str, object]:
    """Return what a new round starts with: the last one, a year later."""
    newest = known_ids(uow())[-1]
    if last is None:
        return {
            "edition": newest,
            "form_length": "full",
            "members_choose": True,
            "participants": EVERYBODY,
        }
    opens, closes = (_a_year_later(d.astimezone(TOKYO)) for d in (last.opens_at, last.closes_at))
    return {
        "year": str(last.year + 1),
        "edition": newest,
        "opens_day": f"{opens:%Y-%m-%d}",
        "opens_time": f"{opens:%H:%M}",
        "closes_day": f"{closes:%Y-%m-%d}",
        "closes_time": f"{closes:%H:%M}",
        "form_length": last.default_form.value,
        "members_choose": last.members_choose,
        "participants": AS_LAST_TIME if last.participants else EVERYBODY,
    }


def _dates(found: RoundRow) -> dict[str, object]:
    opens, closes = found.opens_at.astimezone(TOKYO), found.closes_at.astimezone(TOKYO)
    return {
        "version": found.version,
        "opens_day": f"{opens:%Y-%m-%d}",
        "opens_time": f"{opens:%H:%M}",
        "closes_day": f"{closes:%Y-%m-%d}",
        "closes_time": f"{closes:%H:%M}",
        "form_length": found.default_form.value,
        "members_choose": found.members_choose,
    }


def _a_year_later(moment: dt.datetime) -> dt.datetime:
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + 1, day=28)


def _who(last: RoundRow | None) -> list[tuple[str, str]]:
    count = queries.organisation_count(uow())
    choices = [(EVERYBODY, _("All member organisations (%(count)s)", count=count))]
    if last is not None and last.participants:
        text = _("Those of the %(year)s round (%(count)s)", year=last.year, count=last.participants)
        choices.append((AS_LAST_TIME, text))
    choices.append((ONE_BY_ONE, _("I choose them on the next page")))
    choices.append((NOBODY, _("Nobody yet")))
    return choices


def _chosen_ids(choice: str, last: RoundRow | None) -> set[uuid.UUID]:
    if choice == EVERYBODY:
        return queries.organisation_ids(uow())
    if choice == AS_LAST_TIME and last is not None:
        return queries.organisation_ids(uow(), of_round=last.id)
    return set()


def _weekdays(form: forms.RoundForm | forms.DatesForm) -> dict[str, str]:
    """Return the typed or prefilled days with their weekday, "" where there is none."""
    days = {"opens": form.opens_day, "closes": form.closes_day}
    return {
        name: translated(day) if (day := listing.day_of(field)) else ""
        for name, field in days.items()
    }


def _day_off(form: forms.RoundForm | forms.DatesForm) -> str:
    """Return why the closing day is no working day, "" if it is one or none was typed."""
    if (day := listing.day_of(form.closes_day)) is None:
        return ""
    reason = service.day_off(dt.datetime.combine(day, dt.time(12), TOKYO))
    return translated(reason) if reason is not None else ""


def _day_off_settled(form: forms.RoundForm | forms.DatesForm) -> bool:
    """Return whether a deadline on a holiday or weekend is meant; ask at the field if not said."""
    if not (reason := _day_off(form)) or form.keep_day_off.data:
        return True
    text = _(
        "%(day)s is not a working day (%(reason)s). Tick to keep it, or choose another date.",
        day=_weekdays(form)["closes"],
        reason=reason,
    )
    form.keep_day_off.errors = [text]
    return False


def _ids(typed: list[str] | None) -> set[uuid.UUID]:
    found = set()
    for text in (typed or [])[: forms.CHOSEN_MAX]:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue  # not one of the boxes of our page
    return found
