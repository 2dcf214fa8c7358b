"""Last year beside a question: taking its answer over, confirming what was copied."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from jpmirai_compliance.assessments.forms.answering import NOT_APPLICABLE, AnswerForm
from jpmirai_compliance.assessments.queries import last_year
from jpmirai_compliance.assessments.queries.last_year import LastYear
from jpmirai_compliance.assessments.queries.member_pages import Overview, Question
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.differences import word_diff
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.web import now, uow

_NOT_CARRIED = {"csrf_token", "action", "files", "filter"}


def beside(question: Question) -> LastYear | None:
    """Return what to show of last year beside a question, in the reader's language."""
    today = now().astimezone(TOKYO).date()
    return last_year.beside(uow(), question, locale=str(get_locale()), today=today)


def is_same(question: Question) -> bool:
    """Return whether this year's answer says what last year's does, or there is none to take."""
    if question.previous is None or not question.answered:
        return question.previous is None
    return not last_year.changed(question.previous, question.answer)


def taken(question: Question, form: AnswerForm) -> ResponseReturnValue | None:
    """Put last year's answer into the form if that was pressed.

    Returns a page that asks first where it would replace a text that somebody has just written
    or saved, else None: the form can be saved. The internal note stays. NotFound without a last
    year.
    """
    pressed = request.form.get("action")
    if pressed not in {"same", "same-surely"}:
        return None
    before = question.previous
    if before is None:
        raise NotFound
    typed = form.text.data or ""
    if pressed == "same" and typed.strip() and typed != before.text:
        return render_template(
            "assessments/member/same.html",
            year=int((request.view_args or {})["year"]),
            question=question,
            stretches=word_diff(typed, before.text),
            typed=[(n, v) for n, v in request.form.items(multi=True) if n not in _NOT_CARRIED],
        )
    form.level.data = NOT_APPLICABLE if before.not_applicable else str(before.level)
    form.na_reason.data, form.text.data = before.na_reason, before.text
    form.reach.data = before.reach.value
    return None


def after_confirming(overview: Overview, here: str) -> str:
    """Return the address of the next copied answer, after this one or from the start.

    Its confirm button has the focus, so that a run of them is one key each.
    """
    ids = [question.indicator.id for question in overview.questions]
    place = ids.index(here) + 1
    rest = (*overview.questions[place:], *overview.questions[:place])
    year = overview.assessment.year
    for question in rest:
        if question.prefilled and question.writable:
            id_ = question.indicator.id
            return url_for(".indicator", year=year, indicator_id=id_, filter="prefilled")
    return url_for(".task_list", year=year)
