"""The workbook that goes out: a guide, a sheet per principle, and a stamp that nobody sees."""

import datetime as dt
import io
import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from jpmirai_compliance.assessments.queries.member_answers import AnswerView, PreviousAnswer
from jpmirai_compliance.assessments.queries.member_pages import Overview, Question, Section
from jpmirai_compliance.assessments.rules import Reach, seen_of
from jpmirai_compliance.foundation.catalogue import translate
from jpmirai_compliance.foundation.tabular import OPTIONS, columns_of
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles import MAX_LEVEL
from jpmirai_compliance.reports.rules.filled import NA_MAX, REACH_WORDS, TEXT_MAX, Field
from jpmirai_compliance.reports.sheets import headings, stamp

FONT = {"ja": "Yu Gothic", "en": "Calibri"}
INK, LINE, OPEN, SHUT, HEAD = "#1a1a1c", "#949494", "#fff9db", "#f2f2f2", "#d9e6ff"
A4 = 9
#: What may be done on the protected sheets besides filling in.
_ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "autofilter": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guide says about the workbook."""

    organisation: Localized
    made_at: dt.datetime
    open: bool  # answers can be changed now


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of a principle's sheet."""

    head: Text
    width: int
    look: str
    field: Field | None = None


COLUMNS = (
    _Column(headings.HEADINGS[Field.ID], 7, "shut", Field.ID),
    _Column(headings.QUESTION, 24, "shut"),
    _Column(headings.SENTENCES, 34, "shut"),
    _Column(headings.HEADINGS[Field.CHOICE], 11, "choice", Field.CHOICE),
    _Column(headings.HEADINGS[Field.REASON], 15, "text", Field.REASON),
    _Column(headings.HEADINGS[Field.TEXT], 36, "text", Field.TEXT),
    _Column(headings.HEADINGS[Field.NOTE], 16, "text", Field.NOTE),
    _Column(headings.HEADINGS[Field.REACH], 12, "text", Field.REACH),
    _Column(headings.LAST, 28, "shut"),
)
LINE_POINTS, ROW_MOST = 16.0, 409.0  # height of a line of text; Excel's highest row


