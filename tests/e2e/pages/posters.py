"""Posters: what can be chosen, and how it will look."""

from tests.e2e.pages.world import Page

LOOK = "sentences=plain&names=both&colours=colour&file=pdf&languages=vi&languages=my&languages=ja"


def _preview(layout):
    return lambda world: f"/m/posters?workplace={world.workplace('aoba')}&layout={layout}&{LOOK}"


PAGES = (
    Page("posters-preview-two", "hanako", _preview("two")),
    Page("posters-preview-cards", "hanako", _preview("card")),
)
