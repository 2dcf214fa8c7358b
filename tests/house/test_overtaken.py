"""Whatever changes what is there already knows which state of it the page showed.

A new route that takes a POST says here what it is: it changes something (and which test shows that
two people do not overwrite each other), it adds something, or it is a step whose button names what
comes of it and that a second press does not change.
"""

import ast
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
VIEWS = "operations/test_views_overtaken.py::test_av_2_"
MEMBER = "assessments/member/"
OFFICE = "assessments/secretariat/"
SEEN = {
    "/account": f"{VIEWS}ones_own_name_and_language",
    "/j/entries/<uuid:entry_id>": f"{VIEWS}a_refused_scorecard_has_not_seen_the_other_window",
    "/j/entries/<uuid:entry_id>/recuse": (
        "awards/test_service_scoring.py::test_az_11_a_recused_card_is_not_submitted"
    ),
    "/m/<int:year>/<indicator_id>": (
        f"{MEMBER}test_views_answering.py::test_av_2_the_second_editor_sees_both_texts_and_chooses"
    ),
    "/m/<int:year>/<indicator_id>/assign": (
        f"{MEMBER}test_teamwork.py::test_assigning_over_a_colleagues_choice_says_so"
    ),
    "/m/<int:year>/<indicator_id>/confirm": (
        f"{MEMBER}test_last_year.py::test_what_may_not_be_confirmed"
    ),
    "/m/<int:year>/<indicator_id>/discussion/<uuid:comment_id>": (
        f"{MEMBER}test_teamwork.py::test_a_comment_is_changed_by_its_writer_for_a_day_and_says_so"
    ),
    "/m/<int:year>/approve": (
        f"{MEMBER}test_approval.py::test_av_2_a_page_that_was_overtaken_does_nothing"
    ),
    "/m/<int:year>/ask-approval": (
        f"{MEMBER}test_approval.py::test_av_2_a_page_that_was_overtaken_does_nothing"
    ),
    "/m/<int:year>/excel/<uuid:upload_id>": (
        "reports/test_views_workbook.py::test_av_2_what_changes_between_the_two_steps_is_said"
    ),
    "/m/<int:year>/offers/<indicator_id>": (
        f"{OFFICE}test_offers.py::test_too_late_another_verdict_and_other_answers_are_refused"
    ),
    "/m/<int:year>/principles/<int:number>/assign": (
        f"{MEMBER}test_teamwork.py::test_assigning_over_a_colleagues_choice_says_so"
    ),
    "/m/<int:year>/principles/<int:number>/table": (
        "assessments/member/test_views_teamwork.py"
        "::test_one_bad_row_and_one_conflict_cost_no_other_row_and_no_word"
    ),
    "/m/<int:year>/publish": f"{VIEWS}what_is_said_in_public",
    "/m/<int:year>/publish/check": (
        "disclosure/test_views_member.py::test_a_page_that_changed_after_the_check_is_not_published"
    ),
    "/m/<int:year>/submit": (
        f"{MEMBER}test_approval.py::test_av_2_a_page_that_was_overtaken_does_nothing"
    ),
    "/m/<int:year>/update/<int:number>": (
        "assessments/updates/test_service.py"
        "::test_av_2_the_second_writer_sees_both_texts_and_nothing_is_overwritten"
    ),
    "/m/<int:year>/update/check": (
        "assessments/updates/test_service.py::test_only_an_approver_submits_and_only_what_was_read"
    ),
    "/m/awards/<uuid:category_id>": f"{VIEWS}an_award_entry",
    "/m/library/<uuid:evidence_id>": (
        f"{MEMBER}test_views_library.py"
        "::test_av_2_the_second_editor_of_a_piece_sees_both_and_saves_again"
    ),
    "/m/library/<uuid:evidence_id>/remove": (
        "evidence/test_keeping.py::test_a_removed_piece_leaves_the_library_and_every_byte_stays"
    ),
    "/m/people/<uuid:user_id>": f"{VIEWS}the_roles_of_somebody",
    "/m/posters/logo": f"{VIEWS}the_logo_on_the_posters",
    "/m/posters/logo/remove": f"{VIEWS}the_logo_on_the_posters",
    "/m/profile": (
        "accounts/test_views_people.py::test_av_2_a_second_editor_sees_both_texts_and_loses_nothing"
    ),
    "/m/workplaces/<uuid:workplace_id>": f"{VIEWS}a_workplace",
    "/s/awards/<int:year>/<uuid:category_id>/decision": f"{VIEWS}the_decision_about_an_award",
    "/s/awards/<int:year>/<uuid:category_id>/edit": f"{VIEWS}an_award_category",
    "/s/awards/<int:year>/<uuid:category_id>/shortlist": f"{VIEWS}the_decision_about_an_award",
    "/s/awards/<int:year>/edit": f"{VIEWS}the_dates_of_an_award_year",
    "/s/awards/<int:year>/release": (
        "awards/test_service_decisions.py::test_a_release_of_an_old_page_is_a_conflict"
    ),
    "/s/awards/<int:year>/rubric": f"{VIEWS}the_weights_of_the_criteria",
    "/s/editions/<name:key>/discard": f"{VIEWS}a_draft_of_an_edition",
    "/s/editions/<name:key>/import": f"{VIEWS}a_draft_of_an_edition",
    "/s/editions/<name:key>/indicators/<indicator_id>": f"{VIEWS}a_draft_of_an_edition",
    "/s/editions/<name:key>/indicators/<indicator_id>/asked": f"{VIEWS}a_draft_of_an_edition",
    "/s/editions/<name:key>/publish": (
        "assessments/editions/test_editions.py"
        "::test_an_unchanged_draft_and_one_seen_too_early_are_not_published"
    ),
    "/s/members/<uuid:org_id>/<uuid:user_id>": f"{VIEWS}the_roles_of_somebody",
    "/s/people/<uuid:user_id>": f"{VIEWS}the_roles_of_a_person_of_the_secretariat",
    "/s/reasons/<reason>": f"{VIEWS}a_ready_made_reason",
    "/s/reviews/<uuid:assessment_id>/<indicator_id>": (
        f"{OFFICE}test_views_review.py::test_av_2_a_refused_verdict_has_not_seen_the_other_one"
    ),
    "/s/reviews/<uuid:assessment_id>/accept": (
        f"{OFFICE}test_finishing.py"
        "::test_a_mail_about_other_verdicts_than_those_of_now_does_not_leave"
    ),
    "/s/reviews/<uuid:assessment_id>/accept-remaining": (
        f"{OFFICE}test_review.py::test_accept_remaining_refuses_a_desk_that_others_changed"
    ),
    "/s/reviews/<uuid:assessment_id>/assign": (
        f"{OFFICE}test_queue.py::test_of_two_who_take_it_at_once_one_is_told"
    ),
    "/s/reviews/<uuid:assessment_id>/return/mail": (
        f"{OFFICE}test_views_desk.py::test_a_verdict_given_meanwhile_stops_the_mail_and_keeps_it"
    ),
    "/s/rounds/<int:year>/edit": f"{VIEWS}the_dates_of_a_round",
    "/s/rounds/<int:year>/extend": f"{VIEWS}the_deadlines_of_many",
    "/s/rounds/<int:year>/participants/<uuid:org_id>/extension": (
        f"{VIEWS}the_deadline_of_a_participant"
    ),
    "/s/rounds/<int:year>/participants/<uuid:org_id>/extension/end": (
        f"{VIEWS}the_end_of_an_extension"
    ),
    "/s/rounds/<int:year>/participants/<uuid:org_id>/form": f"{VIEWS}the_form_of_a_participant",
    "/s/rounds/<int:year>/remind": (
        f"{OFFICE}test_reminders.py::test_other_people_than_those_seen_are_not_written_to"
    ),
    "/s/rounds/<int:year>/update": f"{VIEWS}the_period_of_a_half_year_update",
    "/s/help/<place>": (
        "workplaces/test_views_help.py"
        "::test_the_second_editor_sees_what_changed_and_may_then_replace_it"
    ),
    "/s/wordings": (
        "disclosure/test_views_sentences.py::test_a_preview_that_is_out_of_date_is_shown_anew"
    ),
    "/s/wordings/<language>/sentences/<key>": (
        "disclosure/test_views_sentences.py"
        "::test_the_second_editor_sees_both_texts_and_may_then_replace"
    ),
    "/s/wordings/<language>/status": (
        "disclosure/test_views_sentences.py::test_sentences_are_approved_together_but_never_unseen"
    ),
}
ADDS = {
    "/m/<int:year>/<indicator_id>/discussion",
    "/m/<int:year>/<indicator_id>/evidence",
    "/m/<int:year>/<indicator_id>/last-year",
    "/m/<int:year>/<indicator_id>/library",
    "/m/<int:year>/excel",
    "/m/<int:year>/start",
    "/m/library/<uuid:evidence_id>/versions",
    "/m/library/add",
    "/m/people/hand-over",
    "/m/people/invite",
    "/m/posters/download",
    "/m/workplaces/<uuid:workplace_id>/posters",
    "/m/workplaces/new",
    "/s/awards/<int:year>/<uuid:category_id>/<uuid:entry_id>/assign",
    "/s/awards/<int:year>/<uuid:category_id>/propose",
    "/s/awards/<int:year>/assign",
    "/s/awards/new",
    "/s/editions",
    "/s/editions/<name:key>/add/<int:principle>",
    "/s/members/<uuid:org_id>/invite",
    "/s/members/<uuid:org_id>/reopen",
    "/s/members/invite",
    "/s/members/invite-csv",
    "/s/people/invite",
    "/s/reasons/new",
    "/s/rounds/<int:year>/participants",
    "/s/rounds/new",
}
#: The button names the outcome; it fits the state of the moment or is refused with a sentence.
STEPS = {
    "/account/sessions/<uuid:session_id>/end",
    "/account/sign-out-elsewhere",
    "/choose",
    "/j/entries/<uuid:entry_id>/clear",
    "/j/entries/<uuid:entry_id>/conflict",
    "/language",
    "/m/<int:year>/<indicator_id>/flag",
    "/m/<int:year>/form",
    "/m/<int:year>/send-back",
    "/m/<int:year>/unpublish",
    "/m/awards/<uuid:category_id>/withdraw",
    "/m/people/<uuid:user_id>/remove",
    "/m/people/<uuid:user_id>/sign-out",
    "/m/people/hand-over/<uuid:handover_id>/withdraw",
    "/m/people/invitations/<uuid:invitation_id>/resend",
    "/m/people/invitations/<uuid:invitation_id>/revoke",
    "/m/workplaces/<uuid:workplace_id>/close",
    "/m/workplaces/<uuid:workplace_id>/new-code",
    "/m/workplaces/posters/<uuid:posting_id>/down",
    "/s/accounts/<uuid:user_id>/disable",
    "/s/accounts/<uuid:user_id>/enable",
    "/s/awards/<int:year>/<uuid:category_id>/remove",
    "/s/awards/<int:year>/conflicts/<uuid:conflict_id>/lift",
    "/s/help/<place>/move",
    "/s/mail/<uuid:mail_id>/cancel",
    "/s/mail/<uuid:mail_id>/retry",
    "/s/members/<uuid:org_id>/<uuid:user_id>/remove",
    "/s/members/<uuid:org_id>/<uuid:user_id>/sign-out",
    "/s/members/<uuid:org_id>/hand-overs/<uuid:handover_id>/undo",
    "/s/members/<uuid:org_id>/invitations/<uuid:invitation_id>/resend",
    "/s/members/<uuid:org_id>/invitations/<uuid:invitation_id>/revoke",
    "/s/members/<uuid:org_id>/reopen/<uuid:reopening_id>/consent",
    "/s/members/<uuid:org_id>/reopen/<uuid:reopening_id>/refuse",
    "/s/people/<uuid:user_id>/remove",
    "/s/people/<uuid:user_id>/sign-out",
    "/s/people/invitations/<uuid:invitation_id>/resend",
    "/s/people/invitations/<uuid:invitation_id>/revoke",
    "/sign-out",
}
#: One's own way in: each asks for a secret, or uses up a link.
WAY_IN = {
    "/account/email",
    "/account/email/<token>",
    "/account/password",
    "/account/second-factor",
    "/account/second-factor/codes",
    "/account/second-factor/off",
    "/account/second-factor/start",
    "/confirm-password",
    "/forgot-password",
    "/hand-over/<token>",
    "/hand-over/undo/<token>",
    "/invitations/<token>",
    "/reset-password/<token>",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/second-factor",
}


def test_av_2_every_route_that_takes_a_post_says_what_it_does_to_what_is_there():
    lines = (TESTS / "house/routes.txt").read_text().splitlines()
    posts = [line.split()[1] for line in lines if "POST" in line.split()[0]]
    kinds = [set(SEEN), ADDS, STEPS, WAY_IN]
    assert sum(map(len, kinds)) == len(set().union(*kinds)), "a route is of two kinds"
    assert set(posts) == set().union(*kinds)


def test_av_2_every_form_that_changes_something_names_a_test_that_exists():
    for route, place in SEEN.items():
        path, name = place.split("::")
        tree = ast.parse((TESTS / path).read_text())
        names = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        assert name in names, (route, place)