def workbook(overview: Overview, facts: Facts, *, secrets: Sequence[str], locale: str) -> bytes:
    """Return the member's answers of a year as a workbook to fill in, in ``ja`` or ``en``."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        year = overview.assessment.year
        book.set_properties(
            {
                "title": translate(Text("Self-assessment %(year)s", {"year": str(year)}), locale),
                "author": "JP-MIRAI",
                "created": facts.made_at.replace(tzinfo=None),
            }
        )
        looks = _looks(book, locale)
        _guide(
            book.add_worksheet(translate(headings.GUIDE, locale)), overview, facts, looks, locale
        )
        for section in overview.sections:
            number = {"number": section.principle.number}
            name = translate(Text(headings.PRINCIPLE.msgid, number), locale)
            _Page(book.add_worksheet(name), looks, locale).fill(section, facts)
        hidden = book.add_worksheet(headings.META)
        hidden.write_string(0, 0, stamp.sign(_stamp(overview, facts), secrets))
        hidden.protect()
        hidden.very_hidden()
    return _grows(out.getvalue())


def _stamp(overview: Overview, facts: Facts) -> stamp.Stamp:
    found = overview.assessment
    return stamp.Stamp(
        org_id=found.org_id,
        assessment_id=found.id,
        year=found.year,
        edition=found.round.edition,
        made_at=facts.made_at,
        seen={q.indicator.id: seen_of(q.answer) for q in overview.questions},
    )


def _looks(book: Any, locale: str) -> dict[str, Any]:  # noqa: ANN401 -- untyped
    base = {
        "font_name": FONT[locale],
        "font_size": 10,
        "font_color": INK,
        "text_wrap": True,
        "valign": "top",
    }
    cell = base | {"border": 1, "border_color": LINE}
    return {
        "title": book.add_format(base | {"bold": True, "font_size": 16, "text_wrap": False}),
        "plain": book.add_format(base),
        "strong": book.add_format(base | {"bold": True}),
        "head": book.add_format(cell | {"bold": True, "bg_color": HEAD}),
        "shut": book.add_format(cell | {"bg_color": SHUT}),
        "text": book.add_format(cell | {"bg_color": OPEN, "locked": False, "num_format": "@"}),
        "choice": book.add_format(
            cell | {"bg_color": OPEN, "locked": False, "bold": True, "align": "center"}
        ),
    }


class _Page:
    """One principle's sheet while it is written."""

    def __init__(self, page: Any, looks: dict[str, Any], locale: str) -> None:  # noqa: ANN401 -- untyped
        self.page, self.looks, self.locale = page, looks, locale

    def say(self, value: object) -> str:
        """Return a text in the workbook's language."""
        return translate(value, self.locale)

    def fill(self, section: Section, facts: Facts) -> None:
        """Write headings, rows, lists and how it is shown and printed."""
        page = self.page
        for at, column in enumerate(COLUMNS):
            page.set_column(at, at, column.width)
            page.write_string(0, at, self.say(column.head), self.looks["head"])
        heads = [self.say(column.head) for column in COLUMNS]
        page.set_row(0, row_height(heads, [column.width for column in COLUMNS]))
        for line, question in enumerate(section.questions, 1):
            self._row(line, question)
        last = len(section.questions)
        self._lists(last)
        page.freeze_panes(1, 2)
        page.autofilter(0, 0, last, len(COLUMNS) - 1)
        page.protect("", _ALLOWED)
        page.set_landscape()
        page.set_paper(A4)
        page.set_margins(0.4, 0.4, 0.5, 0.6)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        title = f"{section.principle.number} {self.say(section.principle.title)}"
        page.set_footer(f"&L{title.replace('&', '&&')}&C&P / &N&R{self.say(facts.made_at)}")

    def _row(self, line: int, question: Question) -> None:
        answer, indicator = question.answer, question.indicator
        sentences = [f"{n}: {self.say(text)}" for n, text in enumerate(indicator.levels)]
        if indicator.na_when is not None:
            sentences.append(f"{self.say(headings.NOT_APPLICABLE)}: {self.say(indicator.na_when)}")
        cells = (
            indicator.id,
            self.say(indicator.question),
            "\n".join(sentences),
            "",
            answer.na_reason if answer else "",
            answer.text if answer else "",
            answer.note if answer else "",
            self.say(REACH_WORDS[answer.reach if answer else Reach.OWN]),
            _last(question.previous, self.locale),
        )
        for at, (column, text) in enumerate(zip(COLUMNS, cells, strict=True)):
            shut = column.field is None or not question.writable
            self.page.write_string(line, at, text, self.looks["shut" if shut else column.look])
        self._choice(line, answer, editable=question.writable)
        self.page.set_row(line, row_height(cells, [column.width for column in COLUMNS]))

    def _choice(self, line: int, answer: AnswerView | None, *, editable: bool) -> None:
        look = self.looks["choice" if editable else "shut"]
        at = [column.field for column in COLUMNS].index(Field.CHOICE)
        if answer is None or answer.blank:
            self.page.write_blank(line, at, None, look)
        elif answer.level is not None:
            self.page.write_number(line, at, answer.level, look)
        else:
            self.page.write_string(line, at, self.say(headings.NOT_APPLICABLE), look)

    def _lists(self, last: int) -> None:
        by_field = {column.field: at for at, column in enumerate(COLUMNS)}
        levels = [*map(str, range(MAX_LEVEL + 1)), self.say(headings.NOT_APPLICABLE)]
        for field, words, hint in (
            (Field.CHOICE, levels, Text("The sentences stand in the column to the left.")),
            (
                Field.REACH,
                [self.say(text) for text in REACH_WORDS.values()],
                Text("One of the list."),
            ),
        ):
            at = by_field[field]
            title = Text("Choose from the list")
            rule = {
                "validate": "list",
                "source": words,
                "input_title": self.say(title)[:32],
                "input_message": self.say(hint),
                "error_title": self.say(title)[:32],
                "error_message": f"{' / '.join(words)}"[:255],
            }
            self.page.data_validation(1, at, last, at, rule)
        for field, most in ((Field.REASON, NA_MAX), (Field.TEXT, TEXT_MAX), (Field.NOTE, TEXT_MAX)):
            limit: dict[str, object] = {
                "validate": "length",
                "criteria": "<=",
                "value": most,
                "error_message": self.say(Text("At most %(most)d characters.", {"most": most})),
            }
            self.page.data_validation(1, by_field[field], last, by_field[field], limit)


