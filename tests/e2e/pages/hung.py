"""What hangs where, and the contacts of a workplace."""

from tests.e2e.pages.world import Page


def _place(tail=""):
    return lambda world: f"/m/workplaces/{world.workplace('aoba')}{tail}"


def _no_day(visitor):
    visitor.press("Record the posters", fields={"posted_on": "きのう"})


def _one_more(visitor):
    visitor.press("Add a contact")


PAGES = (
    Page("hung", "hanako", _place("/posters")),
    Page("hung-errors", "hanako", _place("/posters"), prepare=_no_day),
    Page("hung-workplaces", "hanako", "/m/workplaces"),
    Page("hung-contacts", "hanako", _place()),
    Page("hung-contacts-more", "hanako", _place(), prepare=_one_more),
)
