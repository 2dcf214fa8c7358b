"""The half-year update, as each of them sees it."""

from tests.e2e.pages.world import PUBLIC, Page


def _without_dates(visitor):
    visitor.press("Save the dates", fields={"opens_day": "", "closes_day": "2027-13-01"})


PAGES = (
    Page("update-member", "minami", "/m/{last}/update"),
    Page("update-part", "minami", "/m/{last}/update/1"),
    Page("update-check", "minami", "/m/{last}/update/check"),
    Page("update-submitted", "hanako", "/m/{last}/update"),
    Page("update-check-submitted", "buchou", "/m/{last}/update/check"),
    Page("update-public", PUBLIC, lambda w: f"/{{lang}}/orgs/{w.published.slug}/{{last}}"),
    Page("update-office", "jimukyoku", "/s/rounds/{last}/update"),
    Page("update-office-none", "jimukyoku", "/s/rounds/{year}/update"),
    Page("update-office-errors", "jimukyoku", "/s/rounds/{year}/update", prepare=_without_dates),
)
