"""What hangs where."""

from tests.e2e.pages.world import Page


def _place(tail=""):
    return lambda world: f"/m/workplaces/{world.workplace('aoba')}{tail}"


def _no_day(visitor):
    visitor.press("Record the posters", fields={"posted_on": "きのう"})


PAGES = (
    Page("hung", "hanako", _place("/posters")),
    Page("hung-errors", "hanako", _place("/posters"), prepare=_no_day),
    Page("hung-workplaces", "hanako", "/m/workplaces"),
)
