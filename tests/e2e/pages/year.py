"""The pages of the year as it is walked from invitation to award."""

from tests.e2e.pages.world import PUBLIC, VISITOR, Page


def _wrong_sign_in(visitor):
    visitor.press("Sign in", fields={"email": "nobody@example.com", "password": ""})


def _no_reason(visitor):
    visitor.press("Save and go back to the list", fields={"level": "na", "na_reason": ""})


def _wrong_profile(visitor):
    visitor.press("Save the profile", fields={"name_ja": "", "corporate_number": "1234"})


def _empty_round(visitor):
    visitor.press("Create the round", fields={"year": "", "closes_day": "2027-01-01"})


def _open_entry(visitor):
    """Say that there is no conflict, the first time."""
    if visitor.offers("I have no conflict of interest: open the entry"):
        visitor.press("I have no conflict of interest: open the entry")


def _score(visitor):
    """Submit one's scores, the first time; then look at them."""
    here = visitor.page.url
    _open_entry(visitor)
    if visitor.offers("Submit the scores"):
        fields = visitor.page.locator("main [name^=score_]").all()
        names = {field.get_attribute("name") for field in fields}
        visitor.press("Submit the scores", fields=dict.fromkeys(sorted(names), "4"))
        visitor.go(here)


PAGES = (
    # the public
    Page("public-home", PUBLIC, "/{lang}/"),
    Page("public-code", PUBLIC, "/{lang}/code"),
    Page("public-directory", PUBLIC, "/{lang}/orgs"),
    Page("public-directory-empty", PUBLIC, "/{lang}/orgs?search=zzz"),
    Page("public-organisation", PUBLIC, lambda w: f"/{{lang}}/orgs/{w.published.slug}/{{year}}"),
    Page("public-verify", PUBLIC, lambda w: f"/{{lang}}/verify/{w.published.code}"),
    Page("public-verify-start", PUBLIC, "/{lang}/verify"),
    Page("public-method", PUBLIC, "/{lang}/method"),
    Page("public-accessibility", PUBLIC, "/{lang}/accessibility"),
    Page("public-privacy", PUBLIC, "/{lang}/privacy"),
    Page("public-winners", PUBLIC, "/{lang}/awards"),
    Page("public-not-found", PUBLIC, "/{lang}/orgs/no-such-place", 404),
    Page("worker-unknown-code", PUBLIC, "/{lang}/w/ZZZZZZ"),
    Page("worker-general", PUBLIC, "/{lang}/workers"),
    # signing in
    Page("sign-in", VISITOR, "/sign-in"),
    Page("sign-in-errors", VISITOR, "/sign-in", prepare=_wrong_sign_in),
    Page("forgot-password", VISITOR, "/forgot-password"),
    Page("invitation", VISITOR, lambda w: f"/invitations/{w.invitation}"),
    Page("invitation-unknown", VISITOR, "/invitations/no-such-invitation", 404),
    Page("not-found", VISITOR, "/no-such-page", 404),
    # a member
    Page("member-home-not-started", "tsuda", "/m"),
    Page("member-home", "minami", "/m"),
    Page("member-task-list", "minami", "/m/{year}"),
    Page("member-principle", "minami", "/m/{year}/principles/1"),
    Page("member-question", "minami", "/m/{year}/P2-01"),
    Page("member-question-errors", "minami", "/m/{year}/P2-01", prepare=_no_reason),
    Page("member-scores", "minami", "/m/{year}/scores"),
    Page("member-check", "minami", "/m/{year}/check"),
    Page("member-task-list-returned", "kimura", "/m/{year}"),
    Page("member-question-returned", "kimura", "/m/{year}/P1-01"),
    Page("member-question-frozen", "kimura", "/m/{year}/P1-02"),
    Page("member-home-accepted", "hanako", "/m"),
    Page("member-submitted", "hanako", "/m/{year}/done"),
    Page("member-publish", "buchou", "/m/{year}/publish"),
    Page("member-publish-check", "buchou", "/m/{year}/publish/check"),
    Page("member-publish-preview", "buchou", "/m/{year}/publish/preview/{lang}"),
    Page("member-publish-not-yet", "minami", "/m/{year}/publish"),
    Page("member-share", "buchou", "/m/{year}/share"),
    Page("member-unpublish", "buchou", "/m/{year}/unpublish"),
    Page("member-profile", "minami", "/m/profile"),
    Page("member-profile-errors", "minami", "/m/profile", prepare=_wrong_profile),
    Page("member-people", "minami", "/m/people"),
    Page("member-people-invite", "minami", "/m/people/invite"),
    Page("member-person", "minami", lambda w: f"/m/people/{w.user('minami')}"),
    Page("member-workplaces", "hanako", "/m/workplaces"),
    Page("member-workplaces-empty", "minami", "/m/workplaces"),
    Page("member-workplace-new", "hanako", "/m/workplaces/new"),
    Page("member-workplace", "hanako", lambda w: f"/m/workplaces/{w.workplace('aoba')}"),
    Page("member-posters", "hanako", "/m/posters"),
    Page("member-awards", "buchou", "/m/awards"),
    Page("member-entry", "buchou", lambda w: f"/m/awards/{w.category(w.year, 'b2')}"),
    Page("account", "minami", "/account"),
    Page("account-password", "minami", "/account/password"),
    Page("account-email", "minami", "/account/email"),
    Page("account-second-factor", "minami", "/account/second-factor"),
    Page("confirm-password", "minami", "/confirm-password"),
    Page("forbidden", "minami", "/s", 403),
    # the secretariat
    Page("office-home", "jimukyoku", "/s"),
    Page("office-audit", "jimukyoku", "/s/audit"),
    Page("office-members", "jimukyoku", "/s/members"),
    Page("office-member", "jimukyoku", lambda w: f"/s/members/{w.org('aoba')}"),
    Page("office-invite", "jimukyoku", "/s/members/invite"),
    Page("office-invite-csv", "jimukyoku", "/s/members/invite-csv"),
    Page("office-people", "jimukyoku", "/s/people"),
    Page("office-people-invite", "jimukyoku", "/s/people/invite"),
    Page("office-rounds", "jimukyoku", "/s/rounds"),
    Page("office-round", "jimukyoku", "/s/rounds/{year}"),
    Page("office-round-new", "jimukyoku", "/s/rounds/new"),
    Page("office-round-new-errors", "jimukyoku", "/s/rounds/new", prepare=_empty_round),
    Page("office-round-edit", "jimukyoku", "/s/rounds/{year}/edit"),
    Page("office-round-add", "jimukyoku", "/s/rounds/{year}/participants"),
    Page(
        "office-participant",
        "jimukyoku",
        lambda w: f"/s/rounds/{{year}}/participants/{w.org('minato')}",
    ),
    Page("office-queue", "jimukyoku", "/s/reviews"),
    Page("office-review", "jimukyoku", lambda w: f"/s/reviews/{w.assessment('midori')}"),
    Page(
        "office-review-answer", "jimukyoku", lambda w: f"/s/reviews/{w.assessment('midori')}/P1-02"
    ),
    Page(
        "office-accept-remaining",
        "jimukyoku",
        lambda w: f"/s/reviews/{w.assessment('midori')}/accept-remaining",
    ),
    Page("office-return", "jimukyoku", lambda w: f"/s/reviews/{w.assessment('midori')}/return"),
    Page("office-finish", "jimukyoku", lambda w: f"/s/reviews/{w.assessment('midori')}/accept"),
    Page("office-wordings", "jimukyoku", "/s/wordings"),
    Page("office-sentences", "jimukyoku", "/s/wordings/my"),
    Page("office-stale-posters", "jimukyoku", "/s/wordings/posters"),
    Page("office-help", "jimukyoku", "/s/help"),
    Page("office-help-desk", "jimukyoku", "/s/help/isa"),
    Page("office-help-preview", "jimukyoku", "/s/help/as/ur"),
    Page("office-awards", "jimukyoku", "/s/awards"),
    Page("office-awards-new", "jimukyoku", "/s/awards/new"),
    Page("office-awards-year", "jimukyoku", "/s/awards/{year}"),
    Page("office-awards-edit", "jimukyoku", "/s/awards/{year}/edit"),
    Page("office-awards-rubric", "jimukyoku", "/s/awards/{year}/rubric"),
    Page(
        "office-category", "jimukyoku", lambda w: f"/s/awards/{{year}}/{w.category(w.year, 'b1')}"
    ),
    Page(
        "office-category-decided",
        "kakunin",
        lambda w: f"/s/awards/{{last}}/{w.category(w.last, 'b2')}",
    ),
    Page(
        "office-category-edit",
        "jimukyoku",
        lambda w: f"/s/awards/{{year}}/{w.category(w.year, 'b1')}/edit",
    ),
    Page(
        "office-shortlist",
        "jimukyoku",
        lambda w: f"/s/awards/{{year}}/{w.open_category('jimukyoku')}/shortlist",
    ),
    Page("office-release", "jimukyoku", "/s/awards/{year}/release"),
    # judges
    Page("judge-desk", "shinsa", "/j"),
    Page("judge-conflict", "judge", lambda w: f"/j/entries/{w.entry('judge', w.year)}/conflict"),
    Page(
        "judge-scoring",
        "shinsa",
        lambda w: f"/j/entries/{w.entry('shinsa', w.year)}",
        prepare=_open_entry,
    ),
    Page(
        "judge-scored",
        "judge",
        lambda w: f"/j/entries/{w.entry('judge', w.year)}",
        prepare=_score,
    ),
)
