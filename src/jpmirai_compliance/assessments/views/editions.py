"""The secretariat's editions of the bank: list, draft, difference, files, publishing, check."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.forms import editions as forms
from jpmirai_compliance.assessments.forms.secretariat import offer
from jpmirai_compliance.assessments.queries import editions as queries
from jpmirai_compliance.assessments.queries.editions import EditionState, EditionView
from jpmirai_compliance.assessments.service import editions as service
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.differences import word_diff
from jpmirai_compliance.foundation.errors import Conflict, DomainError, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import BankError, diff_editions
from jpmirai_compliance.principles.data import as_yaml
from jpmirai_compliance.principles.diff import ChangedText
from jpmirai_compliance.principles.packing import MAX_BYTES, pack, unpack


@bp.route("/s/editions", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.EDITION_CHANGED,))
def editions() -> ResponseReturnValue:
    """List all editions; clone one to a draft: 303 to it, 422 if none was chosen."""
    found = queries.all_editions(uow(), actor=actor())
    form = forms.CloneForm()
    fixed = [view.id for view in found if view.state is not EditionState.DRAFT]
    offer(form.source, [(key, key) for key in fixed])
    if request.method == "POST" and form.validate():
        with uow().transaction() as work:
            made = service.clone(work, actor=actor(), source=form.source.data, now=now())
        flash(_("The draft %(edition)s was made. Nobody is asked it yet.", edition=made), "success")
        return redirect(url_for(".edition", key=made), 303)
    page = render_template("assessments/editions/list.html", editions=found, form=form)
    return page, 200 if request.method == "GET" else 422


@bp.get("/s/editions/check")
@audience(Audience.SECRETARIAT)
def editions_check() -> ResponseReturnValue:
    """Say whether every past edition and snapshot is byte for byte what it was."""
    found = queries.all_editions(uow(), actor=actor())
    fixed = [view for view in found if view.state is not EditionState.DRAFT]
    return render_template(
        "assessments/editions/check.html", editions=fixed, faults=queries.faults(uow())
    )


@bp.get("/s/editions/<name:key>")
@audience(Audience.SECRETARIAT)
def edition(key: str) -> ResponseReturnValue:
    """Show one edition with its indicators; a draft with what can be done to it."""
    found = queries.edition(uow(), actor=actor(), edition_id=key)
    others = queries.all_editions(uow(), actor=actor())
    return render_template(
        "assessments/editions/edition.html",
        view=found,
        others=[view.id for view in others if view.id != found.id],
        base_ids=_base_ids(found),
    )


@bp.get("/s/editions/<name:key>/diff")
@audience(Audience.SECRETARIAT)
def edition_diff(key: str) -> ResponseReturnValue:
    """Show what is different from another edition (``from``), by default the one it came from."""
    found = queries.edition(uow(), actor=actor(), edition_id=key)
    return render_template("assessments/editions/diff.html", view=found, **_difference(found))


@bp.get("/s/editions/<name:key>/files.zip")
@audience(Audience.SECRETARIAT)
def edition_files(key: str) -> ResponseReturnValue:
    """Give the YAML files of an edition; importing them again changes nothing."""
    found = queries.edition(uow(), actor=actor(), edition_id=key)
    answer = Response(pack(as_yaml(found.edition)), mimetype="application/zip")
    name = f"jpmirai-edition-{found.id}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.route("/s/editions/<name:key>/import", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.EDITION_CHANGED,))
def edition_import(key: str) -> ResponseReturnValue:
    """Replace files of a draft: 303; 422 with file, key and reason, and nothing changed."""
    found = _a_draft(key)
    form = forms.ImportForm(data={"version": found.version})
    if request.method == "GET":
        return _import_page(found, form)
    try:
        files = _sent(form)
        with uow().transaction() as work:
            changed = service.import_files(
                work,
                actor=actor(),
                edition_id=found.id,
                files=files,
                version=form.seen,
                now=now(),
            )
    except BankError as error:
        form.files.errors = [translated(error.text)]
        return _import_page(found, form), 422
    except Conflict as error:
        form.files.errors = [translated(error.text)]
        newer = _a_draft(key)
        form.version.data = str(newer.version)
        return _import_page(newer, form), 409
    said = _("The files were imported.") if changed else _("The files say what is stored already.")
    flash(said, "success" if changed else "info")
    return redirect(url_for(".edition", key=found.id), 303)


@bp.route("/s/editions/<name:key>/publish", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.EDITION_PUBLISHED,))
def edition_publish(key: str) -> ResponseReturnValue:
    """Show what will be fixed for ever, then publish: 303, or 409/422 saying why not."""
    found = _a_draft(key)
    if request.method == "GET":
        return _publish_page(found, "")
    try:
        with uow().transaction() as work:
            service.publish(
                work, actor=actor(), edition_id=found.id, version=listing.version(), now=now()
            )
    except BankError as error:
        return _publish_page(found, translated(error.text)), 422
    except NotFound:
        raise
    except DomainError as error:
        return _publish_page(_a_draft(key), translated(error.text)), 409
    flash(
        _("Edition %(edition)s is published. A new round can use it.", edition=found.id), "success"
    )
    return redirect(url_for(".edition", key=found.id), 303)


@bp.post("/s/editions/<name:key>/discard")
@audience(Audience.SECRETARIAT, records=(Event.EDITION_CHANGED,))
def edition_discard(key: str) -> ResponseReturnValue:
    """Delete a draft; 303 to the list, 409 if it changed or is published."""
    with uow().transaction() as work:
        service.discard(work, actor=actor(), edition_id=key, version=listing.version(), now=now())
    flash(_("The draft %(edition)s was discarded.", edition=key), "success")
    return redirect(url_for(".editions"), 303)


def _a_draft(key: str) -> EditionView:
    found = queries.edition(uow(), actor=actor(), edition_id=key)
    if found.state is not EditionState.DRAFT:
        raise NotFound
    return found


def _base_ids(found: EditionView) -> set[str]:
    """Return the ids that the edition inherited; those can be retired, but not removed."""
    if not found.based_on:
        return set()
    base = queries.edition(uow(), actor=actor(), edition_id=found.based_on)
    return {indicator.id for indicator in base.edition.indicators}


def _difference(found: EditionView) -> dict[str, Any]:
    others = [v.id for v in queries.all_editions(uow(), actor=actor()) if v.id != found.id]
    wanted = request.args.get("from") or found.based_on or (others[0] if others else found.id)
    old = queries.edition(uow(), actor=actor(), edition_id=wanted)
    return {
        "old": old,
        "others": others,
        "diff": diff_editions(old.edition, found.edition),
        "pieces": _pieces,
    }


def _pieces(text: ChangedText) -> list[tuple[str, Any]]:
    """Return (language, pieces) of each language in which the text is different."""
    found = []
    for tag in forms.LANGUAGES:
        old, new = (side.texts[tag] if side else "" for side in (text.old, text.new))
        if old != new:
            found.append((tag, word_diff(old, new)))
    return found


def _sent(form: forms.ImportForm) -> dict[str, str]:
    files: dict[str, str] = {}
    for upload in form.files.data or ():
        if upload and upload.filename:
            with upload.stream as sent:
                files |= unpack(upload.filename, sent.read(MAX_BYTES + 1))
    if not files:
        raise BankError(_("Import"), "", Text("choose at least one file"))
    return files


def _import_page(found: EditionView, form: forms.ImportForm) -> str:
    return render_template("assessments/editions/import.html", view=found, form=form)


def _publish_page(found: EditionView, problem: str) -> str:
    return render_template(
        "assessments/editions/publish.html",
        view=found,
        extra_errors=[(problem, "")] if problem else [],
        **_difference(found),
    )
