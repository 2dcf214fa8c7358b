"""The desk: one answer on the left, its verdict on the right."""

import uuid
from contextlib import suppress

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from jpmirai_compliance.assessments.forms import secretariat as forms
from jpmirai_compliance.assessments.forms.library import CATEGORIES
from jpmirai_compliance.assessments.queries import pieces, presence
from jpmirai_compliance.assessments.queries import reasons as ready
from jpmirai_compliance.assessments.queries import review as queries
from jpmirai_compliance.assessments.queries.review import Desk, DeskAnswer
from jpmirai_compliance.assessments.rules import VerdictKind, reasons
from jpmirai_compliance.assessments.service import presence as presence_service
from jpmirai_compliance.assessments.service import review as service
from jpmirai_compliance.assessments.service.review import Choice, Ruling
from jpmirai_compliance.assessments.views import bp
from jpmirai_compliance.assessments.views.library import today
from jpmirai_compliance.evidence.previews import KINDS
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Busy, Competing, Conflict, DiskFull, Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.web import actor, now, uow

LANGUAGES = (("ja", "日本語"), ("en", "English"))
_KEPT = {
    VerdictKind.ACCEPTED: Choice.ACCEPT,
    VerdictKind.GAP: Choice.GAP,
    VerdictKind.DECLARATION_GAP: Choice.OFFER,
    VerdictKind.NA_REJECTED: Choice.NA_REJECTED,
}


@bp.route("/s/reviews/<uuid:assessment_id>/<indicator_id>", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.VERDICT_GIVEN,))
def review_answer(assessment_id: uuid.UUID, indicator_id: str) -> ResponseReturnValue:
    """Show one answer beside its verdict; save the verdict: 303 to the next, 422, or 409."""
    desk = _desk(assessment_id)
    answer = desk.answer(indicator_id)
    form = _verdict_form(desk, answer)
    if request.method == "GET":
        _be_there(assessment_id, indicator_id)
        return _answer_page(desk, answer, form)
    if "insert" in request.form:
        return _with_reason(desk, answer, form)
    if not form.validate():
        return _answer_page(desk, answer, form), 422
    try:
        _give(desk, answer, form)
    except Incomplete as error:
        forms.show_gaps(form, error.gaps)
        return _answer_page(desk, answer, form), 422
    except Conflict as error:
        newer = _desk(assessment_id)
        answer = newer.answer(indicator_id)
        form.version.data = str(answer.verdict.version if answer.verdict else 0)
        return _answer_page(newer, answer, form, error.fields), 409
    return redirect(_after_verdict(assessment_id, indicator_id), 303)


def _desk(assessment_id: uuid.UUID) -> Desk:
    return queries.desk(uow(), actor=actor(), assessment_id=assessment_id)


def _be_there(assessment_id: uuid.UUID, indicator_id: str) -> None:
    """Let colleagues see who looks at the answer; not worth an error if the database is busy."""
    moment = now()
    if _around(assessment_id).lately(indicator_id, moment - presence_service.EVERY):
        return
    with suppress(Busy, DiskFull), uow().transaction() as work:
        presence_service.be_at(
            work, actor=actor(), assessment_id=assessment_id, indicator_id=indicator_id, now=moment
        )


def _around(assessment_id: uuid.UUID) -> presence.Around:
    return presence.around(uow(), actor=actor(), assessment_id=assessment_id, now=now())


def _give(desk: Desk, answer: DeskAnswer, form: forms.VerdictForm) -> None:
    with uow().transaction() as work:
        service.give_verdict(
            work,
            actor=actor(),
            assessment_id=desk.assessment_id,
            indicator_id=answer.indicator.id,
            ruling=Ruling(Choice(form.choice.data), _level(form), form.reason.data or ""),
            version=form.seen,
            now=now(),
        )


def _after_verdict(assessment_id: uuid.UUID, indicator_id: str) -> str:
    """Return the next answer's address; the overview's if none is left or it was asked for."""
    following = _desk(assessment_id).next_open(indicator_id)
    if following is None or "stay" in request.form:
        flash(_("The verdict on %(id)s was saved.", id=indicator_id), "success")
        return url_for("assessments.review", assessment_id=assessment_id)
    return url_for("assessments.review_answer", assessment_id=assessment_id, indicator_id=following)


