"""The secretariat's page of wordings: what is in force in each language, and replacing it."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from jpmirai_compliance.disclosure import documents, forms, rules
from jpmirai_compliance.disclosure.queries import texts
from jpmirai_compliance.disclosure.queries.postings import sites_with
from jpmirai_compliance.disclosure.service import texts as service
from jpmirai_compliance.disclosure.views.routes import bp
from jpmirai_compliance.disclosure.views.sentences import who
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import LOCALES
from jpmirai_compliance.foundation.differences import word_diff
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import (
    LANGUAGES,
    BankError,
    Wording,
    direction,
    endonym,
    parse_wordings,
)

PASTED = "wordings.yaml"
TYPES = {
    "yaml": "application/yaml",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.route("/s/wordings", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.WORDING_CHANGED,))
def wordings() -> ResponseReturnValue:
    """Show the wording of every language; show what a file would change, then put it in force.

    303 once it is in force; 422 for a file that is wrong, 409 if others were faster.
    """
    authorize(actor(), Permission.WORDING_MANAGE, SECRETARIAT_ITSELF)
    form = forms.WordingForm()
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        text, filename = _typed(form)
        found = parse_wordings(text, filename) if text.strip() else ()
    except (BankError, Incomplete) as error:
        (form.file if form.file.data else form.text).errors = [translated(error.text)]
        return _page(form), 422
    if not found:
        form.file.errors = [_("Choose a file, or paste its text.")]
        return _page(form), 422
    if "take" in request.form:
        return _take(form, found, text, filename)
    return _preview(found, text, filename)


@bp.get("/s/wordings/<language>.<any(yaml, csv, xlsx):kind>")
@audience(Audience.SECRETARIAT)
def wording_file(language: str, kind: str) -> ResponseReturnValue:
    """Give the wording in force in one language as a file that can be loaded again."""
    authorize(actor(), Permission.WORDING_MANAGE, SECRETARIAT_ITSELF)
    if language not in texts.wording_languages(uow()):
        raise NotFound
    originals = {tag: texts.wording(uow(), tag) for tag in LOCALES}
    view = texts.wording_view(uow(), language)
    body = documents.exported(view, kind, originals, str(get_locale()), who)
    answer = Response(body, mimetype=TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{language}.{kind}"'
    return answer


def _typed(form: forms.WordingForm) -> tuple[str, str]:
    """Return the YAML that was sent, made from a spreadsheet if it was one, and its name."""
    upload = form.file.data
    if not upload:
        return form.text.data or "", form.filename.data or PASTED
    filename = upload.filename or PASTED
    content = upload.stream.read(forms.WORDINGS_MAX * 4)
    if filename.lower().endswith((".csv", ".xlsx")) or content.startswith(b"PK"):
        in_force = {view.wording.language: view.wording for view in texts.wordings(uow())}
        return documents.imported(content, filename, in_force), filename
    return content.decode("utf-8-sig", "replace"), filename


def _take(
    form: forms.WordingForm, found: tuple[Wording, ...], text: str, filename: str
) -> ResponseReturnValue:
    try:
        with uow().transaction() as work:
            changed = service.import_wordings(
                work,
                actor=actor(),
                text=text,
                filename=filename,
                seen=form.seen.data or "",
                now=now(),
            )
    except Conflict:
        return _preview(found, text, filename, late=True), 409
    flash(_said(changed), "success" if changed else "info")
    return redirect(url_for(".wordings"), 303)


def _preview(found: tuple[Wording, ...], text: str, filename: str, *, late: bool = False) -> str:
    """Show what would change, sentence by sentence, and how many posters that concerns."""
    languages = []
    for wording in found:
        before = texts.wording(uow(), wording.language)
        changed = rules.changes(before, wording)
        lines = [(change, word_diff(change.before, change.after)) for change in changed]
        hangs = sum(len(all_) for _org, all_ in sites_with(uow(), wording.language))
        languages.append((wording.language, lines, hangs))
    return render_template(
        "disclosure/wordings_preview.html",
        languages=languages,
        changes=any(lines for _tag, lines, _hangs in languages),
        late=late,
        text=text,
        filename=filename,
        seen=texts.state_mark(uow(), [wording.language for wording in found]),
        name_of=rules.sentence_name,
        statuses=rules.STATUS_NAMES,
        endonym=endonym,
        direction=direction,
    )


def _said(changed: tuple[str, ...]) -> str:
    if not changed:
        return str(_("Nothing changed: these wordings are in force already."))
    return str(_("Wordings now in force: %(languages)s", languages=", ".join(changed)))


def _page(form: forms.WordingForm) -> str:
    found = texts.wordings(uow())
    own = {view.wording.language for view in found}
    return render_template(
        "disclosure/wordings.html",
        form=form,
        found=found,
        endonym=endonym,
        stale=sum(bool(site.outdated) for _org, all_ in sites_with(uow()) for site in all_),
        without=[tag for tag in LANGUAGES if tag not in own],
    )
