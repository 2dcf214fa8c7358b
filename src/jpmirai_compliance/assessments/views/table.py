"""All questions of a principle at once, for people who know them; and everything on paper."""

from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext

from jpmirai_compliance.assessments.forms.table import RowForm
from jpmirai_compliance.assessments.queries import member_pages
from jpmirai_compliance.assessments.queries.member_pages import Overview, Question, Section
from jpmirai_compliance.assessments.service import answers as service
from jpmirai_compliance.assessments.views import bp
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Competing, DomainError, NotFound, NotPermitted
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.policy import Permission, may
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.foundation.web import actor, now, uow


@dataclass
class Row:
    """One question in the table: its fields, and what became of them when they were sent."""

    question: Question
    form: RowForm
    said: str = ""  # saved, or why not
    text: Text | None = None
    competing: list[Competing] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether what was typed is not stored."""
        return self.said in {"wrong", "conflict", "refused"}


@bp.get("/m/<int:year>/principles/<int:number>/table")
@audience(Audience.MEMBER)
def table(year: int, number: int) -> ResponseReturnValue:
    """Show all fields of all questions of one principle."""
    overview, section = _find(year, number)
    rows = []
    for question in section.questions:
        form = _form(question, sent=False)
        form.fill(question.answer)
        rows.append(Row(question, form))
    return _page(overview, section, rows)


@bp.post("/m/<int:year>/principles/<int:number>/table")
@audience(Audience.MEMBER, records=(Event.ANSWER_SAVED,))
def save_table(year: int, number: int) -> ResponseReturnValue:
    """Save the rows that changed, and the one whose button was pressed; each by itself.

    303 to the next row if all went well; else the table with what was typed, 409 if somebody
    was faster, 422 if something is missing.
    """
    overview, section = _find(year, number)
    pressed = request.form.get("row", "")
    rows = [
        Row(question, _form(question, sent=True))
        for question in section.questions
        if f"{question.indicator.id}-version" in request.form
    ]
    for row in rows:
        _save(overview, row, pressed=row.question.indicator.id == pressed)
    saved = sum(row.said == "saved" for row in rows)
    if not any(row.failed for row in rows):
        text = ngettext("%(num)d answer was saved.", "%(num)d answers were saved.", saved)
        flash(text, "success" if saved else "info")
        return redirect(_after(year, section, pressed), 303)
    fresh = member_pages.overview(uow(), actor(), year)
    status = 409 if any(row.said in {"conflict", "refused"} for row in rows) else 422
    return _page(fresh, section, rows), status


@bp.get("/m/<int:year>/print")
@audience(Audience.MEMBER)
def print_all(year: int) -> ResponseReturnValue:
    """Show the whole assessment on one page to print; internal notes only with ``?notes=1``."""
    overview = member_pages.overview(uow(), actor(), year)
    return render_template(
        "assessments/member/print.html",
        overview=overview,
        assessment=overview.assessment,
        notes=request.args.get("notes") == "1",
        moment=now(),
    )


def _save(overview: Overview, row: Row, *, pressed: bool) -> None:
    """Store one row in a transaction of its own, if there is something to store."""
    form = row.form
    if not form.validate():
        row.said = "wrong"
        return
    if not (form.changed or pressed):
        return
    try:
        with uow().transaction() as work:
            saved = service.save(
                work,
                actor=actor(),
                assessment_id=overview.assessment.id,
                indicator_id=row.question.indicator.id,
                content=form.content(),
                version=form.version.number or 0,
                seen=form.seen.data or "",
                now=now(),
            )
    except (NotFound, NotPermitted):
        raise
    except service.Competed as error:
        row.said, row.competing = "conflict", list(error.fields)
        form.show(error.merged, version=error.version, seen=error.seen)
    except DomainError as error:
        row.said, row.text = "refused", error.text
    else:
        row.said = "saved"
        form.show(saved.content, version=saved.version, seen=saved.seen)


def _form(question: Question, *, sent: bool) -> RowForm:
    prefix = question.indicator.id
    form = RowForm(prefix=prefix) if sent else RowForm(formdata=None, prefix=prefix)
    form.choose(question.indicator, str(get_locale()))
    return form


def _after(year: int, section: Section, pressed: str) -> str:
    """Return the table's address, at the row after the one whose button was pressed."""
    ids = [question.indicator.id for question in section.questions]
    number = section.principle.number
    if pressed not in ids:
        return url_for(".table", year=year, number=number)
    following = ids[min(ids.index(pressed) + 1, len(ids) - 1)]
    return url_for(".table", year=year, number=number, at=following) + f"#row-{following}"


def _find(year: int, number: int) -> tuple[Overview, Section]:
    overview = member_pages.overview(uow(), actor(), year)
    section = overview.section(number)
    if section is None:
        raise NotFound
    return overview, section


def _page(overview: Overview, section: Section, rows: list[Row]) -> str:
    found = overview.assessment
    allowed = found.window.holds(now()) and may(actor(), Permission.ASSESSMENT_ANSWER, found)
    return render_template(
        "assessments/member/table.html",
        overview=overview,
        assessment=found,
        section=section,
        rows=rows,
        may_answer=allowed,
        changeable=[allowed and row.question.writable for row in rows],
        error_forms=[row.form for row in rows],
        at=request.args.get("at", ""),
    )
