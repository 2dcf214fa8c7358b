"""The evidence library, and choosing from it."""

from sqlmodel import col, select

from jpmirai_compliance.evidence.models import Evidence, EvidenceUse
from tests.e2e.pages.world import Page


def _piece(title, tail=""):
    def address(world):
        of = (col(Evidence.org_id) == world.org("minato"), col(Evidence.title) == title)
        return f"/m/library/{world.id(Evidence, *of)}{tail}"

    return address


def _reuse(world):
    """Return the page of a question that had evidence last year and has none yet."""
    before = col(EvidenceUse.assessment_id) == world.assessment("minato", world.last)
    query = select(EvidenceUse.indicator_id).where(before)
    with world.site.look() as uow:
        last = max(uow.session.exec(query))
    return f"/m/{{year}}/{last}/last-year"


def _nothing_chosen(visitor):
    visitor.press("Add to the library", fields={"valid_until": "あした"})


def _no_pages(visitor):
    box = visitor.page.locator("main [name=piece]").first
    box.check()
    visitor.page.locator(f"#pages-{box.get_attribute('value')}").fill("最初")
    visitor.press("Use these for the answer")


POLICY = "外国人労働者の人権に関する方針"
EXPIRED = "やさしい日本語研修の修了証"
PHOTO = "社内に掲示したポスターの写真"

PAGES = (
    Page("library", "minami", "/m/library"),
    Page("library-empty", "tsuda", "/m/library"),
    Page("library-nothing-fits", "minami", "/m/library?q=zzz"),
    Page("library-expired", "minami", "/m/library?show=expired"),
    Page("library-add", "minami", "/m/library/add"),
    Page("library-add-poster", "minami", "/m/library/add?ready=poster"),
    Page("library-add-errors", "minami", "/m/library/add", prepare=_nothing_chosen),
    Page("library-piece", "minami", _piece(POLICY)),
    Page("library-piece-expired", "minami", _piece(EXPIRED)),
    Page("library-piece-photo", "minami", _piece(PHOTO)),
    Page("library-remove", "minami", _piece(POLICY, "/remove")),
    Page("library-choose", "minami", "/m/{year}/P1-01/library"),
    Page("library-choose-errors", "minami", "/m/{year}/P1-01/library", prepare=_no_pages),
    Page("library-reuse", "minami", _reuse),
)
