"""The check before submitting, the early preview, and the feedback report."""

from tests.e2e.pages.world import Page

PAGES = (
    Page("check-returned", "kimura", "/m/{year}/check"),
    Page("early-preview", "minami", "/m/{year}/preview/{lang}"),
)
