"""The secretariat's office: the round, reminders, extensions, mails."""

from tests.e2e.pages.world import Page

WHO = "jimukyoku"


def _faulty(visitor):
    visitor.press("Show the preview again", fields={"subject_ja": "", "body_en": "{oops}"})


def _no_reason(visitor):
    visitor.press("Extend these members", fields={"late_day": "2020-01-01", "reason": ""})


def _participant(key):
    return lambda w: f"/s/rounds/{{year}}/participants/{w.org(key)}"


PAGES = (
    Page("office-round-bounced", WHO, "/s/rounds/{year}?flag=bounced"),
    Page("office-round-empty", WHO, "/s/rounds/{year}?q=zzz"),
    Page("office-remind", WHO, "/s/rounds/{year}/remind?all=1"),
    Page("office-remind-error", WHO, "/s/rounds/{year}/remind?all=1", prepare=_faulty),
    Page("office-extend", WHO, "/s/rounds/{year}/extend?all=1&stage=in_progress"),
    Page("office-extend-error", WHO, "/s/rounds/{year}/extend?all=1", prepare=_no_reason),
    Page("office-extended", WHO, lambda w: f"/s/rounds/{{year}}/participants/{w.org('minato')}"),
    Page(
        "office-unreachable", WHO, lambda w: f"/s/rounds/{{year}}/participants/{w.org('tsubame')}"
    ),
    Page("office-mail", WHO, "/s/mail"),
    Page("office-mail-held", WHO, "/s/mail?box=held"),
    Page("office-mail-empty", WHO, "/s/mail?q=zzz"),
    Page("office-member-bounced", WHO, lambda w: f"/s/members/{w.org('tsubame')}"),
)
