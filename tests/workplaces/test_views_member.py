import pytest

from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.workplaces import queries
from jpmirai_compliance.workplaces.rules import Contact
from tests import factories
from tests.disclosure.cases import english_member

FIELDS = {
    "name": "浜松工場",
    "prefecture": "22",
    "languages": ["ja", "vi"],
    "contacts-0-phone": "053-000-0000",
}


@pytest.fixture
def member(uow):
    return english_member(uow, "みらい製作所")


@pytest.fixture
def at_work(login, member):
    return login(member[1], member[0])


def sites(make_uow, member):
    return queries.workplaces(make_uow(), member[0].id)


def test_add_change_renew_and_close(make_uow, at_work, member):
    assert "No workplace yet" in at_work.get("/m/workplaces").text
    at_work.follow("Add a workplace")
    at_work.press("Save the workplace", **FIELDS)
    [site] = sites(make_uow, member)
    assert (site.name, site.languages) == ("浜松工場", ("ja", "vi"))
    assert site.code in at_work.page.text
    at_work.get(f"/m/workplaces/{site.id}")
    at_work.press("Save the workplace", name="浜松第二工場")
    at_work.get(f"/m/workplaces/{site.id}")
    at_work.press("Give a new code")
    [changed] = sites(make_uow, member)
    assert (changed.name, changed.code == site.code) == ("浜松第二工場", False)
    at_work.press("Close the workplace")
    assert sites(make_uow, member)[0].closed_at is not None
    assert at_work.get(f"/m/workplaces/{site.id}").select("main form") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 101),
        ("name", "bad\x00name"),
        ("prefecture", "48"),
        ("languages", ["xx"]),
        ("contacts-0-phone", "javascript:1"),
        ("contacts-0-email", "not an address"),
        ("contacts-0-hours", "x" * 201),
        ("contacts-0-languages", ["xx"]),
        ("contacts-0-web", "javascript:alert(1)"),
    ],
)
def test_bad_input_is_told_at_the_field(make_uow, at_work, member, field, value):
    at_work.get("/m/workplaces/new")
    page = at_work.press("Save the workplace", status=422, **FIELDS | {field: value})
    assert page.select_one(".govuk-error-summary a")["href"].startswith(f"#{field}")
    assert sites(make_uow, member) == ()


def test_az_3_a_foreign_site_is_not_there(uow, at_work, login, member):
    other, user, _actor = english_member(uow, "隣の会社")
    neighbour = login(user, other)
    neighbour.get("/m/workplaces/new")
    neighbour.press("Save the workplace", **FIELDS)
    [site] = queries.workplaces(uow, other.id)
    answers = []
    for key in (site.id, "00000000-0000-4000-8000-000000000000"):
        at_work.get(f"/m/workplaces/{key}", status=404)
        answers.append(at_work.answer.text.replace(str(key), ""))
    assert answers[0] == answers[1]


def test_an_approver_reads_and_may_not_change(uow, login, member):
    approver = factories.make_user(uow, member[0], (Role.APPROVER,), locale="en")
    browser = login(approver, member[0])
    page = browser.get("/m/workplaces")
    assert "Add a workplace" not in [a.text.strip() for a in page.select("a")]
    browser.get("/m/workplaces/new", status=403)


def test_contacts_are_added_and_removed_without_script_and_nothing_is_lost(
    make_uow, at_work, member
):
    at_work.get("/m/workplaces/new")
    at_work.press("Add a contact", status=200, **FIELDS)
    second = {"contacts-1-web": "https://example.com/soudan", "contacts-1-languages": ["vi", "my"]}
    at_work.press("Add a contact", status=200, **second)
    assert sites(make_uow, member) == ()
    at_work.press("Save the workplace")
    [site] = sites(make_uow, member)
    assert site.contacts == (
        Contact(phone="053-000-0000"),
        Contact(web="https://example.com/soudan", languages=("vi", "my")),
    )
    at_work.get(f"/m/workplaces/{site.id}")
    at_work.press("Remove this contact 1", status=200, name="豊橋工場")
    at_work.press("Save the workplace")
    [site] = sites(make_uow, member)
    assert (site.name, site.contact_phone, [c.web for c in site.contacts]) == (
        "豊橋工場",
        "",
        ["https://example.com/soudan"],
    )


def test_a_telephone_number_in_full_width_is_kept_in_half_width(make_uow, at_work, member):
    at_work.get("/m/workplaces/new")
    at_work.press("Save the workplace", **FIELDS | {"contacts-0-phone": "０５３－０００ー００００"})
    [site] = sites(make_uow, member)
    assert site.contact_phone == "053-000-0000"


def test_a_contact_without_a_way_to_turn_to_it_is_refused(make_uow, at_work, member):
    at_work.get("/m/workplaces/new")
    fields = FIELDS | {"contacts-0-phone": "", "contacts-0-name": "人事部"}
    page = at_work.press("Save the workplace", status=422, **fields)
    assert page.select_one(".govuk-error-summary a")["href"] == "#contacts-0-name"
    assert page.find(id="contacts-0-name")["value"] == "人事部"
    assert sites(make_uow, member) == ()


def test_there_are_five_contacts_at_most(at_work):
    at_work.get("/m/workplaces/new")
    for _more in range(4):
        at_work.press("Add a contact", status=200)
    assert "Add a contact" not in [b.text for b in at_work.page.select("button")]
