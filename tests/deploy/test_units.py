"""The units of deploy/systemd: commands that exist, an account that is not root, real options."""

import configparser
import re
import shlex
import shutil
import subprocess

import pytest
from click.testing import CliRunner

from jpmirai_compliance import cli
from tests.operations.running import BIN, ROOT

UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
TIMERS = sorted((ROOT / "deploy/systemd").glob("*.timer"))


def read(path):
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(path.read_text().replace("\\\n", " "))
    return parser


def commands(path):
    """Yield each command line of our own tools, split as a shell would."""
    for line in re.findall(
        r"^Exec\w+=[+-]?(.*)$", path.read_text().replace("\\\n", " "), re.MULTILINE
    ):
        if line.startswith("/opt/jpmirai/bin/"):
            yield shlex.split(line)


def test_there_are_units_for_the_web_the_scheduler_and_the_backup():
    assert [p.stem for p in UNITS] == ["jpmirai-backup", "jpmirai-scheduler", "jpmirai-web"]
    assert [p.stem for p in TIMERS] == ["jpmirai-backup"]


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.stem)
def test_every_command_is_one_we_install_and_is_not_run_as_root(path):
    unit = read(path)["Service"]
    assert (unit["User"], unit["Group"]) == ("jpmirai", "jpmirai")
    assert unit["NoNewPrivileges"] == "yes"
    assert unit["EnvironmentFile"] == "/etc/jpmirai/environment"
    found = list(commands(path))
    assert found
    for command in found:
        assert (BIN / command[0].rpartition("/")[2]).exists(), command[0]


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.stem)
def test_every_subcommand_of_ours_is_known(path):
    for command in commands(path):
        if command[0].endswith("/jpmirai"):
            words = [w for w in command[1:] if not w.startswith("/")]
            said = CliRunner().invoke(cli.main, [*words, "--help"])
            assert said.exit_code == 0, said.output


def test_granian_knows_every_option_of_the_unit():
    [command] = [c for c in commands(UNITS[-1]) if c[0].endswith("/granian")]
    said = subprocess.run(
        [BIN / "granian", "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    for option in [w for w in command if w.startswith("--")]:
        assert option in said.stdout, option


@pytest.mark.parametrize("path", [*UNITS, *TIMERS], ids=lambda p: p.name)
def test_systemd_itself_finds_nothing_wrong(path, tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd here; the tests above read the same files")
    for unit in [*UNITS, *TIMERS]:
        text = unit.read_text().replace("/opt/jpmirai/bin/", f"{BIN}/")
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        [analyze, "verify", str(tmp_path / path.name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    own = [line for line in done.stderr.splitlines() if "jpmirai" in line]
    assert own == []


def test_the_environment_sample_names_every_setting_and_no_other():
    from jpmirai_compliance.foundation.settings import Settings

    named = set(
        re.findall(r"^#? ?JPMIRAI_(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    assert named == {name.upper() for name in Settings.model_fields}


def test_what_was_never_built_says_so():
    for name in ("Dockerfile", "compose.yaml"):
        first = (ROOT / "deploy" / name).read_text().splitlines()[0]
        assert first.startswith("# Not ")