def _last(previous: PreviousAnswer | None, locale: str) -> str:
    if previous is None:
        return ""
    if previous.not_applicable:
        return translate(headings.NOT_APPLICABLE, locale)
    sentence = translate(previous.sentence, locale) if previous.sentence else ""
    return f"{previous.level}: {sentence}\n{previous.text}".strip()


def row_height(cells: Sequence[str], widths: Sequence[int]) -> float:
    """Return the height in points that shows every cell whole, as far as a row can be high."""
    lines = (
        sum(max(1, math.ceil(columns_of(line) / (width - 1))) for line in text.split("\n"))
        for text, width in zip(cells, widths, strict=True)
    )
    return min(ROW_MOST, (max(lines) + 0.5) * LINE_POINTS)


def _grows(content: bytes) -> bytes:
    """Return the workbook with rows that grow with what is typed: given heights, but not fixed.

    Other programs than Excel do not measure rows when they open a file, so heights are written;
    XlsxWriter marks such rows as never to be measured again.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            body = old.read(part)
            if part.filename.startswith("xl/worksheets/sheet"):
                body = body.replace(b' customHeight="1"', b"")
            new.writestr(part, body)
    return out.getvalue()


def _guide(
    page: Any,  # noqa: ANN401 -- untyped
    overview: Overview,
    facts: Facts,
    looks: dict[str, Any],
    locale: str,
) -> None:
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 90)
    page.hide_gridlines(2)
    title = Text("Self-assessment %(year)s", {"year": str(overview.assessment.year)})
    page.write_string(0, 0, translate(title, locale), looks["title"])
    line = 2
    for name, value in _facts_of(overview, facts):
        page.write_string(line, 0, translate(name, locale), looks["strong"])
        page.write_string(line, 1, translate(value, locale), looks["plain"])
        line += 1
    for name, rules in (*_RULES, *(() if facts.open else (_CLOSED,))):
        line += 1
        page.write_string(line, 0, translate(name, locale), looks["strong"])
        for rule in rules:
            text = translate(rule, locale)
            page.write_string(line, 1, text, looks["plain"])
            page.set_row(line, row_height([text], [90]))
            line += 1
    line += 1
    page.write_string(line, 0, translate(Text("Colours"), locale), looks["strong"])
    page.write_string(
        line,
        1,
        translate(Text("Yellow, heading “[Fill in]”: for you to fill in"), locale),
        looks["text"],
    )
    page.write_string(
        line + 1, 1, translate(Text("Grey: to read; it cannot be changed"), locale), looks["shut"]
    )
    page.protect("", _ALLOWED)
    page.set_paper(A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _facts_of(overview: Overview, facts: Facts) -> list[tuple[Text, object]]:
    return [
        (Text("Name of the organisation"), facts.organisation),
        (Text("Downloaded"), facts.made_at),
        (Text("Answer by"), overview.assessment.window.closes_at),
        (Text("Questions"), str(overview.total)),
    ]


_CLOSED = (
    Text("Please note"),
    (Text("The answers cannot be changed at present. This workbook is for reading."),),
)
_RULES = (
    (
        Text("Filling in"),
        (
            Text("There is a sheet for each principle, and a row for each question."),
            Text("Choose the number of the sentence that describes you best."),
            Text("If a question does not apply to you, choose “not applicable” and write why."),
            Text("An answer cell that is left empty changes nothing on the web."),
            Text("A text that you empty is emptied on the web only if you tick it."),
            Text(
                "The sheets are protected without a password. You may add sheets of your own, and,"
                " once unprotected, columns, or sort the rows; what you add is not read."
            ),
            Text("Evidence is added on the web."),
        ),
    ),
    (
        Text("Handing in"),
        (
            Text("Save as “Excel workbook (.xlsx)” and upload it on the page “Answer in Excel”."),
            Text("You then see what would change, and decide row by row what is taken over."),
            Text(
                "What colleagues changed on the web meanwhile is shown and not overwritten unasked."
            ),
            Text("There are no macros in this workbook."),
        ),
    ),
)
