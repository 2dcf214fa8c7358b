"""The pages of a hand-over, and that nothing opens any more for whoever left."""

import uuid

import pytest
from sqlmodel import select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.accounts.service import Vault, invite
from jpmirai_compliance.foundation.guard import Audience
from jpmirai_compliance.foundation.mail import BouncedAddress, OutboxMail
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.accounts.scene import OTHER, errors, link_in
from tests.browser import Browser

SAFE_VALUES = {"year": 2026, "token": "x", "principle": 1, "number": 1, "suffix": "csv"}


@pytest.fixture
def org(uow):
    factories.make_member(uow, "別の会社")
    return factories.make_organisation(uow, "青葉精密")


@pytest.fixture
def old(uow, org):
    return factories.make_user(uow, org, email="old@aoba.example.com", locale="en")


@pytest.fixture
def heir(uow, org):
    return factories.make_user(uow, org, (Role.EDITOR,), email="heir@aoba.example.com", locale="en")


@pytest.fixture
def desk(login, old, org):
    return login(old, org, language="en")


def words(element):
    return " ".join(element.get_text().split()).replace("\u200b", "")


def ask(desk, heir, leaves="no"):
    desk.get("/m/people")
    desk.follow("Hand over the administrator's rights")
    desk.press("Ask the successor by mail", successor=str(heir.id), leaves=leaves)
    assert "Nothing changes until it is confirmed." in words(desk.page)


def take_over(visitor, **fields):
    """Press the button of the page; where it leads is the start of whoever came in."""
    token = visitor.page.select_one("main input[name=csrf_token]")["value"]
    answer = visitor.client.post(visitor.url, data={"csrf_token": token, **fields})
    assert answer.status_code == 303, answer.text
    return visitor.get("/m")


@pytest.fixture
def browser(client):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return Browser(client)


def link(outbox, email):
    return link_in(next(m for m in outbox() if m["To"] == email and "http" in m.get_content()))


def test_the_rights_pass_on_and_come_back_by_two_mails(desk, login, browser, org, heir, outbox):
    ask(desk, heir)
    path = link(outbox, heir.email)
    page = browser.get(path)
    assert "wants to pass the administrator's rights" in words(page.main)
    signed_in = login(heir, org, language="en")
    signed_in.get(path)
    take_over(signed_in)
    assert "You are an administrator now." in words(signed_in.page)
    signed_in.get("/m/people/hand-over")
    desk.client.get("/m/people")
    browser.get(path, status=410)
    assert "This link was used already" in words(browser.page)
    undo = link(outbox, "old@aoba.example.com")
    browser.get(undo)
    browser.press("Undo the hand-over")
    assert browser.url.startswith("/sign-in")
    page = browser.get(undo, status=410)
    assert [a["href"] for a in page.main.select("a.govuk-button")] == ["/sign-in"]


def test_somebody_new_takes_over_with_an_account_of_their_own(desk, browser, uow, outbox, heir):
    desk.get("/m/people/hand-over")
    page = desk.press("Ask the successor by mail", status=422)
    assert errors(page) == ["Choose who takes over.", "Choose whether you stay or leave."]
    page = desk.press("Ask the successor by mail", status=422, successor="new", leaves="yes")
    assert "Enter an e-mail address." in errors(page)
    desk.press("Ask the successor by mail", email="New@Aoba.example.com", name="新任 一郎")
    path = link(outbox, "new@aoba.example.com")
    for _ in range(3):
        browser.get(path)
    page = browser.press("Take over", status=422, name="新任 一郎", password="short", locale="en")
    assert errors(page)
    take_over(browser, name="新任 一郎", password=OTHER, locale="en")
    user = uow.session.exec(select(User).where(User.email == "new@aoba.example.com")).one()
    assert user.name == "新任 一郎"
    assert "You are an administrator now." in words(browser.page)


def test_an_existing_account_confirms_by_its_password(desk, browser, uow, settings, outbox, heir):
    with uow.transaction():
        hashed = Vault.of(settings).hash_password(OTHER)
        uow.session.get(User, heir.id).password_hash = hashed
    ask(desk, heir)
    browser.get(link(outbox, heir.email))
    page = browser.press("Take over", status=422, password="wrong wrong wrong")
    assert errors(page) == ["The password is not right."]
    take_over(browser, password=OTHER)
    assert "You are an administrator now." in words(browser.page)


