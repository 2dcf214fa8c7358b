import pytest
from click.testing import CliRunner
from sqlmodel import select

from jpmirai_compliance.disclosure.cli import principles
from jpmirai_compliance.disclosure.models import WordingRow
from jpmirai_compliance.disclosure.queries import texts
from jpmirai_compliance.disclosure.service.texts import import_wordings
from jpmirai_compliance.foundation.errors import NotPermitted
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import BankError, dump_wordings, reference_wording
from tests import factories
from tests.factories import NOW

TITLE = "Bộ nguyên tắc chính thức"


def official(language="vi"):
    found = reference_wording(language)
    text = dump_wordings((found,)).replace("status: reference", "status: official")
    return text.replace(found.title, TITLE) if language == "vi" else text


@pytest.fixture
def staff(uow):
    return factories.make_staff(uow)[1]


def load(uow, actor, text):
    with uow.transaction():
        return import_wordings(uow, actor=actor, text=text, filename="vi.yaml", now=NOW)


def test_a_loaded_wording_replaces_ours_and_the_old_one_stays(uow, staff):
    assert texts.wording(uow, "vi").status == "reference"
    assert load(uow, staff, official()) == ("vi",)
    assert (texts.wording(uow, "vi").title, texts.wording(uow, "ja").status) == (
        TITLE,
        "reference",
    )
    assert load(uow, staff, official()) == ()
    assert load(uow, staff, official().replace("official", "approved")) == ("vi",)
    assert texts.wording(uow, "vi").status == "approved"
    assert len(uow.session.exec(select(WordingRow)).all()) == 2
    with pytest.raises(KeyError):
        texts.wording(uow, "fr")


def test_only_the_secretariat_loads_wordings(uow):
    org = factories.make_organisation(uow)
    for actor in (
        factories.actor_of(factories.make_user(uow, org), org),
        factories.make_staff(uow, Role.REVIEWER)[1],
    ):
        with pytest.raises(NotPermitted):
            load(uow, actor, official())


@pytest.mark.parametrize(
    "text", ["", "[", "wordings: {xx: {}}", "wordings: {vi: {title: x}}", "- 1"]
)
def test_a_bad_file_changes_nothing(uow, staff, text):
    with pytest.raises(BankError):
        load(uow, staff, text)
    assert texts.wording(uow, "vi") == reference_wording("vi")


def test_ou_5_texts_are_data_and_never_templates(uow, staff, client):
    title = "{{7*7}} ${x} {0.__class__} %(a)s tiếng"
    load(
        uow, staff, official().replace(TITLE, title).replace(f"title: {title}", f"title: '{title}'")
    )
    assert texts.wording(uow, "vi").title == title
    assert "{{7*7}} ${x} {0.__class__} %(a)s" in client.get("/vi/code").text


def test_the_command_loads_and_prints(uow, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("JPMIRAI_DATABASE_URL", settings.database)
    monkeypatch.setenv("JPMIRAI_SECRET_KEY", settings.secret_key.get_secret_value())
    file = tmp_path / "vi.yaml"
    file.write_text(official(), encoding="utf-8")
    run = CliRunner().invoke
    assert run(principles, ["import", str(file)]).output == "in force now: vi\n"
    assert run(principles, ["import", str(file)]).output == "nothing changed\n"
    assert run(principles, ["export", "vi"]).output == official()
    file.write_text("wordings: {xx: {}}", encoding="utf-8")
    failed = run(principles, ["import", str(file)])
    assert (failed.exit_code, failed.output.startswith("Error: vi.yaml: xx: ")) == (1, True)
    assert run(principles, ["export", "fr"]).exit_code == 1
