"""Hand-over of the administrator's rights, and a member that gets a new administrator."""

import functools

from jpmirai_compliance.accounts.service import handover
from jpmirai_compliance.foundation.policy import Actor, Role
from tests.e2e.pages.world import VISITOR, Page


@functools.cache
def _asked(world):
    """Return the path of a successor's link."""
    actor = Actor(world.user("hanako"), world.org("aoba"), frozenset({Role.ADMIN, Role.EDITOR}))
    with world.site.work() as uow:
        token = handover.ask(
            uow,
            actor=actor,
            email="kaneda@aoba.example.com",
            name="金田 徹",
            locale="ja",
            leaves=False,
            base_url=world.site.url,
            now=world.now,
        )
    return f"/hand-over/{token}"


def _nobody(visitor):
    visitor.press("Ask the successor by mail")


PAGES = (
    Page("handover-people", "tanaka", "/m/people"),
    Page("handover-ask", "midori", "/m/people/hand-over"),
    Page("handover-ask-error", "midori", "/m/people/hand-over", prepare=_nobody),
    Page("handover-confirm", VISITOR, _asked),
    Page("handover-over", VISITOR, "/hand-over/never-sent", 404),
    Page("handover-member", "jimukyoku", lambda w: f"/s/members/{w.org('hoshizora')}"),
    Page("reopen-consent", "kakunin", lambda w: f"/s/members/{w.org('tsubame')}/reopen"),
    Page("reopen-waiting", "jimukyoku", lambda w: f"/s/members/{w.org('tsubame')}/reopen"),
    Page("reopen-not-needed", "jimukyoku", lambda w: f"/s/members/{w.org('aoba')}/reopen"),
)