def addresses(app, org_id):
    """Every page a member can open, with some values in the address."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "audience", None) is not Audience.MEMBER:
            continue
        values = {}
        for name in rule.arguments:
            converter = rule._converters[name]
            known = [uuid.UUID(int=1)] if type(converter).__name__ == "UUIDConverter" else []
            known += sorted(getattr(converter, "items", ()))
            values[name] = known[0] if known else SAFE_VALUES.get(name, 1)
        with app.test_request_context():
            yield rule.build(values)[1], rule.methods


def test_az_6_every_address_and_token_of_whoever_left_is_dead(
    app, desk, login, browser, uow, org, old, heir, outbox
):
    with uow.transaction():
        guest = invite(
            uow,
            actor=factories.actor_of(old, org),
            email="guest@aoba.example.com",
            name="客",
            org_id=org.id,
            roles={Role.EDITOR},
            locale="en",
            base_url="http://localhost",
            now=factories.clock(),
        )
    assert desk.client.get("/m/people").status_code == 200
    ask(desk, heir, leaves="yes")
    path = link(outbox, heir.email)
    signed_in = login(heir, org, language="en")
    signed_in.get(path)
    take_over(signed_in)
    opened = []
    for address, methods in addresses(app, org.id):
        answer = desk.client.open(address, method="GET" if "GET" in methods else "POST")
        if not (answer.location or "").startswith("/sign-in"):
            opened.append((address, answer.status_code, answer.location))
    assert opened == []
    browser.get(f"/invitations/{guest}", status=410)
    again = login(old, org)
    assert again.client.get("/m").location.startswith("/sign-in")
    assert all("/hand-over/undo/" not in m.get_content() for m in outbox())


def test_the_secretariat_sees_hand_overs_and_undoes_one(desk, login, uow, org, heir, outbox):
    ask(desk, heir, leaves="yes")
    signed_in = login(heir, org, language="en")
    signed_in.get(link(outbox, heir.email))
    take_over(signed_in)
    user, _ = factories.make_staff(uow)
    office = login(user, language="en")
    page = office.get(f"/s/members/{org.id}")
    assert "Hand-overs of the administrator's rights" in words(page)
    office.press("Undo the hand-over heir@aoba.example.com")
    assert "Both people were told by mail." in words(office.page)
    reviewer, _ = factories.make_staff(uow, Role.REVIEWER)
    found = login(reviewer, language="en").get(f"/s/members/{org.id}")
    assert "Undo the hand-over" not in words(found)


def test_two_people_of_the_secretariat_reopen_a_member(login, uow, org, old, outbox):
    with uow.transaction():
        uow.session.add(BouncedAddress(address=old.email, at=factories.NOW))
    first, second = (login(factories.make_staff(uow)[0], language="en") for _ in range(2))
    first.get(f"/s/members/{org.id}")
    first.follow("No administrator can be reached: propose a new one")
    page = first.press("Propose this administrator", status=422)
    assert errors(page) == [
        "Enter an e-mail address.",
        "Enter a name.",
        "Enter the reason.",
        "Enter how you know it.",
    ]
    typed = {
        "email": "new@aoba.example.com",
        "name": "新任",
        "reason": "<b>x</b>",
        "evidence": "電話",
    }
    first.press("Propose this administrator", **typed)
    assert "Agree and send the invitation" not in words(first.page)
    second.get(f"/s/members/{org.id}/reopen")
    assert "<b>x</b>" in words(second.page)
    second.press("Agree and send the invitation")
    assert "The new administrator was invited." in words(second.page)
    assert "/invitations/" in link(outbox, "new@aoba.example.com")
    first.get(f"/s/members/{org.id}/reopen")
    assert "Agreed by" in words(first.page)


def test_az_4_nobody_else_reopens_or_undoes(login, uow, org, old, heir):
    reviewer, _ = factories.make_staff(uow, Role.REVIEWER)
    for browser in (login(reviewer), login(old, org)):
        browser.get(f"/s/members/{org.id}/reopen", status=403)
    login(heir, org).get("/m/people/hand-over", status=403)
    assert uow.session.exec(select(OutboxMail)).all() == []
