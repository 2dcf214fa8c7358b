"""The secretariat sets the neutral help that every worker page and poster shows."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from jpmirai_compliance.accounts.queries import person
from jpmirai_compliance.disclosure.queries import help as queries
from jpmirai_compliance.disclosure.queries.postings import sites_with
from jpmirai_compliance.disclosure.rules import help as rules
from jpmirai_compliance.disclosure.rules.help import Desk
from jpmirai_compliance.disclosure.service import help as service
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import LANGUAGES, direction, endonym
from jpmirai_compliance.workplaces.forms import DeskForm, of_desk
from jpmirai_compliance.workplaces.rules import EXIT, dialled, named_hours, texts
from jpmirai_compliance.workplaces.views.routes import bp

NEW = "new"


@bp.get("/s/help")
@audience(Audience.SECRETARIAT)
def help_desks() -> ResponseReturnValue:
    """Show the places in their order, who changed them and when."""
    authorize(actor(), Permission.HELP_MANAGE, SECRETARIAT_ITSELF)
    found = queries.desks(uow())
    return render_template(
        "workplaces/help.html",
        desks=found,
        who={desk.changed_by: _who(desk) for desk in found if desk.changed_by},
        endonym=endonym,
        languages=LANGUAGES,
        stale=_stale(),
    )


@bp.route("/s/help/<place>", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.HELP_CHANGED,))
def help_desk(place: str) -> ResponseReturnValue:
    """Change a place, or add one: 303 to the list; 422, or 409 if somebody else was faster.

    With the button for it, show how it would look, and save nothing.
    """
    authorize(actor(), Permission.HELP_MANAGE, SECRETARIAT_ITSELF)
    before = None if place == NEW else queries.desk(uow(), place)
    form = _form(before)
    if request.method == "GET":
        return _page(form, before)
    if not form.validate():
        return _page(form, before), 422
    desk = rules.cleaned(form.desk(before.id if before else ""))
    if "preview" in request.form:
        return _preview(form, desk, before)
    try:
        with uow().transaction() as work:
            service.save_desk(work, actor=actor(), desk=desk, mark=form.mark.data or "", now=now())
    except Incomplete as error:
        form.refuse(error)
        return _page(form, before), 422
    except Conflict:
        theirs = queries.desk(uow(), place)
        form.mark.data = rules.mark(theirs)  # whoever saves now has seen it
        return _page(form, theirs, theirs=theirs), 409
    _tell()
    return redirect(url_for(".help_desks"), 303)


@bp.post("/s/help/<place>/move")
@audience(Audience.SECRETARIAT, records=(Event.HELP_CHANGED,))
def move_help(place: str) -> ResponseReturnValue:
    """Change places with a neighbour: 303 to the list."""
    up = request.form.get("to") == "up"
    with uow().transaction() as work:
        service.move_desk(work, actor=actor(), desk_id=place, up=up, now=now())
    _tell()
    return redirect(url_for(".help_desks"), 303)


@bp.get("/s/help/as/<lang>")
@audience(Audience.SECRETARIAT)
def help_as_shown(lang: str) -> ResponseReturnValue:
    """Show the help in force as workers see it in a language, on the page and on a poster."""
    authorize(actor(), Permission.HELP_MANAGE, SECRETARIAT_ITSELF)
    if lang not in LANGUAGES:
        raise NotFound
    return _shown(queries.desks(uow()), lang)


def _preview(form: DeskForm, desk: Desk, before: Desk | None) -> ResponseReturnValue:
    today = now().astimezone(TOKYO).date()
    if gaps := rules.faults(desk, today):
        form.refuse(Incomplete(gaps[0].text, gaps))
        return _page(form, before), 422
    found = queries.desks(uow())
    if before is None:
        wanted = [*found, desk]
    else:
        wanted = [desk if known.id == desk.id else known for known in found]
    return _shown(wanted, form.preview_in.data, saved=False)


def _shown(desks: list[Desk] | tuple[Desk, ...], lang: str, *, saved: bool = True) -> str:
    """Return a page like that of the workers; the poster on it gets the help in its address."""
    return render_template(
        "workplaces/help_preview.html",
        page_lang=lang,
        page_dir=direction(lang),
        languages=[(tag, endonym(tag), url_for(".help_as_shown", lang=tag), tag == lang)
                   for tag in LANGUAGES],
        saved=saved,
        texts=texts(lang),
        exit=EXIT,
        readings=True,
        toggle=request.path,
        desks=rules.help_desks(desks, lang),
        printed=rules.printed(desks, lang),
        dialled=dialled,
        named_hours=named_hours,
        endonym=endonym,
    )  # fmt: skip


def _form(before: Desk | None) -> DeskForm:
    """Return the form as it was sent, or as the place is."""
    today = now().astimezone(TOKYO).date()
    begin = of_desk(before) if before else {"since": today.isoformat(), "shown": True}
    form = DeskForm(data={**begin, "mark": rules.mark(before), "preview_in": "ja"})
    form.offer()
    return form


def _page(form: DeskForm, before: Desk | None, *, theirs: Desk | None = None) -> str:
    open_for = [
        tag for tag in LANGUAGES if form[f"name_{tag}"].errors or form[f"about_{tag}"].errors
    ]
    return render_template(
        "workplaces/help_desk.html",
        form=form,
        before=before,
        theirs=theirs,
        who=_who(before) if before and before.changed_by else "",
        languages=LANGUAGES,
        open_for=open_for,
        direction=direction,
        endonym=endonym,
    )


def _who(desk: Desk) -> str:
    known = person(uow(), desk.changed_by) if desk.changed_by else None
    return known.name if known else str(_("Command line"))


def _stale() -> int:
    """Return at how many workplaces a poster is out of date."""
    return sum(bool(site.outdated) for _org, all_ in sites_with(uow()) for site in all_)


def _tell() -> None:
    said = _("Saved. Workers see it from now on.")
    if count := _stale():
        said += " " + ngettext(
            "Posters are out of date at %(num)d workplace.",
            "Posters are out of date at %(num)d workplaces.",
            count,
        )
    flash(said, "success")
