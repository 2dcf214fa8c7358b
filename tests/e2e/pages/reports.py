"""The check before submitting, the early preview, and the feedback report."""

from tests.e2e.pages.world import Page

PAGES = (
    Page("check-returned", "kimura", "/m/{year}/check"),
    Page("early-preview", "minami", "/m/{year}/preview/{lang}"),
    Page("feedback", "buchou", "/m/{year}/report"),
    Page("feedback-individual", "sato", "/m/{year}/report"),
    Page("feedback-not-yet", "minami", "/m/{year}/report"),
    Page("feedback-under-review", "midori", "/m/{year}/report"),
    Page("office-feedback", "kakunin", lambda w: f"/s/reviews/{w.assessment('aoba')}/feedback"),
)