def _verdict_form(desk: Desk, answer: DeskAnswer) -> forms.VerdictForm:
    """Return the form of this answer, filled with the verdict it has."""
    given = answer.verdict
    data: dict[str, object] = {"version": given.version if given else 0}
    if given is not None and not (given.to_return and not given.waiting):
        asked = Choice.EVIDENCE if given.evidence_only else Choice.AGAIN
        choice = asked if given.to_return else _KEPT[given.kind]
        level = "" if given.level is None else str(given.level)
        data |= {"choice": choice.value, "reason": given.reason}
        data["offer" if choice is Choice.OFFER else "level"] = level
    form = forms.VerdictForm(data=data)
    words = _words(answer)
    forms.offer(form.choice, [(c.value, words[c]) for c in service.choices(answer)])
    sentences = [translated(s) for s in answer.indicator.levels]
    for field, levels in (
        (form.level, service.gap_levels(answer)),
        (form.offer, service.offer_levels(answer)),
    ):
        named = [(str(n), f"{n}: {sentences[n]}") for n in levels]
        forms.offer(field, [("", _("Choose a level")), *named])
    # the member's language first: that is who reads the reason
    ordered = sorted(LANGUAGES, key=lambda pair: pair[0] != (desk.locale or str(get_locale())))
    known = [r for r in ready.reasons(uow(), actor=actor()) if not r.retired]
    texts = [(name, r, tag) for tag, name in ordered for r in known]
    forms.offer(
        form.template,
        [(f"{r.id}:{tag}", r.label.pick(tag)) for _name, r, tag in texts],
        groups=[name for name, _reason, _tag in texts],
    )
    return form


def _words(answer: DeskAnswer) -> dict[Choice, str]:
    """Return what each choice is called for this answer."""
    if answer.frozen.answer.not_applicable:
        accept = _("Accept “not applicable”")
    elif answer.evident:
        accept = _("Accept the evidence")
    else:
        accept = _("Nothing to check: leave it as it is")
    return {
        Choice.ACCEPT: accept,
        Choice.GAP: _("Evidence gap: it supports a lower level"),
        Choice.OFFER: _("Declaration gap: it proves a higher level; offer it to the member"),
        Choice.NA_REJECTED: _("Reject “not applicable”: it counts as level 0"),
        Choice.EVIDENCE: _("Ask for other evidence only: text and level stay as they are"),
        Choice.AGAIN: _("Ask again: send this answer back"),
    }


def _with_reason(desk: Desk, answer: DeskAnswer, form: forms.VerdictForm) -> str:
    """Show the page again with the chosen ready-made reason under what was typed."""
    id_, _colon, tag = str(form.template.data or "").partition(":")
    reason = reasons.named(ready.reasons(uow(), actor=actor()), id_)
    if reason is not None:
        language = "en" if tag == "en" else "ja"
        level = answer.frozen.answer.level
        text = reasons.fill(
            reason,
            language,
            indicator=f"{answer.indicator.id} {answer.indicator.title.pick(language)}",
            level="" if level is None else level,
            organisation=desk.name.pick(language),
            year=desk.year,
        )
        form.reason.data = "\n".join(part for part in (form.reason.data or "", text) if part)
    return _answer_page(desk, answer, form)


def _level(form: forms.VerdictForm) -> int | None:
    """Return the level chosen for a gap or an offer, None if none of the choices was."""
    fields = {Choice.GAP.value: form.level, Choice.OFFER.value: form.offer}
    field = fields.get(form.choice.data)
    if field is None:
        return None
    offered = {choice.value for choice in field.choices if choice.value}
    return int(field.data) if field.data in offered else None


def _answer_page(
    desk: Desk,
    answer: DeskAnswer,
    form: forms.VerdictForm,
    conflict: tuple[Competing, ...] = (),
) -> str:
    ids = [a.indicator.id for a in desk.answers]
    given = answer.frozen.evidence
    place = ids.index(answer.indicator.id)
    return render_template(
        "assessments/secretariat/review_answer.html",
        desk=desk,
        answer=answer,
        form=form,
        around=_around(desk.assessment_id),
        history=queries.history(uow(), desk, answer.indicator.id),
        conflict=conflict,
        evidence=pieces.shown(uow(), given, today=today()).values(),
        categories=CATEGORIES,
        previewed=KINDS,
        place=place + 1,
        previous=ids[place - 1] if place else "",
        next=ids[place + 1] if place + 1 < len(ids) else "",
        next_open=desk.next_open(answer.indicator.id),
    )
