"""A workbook as a person gets it, changes it, and hands it in."""

import io

import openpyxl

from jpmirai_compliance.assessments.queries import member_pages
from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.reports.sheets import writing

SECRETS = ("test-secret-0123456789-abcdefghij-ABCDEFGH",)
#: Columns of a principle's sheet.
ID, CHOICE, REASON, TEXT, NOTE, REACH = "A", "D", "E", "F", "G", "H"


def exported(member, *, locale="ja", now, secrets=SECRETS):
    """Return the bytes of the member's workbook."""
    member.uow.session.rollback()
    overview = member_pages.overview(member.uow, member.actor, 2026)
    facts = writing.Facts(Localized({"ja": member.org.name_ja}), now, open=True)
    return writing.workbook(overview, facts, secrets=secrets, locale=locale)


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(book, indicator_id):
    """Return sheet and row number of a question."""
    for sheet in book.worksheets:
        for number in range(1, sheet.max_row + 1):
            if sheet[f"{ID}{number}"].value == indicator_id:
                return sheet, number
    raise KeyError(indicator_id)


def filled(content, **rows):
    """Return the workbook with cells set: ``P1_01={"D": 3, "F": "文"}``."""
    book = opened(content)
    for name, cells in rows.items():
        sheet, number = row_of(book, name.replace("_", "-"))
        for column, value in cells.items():
            sheet[f"{column}{number}"] = value
    return saved(book)
