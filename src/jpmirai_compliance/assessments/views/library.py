"""The evidence library: list, add, one piece with its versions, remove."""

import datetime as dt
import uuid
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage

from jpmirai_compliance.assessments.forms.library import (
    CATEGORIES,
    VISIBILITIES,
    AddForm,
    EditForm,
    VersionForm,
)
from jpmirai_compliance.assessments.queries import library as queries
from jpmirai_compliance.assessments.service import library as service
from jpmirai_compliance.assessments.views import bp
from jpmirai_compliance.evidence import queries as pieces
from jpmirai_compliance.evidence import rules as files
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.models import Category, Visibility
from jpmirai_compliance.evidence.views import preview_of
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Of, Permission, authorize, may
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.web import actor, now, uow

JAPAN = ZoneInfo("Asia/Tokyo")
_KEEPING = (Event.EVIDENCE_ADDED, Event.EVIDENCE_CHANGED)


def today() -> dt.date:
    """Return the day in Japan: by it evidence expires."""
    return now().astimezone(JAPAN).date()


@bp.get("/m/library")
@audience(Audience.MEMBER)
def library() -> ResponseReturnValue:
    """Show what the organisation keeps, filtered by the address."""
    filters = asked_for()
    page = request.args.get("page", 1, int)
    if not 1 <= page <= 1_000:  # noqa: PLR2004 -- pages of a list
        raise NotFound
    return render_template(
        "assessments/library/index.html",
        found=queries.library(uow(), actor(), filters, today=today(), page=page),
        filters=filters,
        categories=CATEGORIES,
        visibilities=VISIBILITIES,
        may_edit=may(actor(), Permission.EVIDENCE_ATTACH, Of(_own())),
        scanning=bool(_settings().clamd_address),
    )


def asked_for() -> files.Filters:
    """Return the filters of the address; what is unknown there is left out."""
    args = request.args
    category, visibility, show = args.get("kind", ""), args.get("who", ""), args.get("show", "")
    return files.Filters(
        words=args.get("q", "").strip()[:100],
        category=category if category in set(Category) else "",
        visibility=visibility if visibility in set(Visibility) else "",
        show=show if show in files.SHOWN else "",
    )


@bp.route("/m/library/add", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=_KEEPING)
def add_evidence() -> ResponseReturnValue:
    """Add files or an address: 303 to the library, 422 with what was refused.

    Each file by itself: a refused one does not cost the others. With ``Accept:
    application/json`` the same as data, 201 or 422, for the progress of each file.
    """
    authorize(actor(), Permission.EVIDENCE_ATTACH, Of(_own()))
    ready = request.args.get("ready", "")
    form = AddForm()
    if request.method == "GET":
        _prefill(form, ready)
        return _add_page(form, ready)
    plain = request.accept_mimetypes.best == "application/json"
    if not form.validate():
        return _as_data(form, []) if plain else (_add_page(form, ready), 422)
    added = _add_all(form)
    if plain:
        return _as_data(form, added)
    if form.errors:
        if added:
            flash(_said(len(added)), "info")
        return _add_page(form, ready), 422
    flash(_said(len(added)), "success")
    return redirect(url_for(".library"), 303)


def _said(count: int) -> str:
    said: str = ngettext(
        "%(num)d piece of evidence was added to the library.",
        "%(num)d pieces of evidence were added to the library.",
        count,
    )
    return said


def _prefill(form: AddForm, ready: str) -> None:
    if ready == "page":
        form.title.data, form.category.data = _("Our own web page"), Category.WEB_PAGE.value
        form.visibility.data = Visibility.PUBLIC.value
    elif ready == "poster":
        form.title.data = _("Photo of the poster on our wall")
        form.category.data = Category.PHOTO.value


def _add_all(form: AddForm) -> list[tuple[uuid.UUID, str]]:
    """Keep what the form brings; return ids and names; refusals become errors of the field."""
    chosen = sent_files(form.files)
    added: list[tuple[uuid.UUID, str]] = []
    refused = []
    for file in chosen:
        try:
            added.append((_keep(form, file, single=len(chosen) == 1), file.filename or ""))
        except Incomplete as error:
            refused.append(translated(error.text))
    form.files.errors = refused
    if form.url.data:
        try:
            with uow().transaction() as work:
                link_id = evidence.add_link(
                    work,
                    actor=actor(),
                    org_id=_own(),
                    url=form.url.data,
                    description=form.description(single=not chosen),
                    now=now(),
                )
            added.append((link_id, ""))
        except Incomplete as error:
            form.url.errors = [translated(error.text)]
    for _id, name in added:
        warn_of_persons(name)
    return added


def sent_files(field: MultipleFileField) -> list[FileStorage]:
    """Return the files of a form: what was chosen, and what the camera took."""
    sent = (*(field.data or ()), *request.files.getlist("camera"))
    return [file for file in sent if file.filename]


def _keep(form: AddForm, file: FileStorage, *, single: bool) -> uuid.UUID:
    received = receive(file)
    with uow().transaction() as work:
        return evidence.add_received(
            work,
            actor=actor(),
            org_id=_own(),
            received=received,
            description=form.description(single=single),
            quota_mb=_settings().evidence_quota_mb,
            now=now(),
        )


def receive(file: FileStorage) -> evidence.Received:
    """Return a file that was sent, checked and stored; FileRefused, DiskFull, NotPermitted."""
    settings = _settings()
    return evidence.receive(
        uow(),
        current_app.extensions["store"],
        actor=actor(),
        org_id=_own(),
        upload=evidence.Upload(file.filename or "", file.read()),
        quota_mb=settings.evidence_quota_mb,
        quarantine=bool(settings.clamd_address),
    )


