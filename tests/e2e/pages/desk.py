"""The reviewers' queue and desk, the one mail, the ready-made reasons, and the member's offers."""

from tests.e2e.pages.world import Page


def _review(rest="", key="midori"):
    return lambda w: f"/s/reviews/{w.assessment(key)}{rest}"


def _no_verdict(visitor):
    visitor.press("Save and go to the next", fields={"reason": "途中まで書いた理由"})


def _no_mail(visitor):
    visitor.press("Finish the check")


def _no_reason(visitor):
    visitor.press("Save the reason", fields={"label_ja": "日付がない"})


PAGES = (
    Page("desk-queue-waiting", "jimukyoku", "/s/reviews?sort=waiting"),
    Page("desk-queue-returned", "jimukyoku", "/s/reviews?status=returned"),
    Page("desk-queue-none", "jimukyoku", "/s/reviews?only=long&who=mine"),
    Page("desk-overview-changed", "jimukyoku", _review("?show=changed")),
    Page("desk-answer-changed", "jimukyoku", _review("/P1-01")),
    Page("desk-answer-errors", "jimukyoku", _review("/P1-04"), prepare=_no_verdict),
    Page("desk-return-wrong-day", "jimukyoku", _review("/return/mail?due=abc"), 422),
    Page("desk-finish-too-early", "jimukyoku", _review("/accept"), prepare=_no_mail),
    Page("desk-reasons", "jimukyoku", "/s/reasons"),
    Page("desk-reason", "jimukyoku", "/s/reasons/too-old"),
    Page("desk-reason-errors", "jimukyoku", "/s/reasons/new", prepare=_no_reason),
    Page("member-offers", "kimura", "/m/{year}/offers"),
    Page("member-offers-none", "hanako", "/m/{year}/offers"),
)
