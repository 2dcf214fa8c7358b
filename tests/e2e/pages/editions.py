"""Editions of the bank, guidance, and the choice of the form."""

from tests.e2e.pages.world import Page

OFFICE = "jimukyoku"


def _nothing_chosen(visitor):
    visitor.press("Import the files")


def _emptied(visitor):
    visitor.press("Save in the draft", fields={"title_ja": "", "evidence_en": "One line"})


def _unfold(visitor):
    for summary in visitor.page.locator("summary").all():
        summary.click()


def _draft(rest=""):
    return lambda w: (
        f"/s/editions/{w.year}.2{rest}" if w.year == 2026 else f"/s/editions/{w.year}.1{rest}"
    )


PAGES = (
    Page("editions-list", OFFICE, "/s/editions"),
    Page("editions-draft", OFFICE, _draft()),
    Page("editions-diff", OFFICE, _draft("/diff")),
    Page("editions-question", OFFICE, _draft("/indicators/P1-11")),
    Page("editions-question-errors", OFFICE, _draft("/indicators/P1-11"), prepare=_emptied),
    Page("editions-question-new", OFFICE, _draft("/add/5")),
    Page("editions-import", OFFICE, _draft("/import")),
    Page("editions-import-errors", OFFICE, _draft("/import"), prepare=_nothing_chosen),
    Page("editions-publish", OFFICE, _draft("/publish")),
    Page("editions-check", OFFICE, "/s/editions/check"),
    Page("editions-shipped", OFFICE, "/s/editions/2026.1"),
    Page("editions-shipped-question", OFFICE, "/s/editions/2026.1/indicators/P2-08"),
    Page("guidance-open", "minami", "/m/{year}/P2-01", prepare=_unfold),
    Page("form-length", "minami", "/m/{year}/form"),
    Page("form-length-frozen", "hanako", "/m/{year}/form"),
)