def warn_of_persons(filename: str) -> None:
    """Say a hint if a file's name speaks of somebody's papers; never a refusal."""
    if files.looks_personal(filename):
        flash(personal_hint(filename), "info")


def personal_hint(filename: str) -> str:
    """Return the hint about one file."""
    said: str = _(
        "“%(file)s”: does this file show a person's residence card, passport, health check or"
        " My Number? Then black them out and add it again as a new file.",
        file=files.clean_filename(filename),
    )
    return said


def _as_data(form: AddForm, added: list[tuple[uuid.UUID, str]]) -> ResponseReturnValue:
    errors = [str(text) for field in form for text in field.errors]
    links = [{"href": url_for(".piece", evidence_id=id_)} for id_, _name in added]
    hints = [personal_hint(name) for _id, name in added if files.looks_personal(name)]
    return jsonify(added=links, errors=errors, hints=hints), 422 if errors else 201


def _add_page(form: AddForm, ready: str) -> str:
    return render_template(
        "assessments/library/add.html",
        form=form,
        ready=ready,
        accept=files.ACCEPT,
        limits=translated(files.limits()),
        file_max=files.FILE_MAX,
        personal=files.PERSONAL,
    )


@bp.route("/m/library/<uuid:evidence_id>", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.EVIDENCE_CHANGED, Event.EVIDENCE_READ))
def piece(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Show one piece, and change what is said about it: 303, 422, or 409 with both texts."""
    versions = pieces.piece(uow(), actor(), evidence_id)
    form = EditForm()
    if request.method == "GET":
        form.fill(versions[0])
        return _piece_page(versions, form, VersionForm(formdata=None))
    if not form.validate():
        return _piece_page(versions, form, VersionForm(formdata=None)), 422
    try:
        with uow().transaction() as work:
            evidence.edit(
                work,
                actor=actor(),
                evidence_id=evidence_id,
                description=form.description(),
                version=form.version.number or 0,
                now=now(),
            )
    except Conflict as error:
        newest = pieces.piece(uow(), actor(), evidence_id)
        form.version.data = str(newest[0].version)
        return _piece_page(newest, form, VersionForm(formdata=None), error), 409
    flash(_("The evidence was saved."), "success")
    return redirect(url_for(".piece", evidence_id=evidence_id), 303)


@bp.post("/m/library/<uuid:evidence_id>/versions")
@audience(Audience.MEMBER, records=(Event.EVIDENCE_CHANGED,))
def add_version(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Add a newer file: 303 to the piece, or 422 with a sentence."""
    versions = pieces.piece(uow(), actor(), evidence_id)
    authorize(actor(), Permission.EVIDENCE_ATTACH, versions[0])
    form = VersionForm()
    if form.validate():
        try:
            received = receive(form.file.data)
            with uow().transaction() as work:
                number = evidence.add_version(
                    work,
                    actor=actor(),
                    evidence_id=evidence_id,
                    received=received,
                    quota_mb=_settings().evidence_quota_mb,
                    now=now(),
                )
        except Incomplete as error:
            form.file.errors = [translated(error.text)]
        else:
            warn_of_persons(received.filename)
            flash(_("Version %(number)d is in the library.", number=number), "success")
            return redirect(url_for(".piece", evidence_id=evidence_id), 303)
    edit = EditForm(formdata=None)
    edit.fill(versions[0])
    return _piece_page(versions, edit, form), 422


@bp.route("/m/library/<uuid:evidence_id>/remove", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.EVIDENCE_REMOVED, Event.EVIDENCE_DETACHED))
def remove_piece(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Say where a piece is used, and remove it once that is confirmed: 303 to the library."""
    newest = pieces.piece(uow(), actor(), evidence_id)[0]
    authorize(actor(), Permission.EVIDENCE_ATTACH, newest)
    if request.method == "GET":
        used = queries.uses(uow(), newest.org_id, evidence_id).get(evidence_id, ())
        going = service.detachable(uow(), actor(), evidence_id, now())
        return render_template(
            "assessments/library/remove.html",
            piece=newest,
            going=going,
            staying=[use for use in used if use not in going],
        )
    with uow().transaction() as work:
        service.remove(
            work,
            actor=actor(),
            evidence_id=evidence_id,
            version=request.form.get("version", 0, int),
            confirmed=request.form.get("confirmed", -1, int),
            now=now(),
        )
    flash(_("“%(title)s” was removed from the library.", title=newest.title), "success")
    return redirect(url_for(".library"), 303)


def _piece_page(
    versions: tuple[pieces.EvidenceView, ...],
    form: EditForm,
    newer: VersionForm,
    conflict: Conflict | None = None,
) -> str:
    newest = versions[0]
    return render_template(
        "assessments/library/piece.html",
        piece=newest,
        versions=versions,
        form=form,
        newer=newer,
        error_forms=[form, newer],
        conflict=conflict,
        expiry=files.expiry(newest.valid_until, today()),
        uses=queries.uses(uow(), newest.org_id, newest.id).get(newest.id, ()),
        preview=preview_of(newest, request.args.get("page", 1, int)) if newest.is_file else None,
        page=request.args.get("page", 1, int),
        categories=CATEGORIES,
        visibilities=VISIBILITIES,
        may_edit=may(actor(), Permission.EVIDENCE_ATTACH, newest),
        accept=files.ACCEPT,
        limits=translated(files.limits()),
        file_max=files.FILE_MAX,
    )


def _own() -> uuid.UUID:
    org_id = actor().org_id
    if org_id is None:
        raise NotFound
    return org_id


def _settings() -> Settings:
    return cast("Settings", current_app.extensions["settings"])
