"""The secretariat's page of wordings: what is in force in each language, and replacing it."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.disclosure import forms, queries, rules, service
from jpmirai_compliance.disclosure.views.routes import bp
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import LANGUAGES, BankError, dump_wordings

PASTED = "wordings.yaml"


@bp.route("/s/wordings", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.WORDING_CHANGED,))
def wordings() -> ResponseReturnValue:
    """Show the wording of every language; put those of a file in force: 303, or 422."""
    authorize(actor(), Permission.WORDING_MANAGE, SECRETARIAT_ITSELF)
    form = forms.WordingForm()
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form), 422
    text, filename = _typed(form)
    if not text.strip():
        form.file.errors = [_("Choose a file, or paste its text.")]
        return _page(form), 422
    try:
        with uow().transaction() as work:
            changed = service.import_wordings(
                work, actor=actor(), text=text, filename=filename, now=now()
            )
    except BankError as error:
        (form.file if form.file.data else form.text).errors = [translated(error.text)]
        return _page(form), 422
    flash(_said(changed), "success" if changed else "info")
    return redirect(url_for(".wordings"), 303)


@bp.get("/s/wordings/<language>.yaml")
@audience(Audience.SECRETARIAT)
def wording_file(language: str) -> ResponseReturnValue:
    """Give the wording in force in one language as a file that can be loaded again."""
    authorize(actor(), Permission.WORDING_MANAGE, SECRETARIAT_ITSELF)
    if language not in queries.wording_languages(uow()):
        raise NotFound
    body = dump_wordings((queries.wording(uow(), language),))
    answer = Response(body, mimetype="application/yaml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{language}.yaml"'
    return answer


def _typed(form: forms.WordingForm) -> tuple[str, str]:
    upload = form.file.data
    if not upload:
        return form.text.data or "", PASTED
    content = upload.stream.read(forms.WORDINGS_MAX * 4)
    return content.decode("utf-8-sig", "replace"), upload.filename or PASTED


def _said(changed: tuple[str, ...]) -> str:
    if not changed:
        return str(_("Nothing changed: these wordings are in force already."))
    return str(_("Wordings now in force: %(languages)s", languages=", ".join(changed)))


def _page(form: forms.WordingForm) -> str:
    found = queries.wordings(uow())
    own = {view.wording.language for view in found}
    return render_template(
        "disclosure/wordings.html",
        form=form,
        found=found,
        statuses=rules.labels,
        without=[tag for tag in LANGUAGES if tag not in own],
    )
