"""One language of the code, sentence by sentence: changing texts, and approving them."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from jpmirai_compliance.accounts.queries import organisations, person
from jpmirai_compliance.disclosure import forms, rules
from jpmirai_compliance.disclosure.queries import texts
from jpmirai_compliance.disclosure.queries.postings import sites_with
from jpmirai_compliance.disclosure.service import texts as service
from jpmirai_compliance.disclosure.views.routes import bp
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.differences import Stretch, word_diff
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import (
    KEYS,
    ON_POSTERS,
    ON_WORKER_PAGES,
    SOURCE,
    WordingStatus,
    direction,
    endonym,
    sentence_mark,
)

ALL_KEYS = (*KEYS, SOURCE)


@bp.get("/s/wordings/<language>")
@audience(Audience.SECRETARIAT)
def sentences(language: str) -> ResponseReturnValue:
    """Show every sentence of a language with its status, who changed it and when."""
    return _page(_found(language))


@bp.post("/s/wordings/<language>/sentences/<key>")
@audience(Audience.SECRETARIAT, records=(Event.WORDING_CHANGED,))
def save_sentence(language: str, key: str) -> ResponseReturnValue:
    """Put one text in force: 303 back to it; 422, or 409 with both texts."""
    found = _found(language)
    if key not in ALL_KEYS:
        raise NotFound
    form = _form(found, key)
    if not form.validate():
        return _page(found, form), 422
    try:
        with uow().transaction() as work:
            changed = service.change_sentence(
                work, actor=actor(), language=language, edit=form.edit(key), now=now()
            )
    except Incomplete as error:
        reason = translated(error.text)
        form.text.errors = [_("This text cannot be kept: %(reason)s.", reason=reason)]
        return _page(found, form), 422
    except Conflict:
        return _page(_found(language), form, conflict=True), 409
    _tell(language, changed=changed)
    return redirect(url_for(".sentences", language=language, _anchor=f"sentence-{key}"), 303)


@bp.post("/s/wordings/<language>/status")
@audience(Audience.SECRETARIAT, records=(Event.WORDING_CHANGED,))
def set_status(language: str) -> ResponseReturnValue:
    """Give the chosen sentences a status: 303 to the page; 422, or 409 if one has changed."""
    found = _found(language)
    form = _status_form()
    if not form.validate():
        return _page(found, status_form=form), 422
    try:
        with uow().transaction() as work:
            changed = service.set_status(
                work,
                actor=actor(),
                language=language,
                marks=form.marks(every="all" in request.form),
                status=WordingStatus(form.status.data),
                now=now(),
            )
    except Incomplete as error:
        form.sentences.errors = [translated(error.text)]
        return _page(found, status_form=form), 422
    except Conflict:
        form.sentences.errors = [
            _("Somebody changed one of these sentences. Read them again, then choose again.")
        ]
        return _page(_found(language), status_form=form), 409
    _tell(language, changed=changed)
    return redirect(url_for(".sentences", language=language), 303)


@bp.get("/s/wordings/posters")
@audience(Audience.SECRETARIAT)
def stale_posters() -> ResponseReturnValue:
    """Show whose posters hang in a wording that was replaced."""
    authorize(actor(), Permission.WORDING_MANAGE, SECRETARIAT_ITSELF)
    found = [(org, site) for org, all_ in sites_with(uow()) for site in all_ if site.outdated]
    names = organisations(uow(), {org for org, _site in found})
    lines = sorted(((names[org], site) for org, site in found), key=lambda x: x[0].name_ja)
    return render_template("disclosure/stale_posters.html", lines=lines, endonym=endonym)


def who(person_id: uuid.UUID | None) -> str:
    """Return the name of whoever changed a text."""
    known = person(uow(), person_id) if person_id else None
    return known.name if known else str(_("Command line"))


def outdated_sites(language: str) -> int:
    """Return at how many sites posters in this language are out of date."""
    return sum(
        language in site.outdated for _o, all_ in sites_with(uow(), language) for site in all_
    )


def _found(language: str) -> texts.WordingView:
    """Return the language of the address; NotPermitted, NotFound."""
    authorize(actor(), Permission.WORDING_MANAGE, SECRETARIAT_ITSELF)
    if language not in texts.wording_languages(uow()):
        raise NotFound
    return texts.wording_view(uow(), language)


def _form(found: texts.WordingView, key: str) -> forms.SentenceForm:
    """Return the form of one text, as it was sent or as it is."""
    wording = found.wording
    status = "" if key == SOURCE else wording.status_of(key).value
    form = forms.SentenceForm(
        prefix=f"{key}-",
        data={"text": wording.text(key), "status": status, "mark": sentence_mark(wording, key)},
    )
    if key == SOURCE:
        del form.status
    else:
        form.status.choices = _statuses()
    return form


def _status_form() -> forms.StatusForm:
    form = forms.StatusForm()
    form.status.choices = _statuses()
    return form


def _statuses() -> list[tuple[str, str]]:
    return [(status.value, translated(name)) for status, name in rules.STATUS_NAMES.items()]


def _tell(language: str, *, changed: bool) -> None:
    if not changed:
        flash(_("Nothing changed."), "info")
        return
    said = _("Saved. Pages and new posters show it from now on.")
    if count := outdated_sites(language):
        said += " " + ngettext(
            "Posters in this language are out of date at %(num)d workplace.",
            "Posters in this language are out of date at %(num)d workplaces.",
            count,
        )
    flash(said, "success")


def _page(
    found: texts.WordingView,
    sent: forms.SentenceForm | None = None,
    *,
    status_form: forms.StatusForm | None = None,
    conflict: bool = False,
) -> str:
    wording = found.wording
    language = wording.language
    edits = {key: _form(found, key) for key in ALL_KEYS}
    sent_key = request.view_args["key"] if sent is not None and request.view_args else ""
    if sent is not None:
        edits[sent_key] = sent
    theirs: tuple[Stretch, ...] = ()
    if sent is not None and conflict:
        theirs = word_diff(wording.text(sent_key), sent.text.data or "")
        sent.mark.data = sentence_mark(wording, sent_key)  # whoever saves now has seen it
    chosen = status_form or _status_form()
    posted = sites_with(uow(), language)
    return render_template(
        "disclosure/sentences.html",
        found=found,
        wording=wording,
        keys=ALL_KEYS,
        edits=edits,
        sent_key=sent_key,
        theirs=theirs,
        status_form=chosen,
        chosen=set(chosen.marks()) if status_form else set(),
        error_forms=[form for form in (sent, status_form) if form],
        originals={tag: texts.wording(uow(), tag) for tag in ("ja", "en") if tag != language},
        names={key: translated(rules.sentence_name(key)) for key in ALL_KEYS},
        statuses=dict(_statuses()),
        marks={key: sentence_mark(wording, key) for key in wording.sentences},
        who={touch.by: who(touch.by) for touch in found.touched.values()},
        on_poster=wording.least(ON_POSTERS),
        on_page=wording.least(ON_WORKER_PAGES),
        hangs=sum(len(all_) for _org, all_ in posted),
        outdated=sum(language in site.outdated for _org, all_ in posted for site in all_),
        endonym=endonym(language),
        direction=direction(language),
    )
