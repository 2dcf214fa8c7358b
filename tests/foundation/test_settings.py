import pytest

from jpmirai_compliance.foundation.settings import BadEnvironment, Settings, load

SECRET = "A7f-0123456789-bcdeghijk-LMNOPQRSTUV-wxyz"
GOOD = {
    "JPMIRAI_ENV": "production",
    "JPMIRAI_SECRET_KEY": SECRET,
    "JPMIRAI_PUBLIC_BASE_URL": "https://jpmirai.example",
    "JPMIRAI_PROXY_HOPS": "1",
    "JPMIRAI_MAIL_BACKEND": "smtp",
    "JPMIRAI_MAIL_FROM": "noreply@jpmirai.example",
    "JPMIRAI_DATABASE_URL": "postgresql+psycopg://db/jpmirai",
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def set_to(values):
        for name, value in {"JPMIRAI_INSTANCE_PATH": str(tmp_path / "i"), **values}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)

    return set_to


def test_cf_1_a_good_production_environment_loads(environment):
    environment(GOOD)
    settings = load()
    assert (settings.secure, settings.hosts) == (True, ["jpmirai.example"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 64),
        ("DEBUG", "1"),
        ("PUBLIC_BASE_URL", None),
        ("PUBLIC_BASE_URL", "http://jpmirai.example"),
        ("PUBLIC_BASE_URL", "https://jpmirai.example/path"),
        ("PROXY_HOPS", None),
        ("PROXY_HOPS", "77"),
        ("DATABASE_URL", "sqlite:////proc/nowhere/x.db"),
        ("DATABASE_URL", "postgresql://db/jpmirai"),
        ("INSTANCE_PATH", "/proc/nowhere"),
        ("MAIL_BACKEND", "console"),
        ("MAIL_FROM", None),
        ("ENV", "prod"),
    ],
)
def test_cf_1_each_fault_stops_the_start_and_is_named(environment, name, value):
    environment(GOOD | {f"JPMIRAI_{name}": value})
    with pytest.raises(BadEnvironment) as error:
        load()
    lines = str(error.value).splitlines()[1:]
    assert [line.split(":")[0].strip(" -") for line in lines] == [f"JPMIRAI_{name}"]


def test_cf_1_all_faults_come_in_one_message_and_no_secret_is_in_it(environment):
    environment(
        {"JPMIRAI_ENV": "production", "JPMIRAI_SECRET_KEY": "hunter2", "JPMIRAI_DEBUG": "1"}
    )
    with pytest.raises(BadEnvironment) as error:
        load()
    message = str(error.value)
    for name in (
        "SECRET_KEY",
        "DEBUG",
        "PUBLIC_BASE_URL",
        "PROXY_HOPS",
        "MAIL_BACKEND",
        "MAIL_FROM",
    ):
        assert f"JPMIRAI_{name}:" in message
    assert "hunter2" not in message


def test_every_setting_is_in_the_sample_environment():
    from jpmirai_compliance.foundation.settings import ROOT

    named = {
        line.lstrip("# ").split("=")[0]
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line.lstrip("# ").startswith("JPMIRAI_")
    }
    assert named == {f"JPMIRAI_{name.upper()}" for name in Settings.model_fields}
