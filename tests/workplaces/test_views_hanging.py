import io

import pytest

from jpmirai_compliance.disclosure.queries import postings as reading
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.workplaces import queries, service
from jpmirai_compliance.workplaces.service import Details
from tests import factories
from tests.disclosure.cases import english_member
from tests.evidence import files
from tests.factories import NOW


@pytest.fixture
def member(uow):
    return english_member(uow, "みらい製作所")


@pytest.fixture
def place(uow, member):
    with uow.transaction():
        details = Details("浜松工場", languages=("ja", "vi"))
        return service.add(uow, actor=member[2], org_id=member[0].id, details=details, now=NOW)


@pytest.fixture
def at_work(login, member):
    return login(member[1], member[0])


def found(make_uow, member):
    return reading.postings(make_uow(), member[0].id)


def test_put_up_with_a_photo_and_take_down(uow, make_uow, at_work, member, place):
    round_ = factories.make_round(uow, orgs=[member[0]])
    factories.make_assessment(uow, member[0], round_, {}, by=member[1])
    at_work.get("/m/workplaces")
    page = at_work.follow("We put it up 浜松工場")
    assert f"evidence of question P5-02 in {round_.year}" in page.text
    at_work.press("Record the posters", photo=(io.BytesIO(files.located()), "wall.jpg"))
    [made] = found(make_uow, member)
    assert (set(made.wordings), made.named, made.evidence_id is None) == ({"ja", "vi"}, True, False)
    assert f"evidence of question P5-02 in {round_.year} now" in at_work.page.text
    at_work.get(f"/m/library/{made.evidence_id}")
    at_work.get(f"/m/workplaces/{place.id}/posters")
    [button] = [b for b in at_work.page.select("main button") if "any more" in b.text]
    at_work.press(" ".join(button.text.split()))
    assert found(make_uow, member) == ()


def test_the_name_can_be_kept_off_the_public_page(make_uow, at_work, member, place):
    at_work.get(f"/m/workplaces/{place.id}/posters")
    at_work.press("Record the posters", named=None)
    assert [view.named for view in found(make_uow, member)] == [False]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("posted_on", " "),
        ("posted_on", "2026-13-01"),
        ("posted_on", "2099-01-01"),
        ("languages", []),
        ("languages", ["xx"]),
        ("photo", (io.BytesIO(files.PDF), "wall.pdf")),
        ("photo", (io.BytesIO(b"MZ nothing"), "wall.png")),
    ],
)
def test_bad_input_is_told_at_the_field(make_uow, at_work, member, place, field, value):
    at_work.get(f"/m/workplaces/{place.id}/posters")
    page = at_work.press("Record the posters", status=422, **{field: value})
    assert page.select_one(".govuk-error-summary a")["href"].startswith(f"#{field}")
    assert found(make_uow, member) == ()


def test_az_3_foreign_posters_are_not_there(uow, make_uow, at_work, login, member, place):
    at_work.get(f"/m/workplaces/{place.id}/posters")
    at_work.press("Record the posters")
    [made] = found(make_uow, member)
    other, user, _actor = english_member(uow, "隣の会社")
    stranger = login(user, other)
    stranger.get("/m/workplaces/new")
    token = stranger.page.select_one("[name=csrf_token]")["value"]
    stranger.get(f"/m/workplaces/{place.id}/posters", status=404)
    for path in (f"/m/workplaces/{place.id}/posters", f"/m/workplaces/posters/{made.id}/down"):
        sent = stranger.client.post(path, data={"csrf_token": token, "languages": "ja"})
        assert sent.status_code == 404
    assert found(make_uow, member) == (made,)


def test_an_approver_reads_and_may_not_record(uow, login, member, place):
    approver = factories.make_user(uow, member[0], (Role.APPROVER,), locale="en")
    browser = login(approver, member[0])
    page = browser.get(f"/m/workplaces/{place.id}/posters")
    assert page.select("main form") == []


def test_a_closed_workplace_takes_no_posters(uow, at_work, member, place):
    with uow.transaction():
        service.close(uow, actor=member[2], workplace_id=place.id, now=NOW)
    page = at_work.get(f"/m/workplaces/{place.id}/posters")
    assert page.select("main form") == []
    assert queries.find(uow, member[2], place.id).closed_at == NOW
