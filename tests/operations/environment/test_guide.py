"""What the guide says holds: its commands are taken, its contract and its names are the code's."""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from operations.command import parser_of
from operations.environment.catalogue import CHECKS
from operations.environment.checks.health import KEYS
from operations.environment.load.profile import NAMES, SECONDS
from tests.operations.environment.servers import HEALTH
from tests.settings.workspace import ROOT, Workspace

GUIDE = (ROOT / "docs" / "testing.md").read_text()
BEGINS = ".venv/bin/python -m operations "


def block(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


COMMANDS = [line for each in block("sh") for line in each.splitlines()]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_taken(line: str) -> None:
    words = shlex.split(line.removeprefix(BEGINS))

    assert line.startswith(BEGINS)
    assert parser_of(words[0]).parse_args(words).run


def test_the_contract_is_what_the_checks_hold_the_answer_against() -> None:
    (told,) = map(json.loads, block("json"))

    assert told.keys() == KEYS.keys() == HEALTH.keys()
    assert {key: type(value) for key, value in told.items()} == KEYS


def test_the_setting_that_it_shows_is_accepted(tmp_path: Path) -> None:
    (told,) = map(yaml.safe_load, block("yaml"))
    workspace = Workspace(tmp_path)
    workspace.put("shape.web.healthCheck.contract", told["healthCheck"]["contract"])

    assert workspace.lines() == []


def test_the_checks_that_it_names_are_there() -> None:
    assert {"health-answers"} <= {check.id for check in CHECKS}
    for name in NAMES:
        assert f"| `{name}` |" in GUIDE
    assert (SECONDS["smoke"], SECONDS["steady"], SECONDS["peak"]) == (30, 300, 600)
