import datetime as dt
import uuid

import pytest

from jpmirai_compliance.accounts.models import Membership
from jpmirai_compliance.foundation.policy import Role
from tests.awards.scene import accept, english, make_scene
from tests.factories import NOW, clock, make_member, make_round, make_staff, make_user


@pytest.fixture
def scene(uow):
    return make_scene(uow)


@pytest.fixture
def staff(scene, login):
    return login(scene.staff_user, language="en")


def category_url(scene, code="a2"):
    return f"/s/awards/2026/{scene.category(code).id}"


SCORES = {
    f"score_{c}": "4" for c in ("benefit", "reproducibility", "continuity", "reach", "originality")
}


WORDS = {
    "en": {
        "take": "Take up this suggestion",
        "enter": "Enter this category",
        "assign": "Give out the missing reviews",
        "clear": "I have no conflict of interest: open the entry",
        "submit": "Submit the scores",
        "fix": "Fix the shortlist",
        "record": "Record the decision",
        "release": "Release the results",
    },
    "ja": {
        "take": "候補として推薦する",
        "enter": "この部門に応募する",
        "assign": "足りない審査を割り当てる",
        "clear": "利益相反はありません。応募を開く",
        "submit": "採点を提出する",
        "fix": "最終候補を確定する",
        "record": "決定を記録する",
        "release": "結果を発表する",
    },
}


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_the_whole_year_by_browser(scene, uow, login, locale):
    words = WORDS[locale]
    org, user, _ = make_member(uow, "応募団体", name_en="Applicant Ltd")
    accept(uow, org, user)
    everybody = [scene.staff_user, scene.boss_user, user, *scene.judge_users]
    with uow.transaction():
        for person in everybody:
            uow.session.get_one(type(person), person.id).locale = locale
    staff, boss = login(scene.staff_user), login(scene.boss_user)
    staff.get(category_url(scene))
    page = staff.press(words["take"] + (" Applicant Ltd" if locale == "en" else " 応募団体"))
    assert page.html["lang"] == locale
    member = login(user, org)
    member.get("/m/awards")
    member.get(f"/m/awards/{scene.category().id}")
    member.press(words["enter"], title="六言語の窓口", statement="開いた。", consent="y")
    staff.get("/s/awards/2026")
    staff.press(words["assign"])
    for judge_user in scene.judge_users:
        judge = login(judge_user)
        judge.get("/j")
        uow.session.rollback()  # read what the pages wrote
        entry = scene.entry(org)
        judge.get(f"/j/entries/{entry.id}")
        page = judge.press(words["clear"])
        assert "六言語の窓口" in page.main.get_text()
        judge.press(words["submit"], **SCORES)
        assert judge.url.endswith("/j")
    staff.get(category_url(scene) + "/shortlist")
    staff.press(words["fix"], reason="規則どおり")
    staff.get(category_url(scene) + "/decision")
    page = staff.press(words["record"], reason="多くの人に届いた")
    assert "4.00" in page.main.get_text()
    anybody = login(scene.judge_users[0])
    assert "六言語の窓口" not in anybody.get(f"/{locale}/awards").main.get_text()
    boss.get("/s/awards/2026/release")
    boss.press(words["release"])
    public = anybody.get(f"/{locale}/awards").main.get_text()
    assert "六言語の窓口" in public
    assert "多くの人に届いた" in public
    assert ("Applicant Ltd" if locale == "en" else "応募団体") in public


def test_the_secretariat_opens_a_year(uow, login):
    make_round(uow)
    user, _ = make_staff(uow, Role.SECRETARIAT)
    browser = login(english(uow, user))
    page = browser.get("/s/awards")
    assert "No award year yet" in page.main.get_text()
    browser.follow("Open an award year")
    dates = {
        "entries_open": "2026-11-01",
        "entries_close": "2026-12-01",
        "judging_open": "2026年11月1日",
        "judging_close": "2027/1/31",
    }
    page = browser.press("Open the award year", status=422, year="2026", entries_open="soon")
    assert page.select_one("#entries_open")["value"] == "soon"
    browser.press("Open the award year", status=422, year="2031", **dates)
    browser.press(
        "Open the award year", status=422, year="2026", **(dates | {"judging_close": "2026-11-02"})
    )
    browser.press("Open the award year", status=422, year="2026", initiatives=[], **dates)
    browser.get("/s/awards/new")
    page = browser.press("Open the award year", year="2026", initiatives=["a"], **dates)
    assert page.h1.text == "Awards 2026"
    assert len(page.select("table")[0].select("tbody tr")) == 6
    browser.get("/s/awards/2026/edit")
    browser.press("Save the dates", entries_close="2026-12-15")


def test_a_category_is_edited_and_removed(scene, uow, login):
    browser = login(english(uow, scene.staff_user))
    browser.get(category_url(scene) + "/edit")
    browser.press("Save the category", status=422, quota="0", name_en="")
    page = browser.press("Save the category", quota="２", name_en="Small companies")
    assert page.h1.text == "Small companies"
    browser.press("Remove this category")
    browser.get(f"/s/awards/2026/{uuid.uuid4()}", status=404)


