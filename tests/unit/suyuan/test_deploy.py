"""The examples under `deploy/` are what they say: units that systemd takes, commands that exist."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from suyuan.cli import suyuan
from suyuan.delivery.settings import read_settings

DEPLOY = Path(__file__).parents[3] / "deploy"
UNITS = ("suyuan-weekly.service", "suyuan-weekly.timer")


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((DEPLOY / name).read_text(encoding="utf-8"))
    return parser


def test_the_timer_calls_the_service_once_a_week() -> None:
    service, timer = unit(UNITS[0]), unit(UNITS[1])
    assert service["Service"]["Type"] == "oneshot"
    assert timer["Timer"]["Unit"] == UNITS[0]
    assert timer["Timer"]["OnCalendar"].startswith("Mon ")
    assert timer["Timer"]["Persistent"] == "true"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """Under the place of this checkout: the unit names the one where it is installed."""
    for name in UNITS:
        said = (DEPLOY / name).read_text(encoding="utf-8")
        said = re.sub(r"/opt/suyuan/\.venv/bin/python", "/bin/true", said)
        said = said.replace("User=suyuan\n", "")
        (tmp_path / name).write_text(said, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    ours = [line for line in done.stderr.splitlines() if "suyuan-weekly" in line]
    assert not ours, done.stderr


def commands() -> list[list[str]]:
    said = [unit(UNITS[0])["Service"]["ExecStart"]]
    said += (DEPLOY / "suyuan.cron").read_text(encoding="utf-8").splitlines()
    return [
        line.split("-m suyuan ")[1].replace('"', "").split()
        for line in said
        if "-m suyuan " in line and not line.startswith("#")
    ]


def test_every_command_that_is_called_has_the_options_it_is_called_with() -> None:
    compose = yaml.safe_load((DEPLOY.parent / "docker-compose.yml").read_text(encoding="utf-8"))
    called = [*commands(), compose["services"]["weekly"]["command"]]
    assert len(called) == 4
    for name, *arguments in called:
        shown = CliRunner().invoke(suyuan, [name, "--help"])
        assert shown.exit_code == 0, name
        for option in (each for each in arguments if each.startswith("--")):
            assert option in shown.output, (name, option)


def test_the_delivery_examples_are_read() -> None:
    kinds = [channel.kind for channel in read_settings(DEPLOY / "deliver.example.yaml")]
    assert kinds == ["webhook", "email", "file"]
    assert read_settings(DEPLOY / "deliver.none.yaml") == ()
