"""The question's page while it saves itself, and what it says when it cannot."""

import itertools

from tests.e2e.pages.world import Page

HERE = "/m/{year}/P2-01"
_numbers = itertools.count(1)  # every picture is of a new change


def _post(visitor, **typed):
    """Save in the background, as a colleague in another window does."""
    form = visitor.page.locator("form[data-autosave]")
    hidden = {
        field.get_attribute("name"): field.get_attribute("value")
        for field in form.locator("input[type=hidden]").all()
    }
    visitor.context.request.post(
        visitor.page.url,
        form=hidden | {"reach": "own", "level": "2"} | typed,
        headers={"Accept": "application/json"},
    )


def _expected(visitor):
    """Let the script end what it tells, and forget that the server refused: that is the state."""
    visitor.page.wait_for_load_state("networkidle")
    visitor.faults.clear()


def _in_place(visitor):
    number = next(_numbers)
    _post(visitor, text=f"毎年4月に見直し、{number}回目の掲示を貼り替えています。")
    visitor.page.locator("#text").fill(f"寮と工場の両方で、{number}種類の掲示をしています。")
    visitor.page.locator("#disputes section").first.wait_for()
    _expected(visitor)


def _conflict(visitor):
    number = next(_numbers)
    _post(visitor, text=f"{number}回見直しています。", note=f"人事課で確認済み（{number}）")
    _send(visitor, text=f"{number}か所に掲示しています。", note=f"総務課が確認中（{number}）")
    visitor.page.locator("section[data-unit=note]").wait_for()


def _send(visitor, **typed):
    """Send the form as a browser without our script does."""
    for name, text in typed.items():
        visitor.page.locator(f"#{name}").evaluate("(e, text) => { e.value = text }", text)
    visitor.page.evaluate("document.querySelector('form[data-autosave]').submit()")


def _offline(visitor):
    visitor.page.route("**/P2-01", lambda route: route.abort())
    visitor.page.locator("#text").fill("通信が切れているあいだに入力した文です。")
    visitor.page.locator("[data-again]").first.wait_for()
    visitor.page.unroute_all()
    _expected(visitor)


def _unsaved(visitor):
    """A form of an earlier sign-in: its text is there again, unsaved."""
    token = visitor.page.locator("form[data-autosave] [name=csrf_token]")
    token.evaluate("e => { e.value = 'from an earlier sign-in' }")
    _send(visitor, text="ログインの期限が切れたあとに送った文です。")
    visitor.page.locator("#unsaved-title").wait_for()


PAGES = (
    Page("member-question-conflict-in-place", "minami", HERE, prepare=_in_place),
    Page("member-question-conflict", "minami", HERE, prepare=_conflict),
    Page("member-question-offline", "minami", HERE, prepare=_offline),
    Page("member-question-unsaved", "minami", HERE, prepare=_unsaved),
    Page("signed-in-again", "minami", "/signed-in-again"),
)
