"""Working through the year: last year beside the question, filters, colleagues, table, paper."""

from tests.e2e.pages.world import Page


def _empty_comment(visitor):
    visitor.press("Add the comment", fields={"comment": ""})


def _other_words(visitor):
    visitor.press("Same as last year", fields={"text": "今年は掲示の言語を増やしました。"})


def _no_reason(visitor):
    visitor.press("Save all rows that changed", fields={"P2-02-level": "na"})


PAGES = (
    Page("member-question-copied", "minami", "/m/{year}/P5-02?filter=prefilled"),
    Page("member-same-as-last-year", "minami", "/m/{year}/P1-01", prepare=_other_words),
    Page("member-list-filtered", "minami", "/m/{year}?filter=mine"),
    Page("member-list-filtered-empty", "hanako", "/m/{year}?filter=flagged"),
    Page("member-principle-copied", "minami", "/m/{year}/principles/5?filter=prefilled"),
    Page("member-discussion", "minami", "/m/{year}/P2-01/discussion"),
    Page(
        "member-discussion-errors", "minami", "/m/{year}/P2-02/discussion", prepare=_empty_comment
    ),
    Page("member-table", "minami", "/m/{year}/principles/2/table"),
    Page("member-table-errors", "minami", "/m/{year}/principles/2/table", prepare=_no_reason),
    Page("member-table-frozen", "hanako", "/m/{year}/principles/1/table"),
    Page("member-print", "minami", "/m/{year}/print?notes=1"),
)