def test_weights_are_edited(scene, uow, login):
    browser = login(english(uow, scene.staff_user))
    browser.get("/s/awards/2026/rubric")
    browser.press("Save the weights", status=422, weight_reach="11")
    page = browser.press("Save the weights", weight_reach="4")
    rows = [
        [c.text for c in row.select("th, td")] for row in page.select("table")[1].select("tbody tr")
    ]
    assert ["Cooperation and supply-chain reach", "4"] in rows


def test_results_come_as_csv_without_formulas(scene, uow, login):
    org, user, actor = make_member(uow, "=HYPERLINK('x')")
    accept(uow, org, user)
    entry_id = scene.enter(actor)
    scene.assign(entry_id, scene.judges[0])
    scene.score(scene.judges[0], entry_id, 4)
    answer = login(scene.staff_user).get(category_url(scene) + "/results.csv")
    rows = answer.get_data(as_text=True).splitlines()
    assert len(rows) == 2
    assert "'=HYPERLINK" in rows[1]
    assert '"4","4","4","4","4"' in rows[1]


def test_deciding_asks_for_the_password_again(scene, login):
    scene.entered("甲", reviewed=[((4,), (3,))])
    stale = login(scene.staff_user, fresh=clock() - dt.timedelta(minutes=20))
    for url in ("shortlist", "decision"):
        answer = stale.client.get(f"{category_url(scene)}/{url}")
        assert answer.status_code == 303
        assert answer.location.startswith("/confirm-password")
    assert stale.client.get("/s/awards/2026/release").status_code == 303


def test_who_may_not_come_in(scene, uow, login, client):
    org, user, _ = make_member(uow, "会員")
    reviewer, _ = make_staff(uow, Role.REVIEWER)
    member, judge, review = login(user, org), login(scene.judge_users[0]), login(reviewer)
    for url in (
        "/s/awards",
        "/s/awards/2026",
        category_url(scene),
        category_url(scene) + "/results.csv",
    ):
        for browser in (member, judge, review):
            browser.get(url, status=403)
        assert client.get(url).status_code in {302, 303}
    member.get("/j", status=403)
    login(scene.staff_user).get("/j", status=403)
    judge.get("/m/awards", status=403)


def test_a_member_sees_why_it_cannot_enter(scene, uow, login):
    org, user, _ = make_member(uow, "未公開")
    accept(uow, org, user, publish=False)
    browser = login(english(uow, user), org)
    page = browser.get("/m/awards")
    assert [h.get_text(" ", strip=True) for h in page.select("h2.govuk-heading-s")] == [
        "Fair recruitment and legal compliance: Companies, small and medium Not open to you yet",
        "Human rights and remedy: Companies, small and medium Not open to you yet",
    ]
    page = browser.get(f"/m/awards/{scene.category().id}")
    failed = [li.get_text(" ", strip=True) for li in page.select("li") if "Not met" in li.text]
    assert failed == ["Not met This year's result is published."]  # consent is given below
    browser.get(f"/m/awards/{uuid.uuid4()}", status=404)


def test_an_editor_reads_but_does_not_enter(scene, uow, login):
    org, user, _ = make_member(uow, "会員")
    accept(uow, org, user)
    editor = make_user(uow, org, (Role.EDITOR,))
    browser = login(english(uow, editor), org)
    page = browser.get(f"/m/awards/{scene.category().id}")
    assert [b.text for b in page.main.select("button")] == []


def test_before_the_first_year_every_page_says_so(uow, login):
    org, user, _ = make_member(uow, "会員")
    assert "募集はありません" in login(user, org).get("/m/awards").main.get_text()
    judge = make_user(uow, None, (Role.JUDGE,), totp_secret="x")
    assert "担当の応募はありません" in login(judge).get("/j").main.get_text()


def test_public_page_without_results(app):
    from tests.browser import Browser

    browser = Browser(app.test_client())
    assert "まだ結果はありません" in browser.get("/ja/awards").main.get_text()
    browser.get("/ja/awards?year=1999", status=404)
    assert "Set-Cookie" not in browser.answer.headers


def test_az_7_a_tied_person_of_the_secretariat_does_not_learn_who_judges(scene, uow, login):
    [(org, _, _, _)] = scene.entered("甲社", reviewed=[((4,),)])
    page = category_url(scene)
    name = scene.judge_users[0].name
    assert name in str(login(scene.staff_user).get(page).main)
    with uow.transaction():
        uow.session.add(
            Membership(
                user_id=scene.staff.user_id, org_id=org.id, role=Role.ADMIN, since=NOW, ended_at=NOW
            )
        )
    assert name in str(login(scene.boss_user).get(page).main)
    shown = str(login(scene.staff_user).get(page).main)
    assert "甲社" in shown
    assert [user.name for user in scene.judge_users if user.name in shown] == []


@pytest.mark.parametrize(("locale", "awards"), [("ja", "表彰"), ("en", "Awards")])
def test_the_winners_page_is_one_of_the_public_pages(browser, locale, awards):
    page = browser.get(f"/{locale}/awards")
    [here] = page.select("nav a[aria-current]")
    assert (here["href"], here.get_text(strip=True)) == (f"/{locale}/awards", awards)
    for path in (f"/{locale}/", f"/{locale}/orgs", f"/{locale}/code"):
        assert browser.get(path).select(f"nav a[href='/{locale}/awards']")
    assert browser.get("/vi/code").select("nav a[href='/en/awards']")
