"""Every command of the guide is one that there is, with options that it takes."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from operations.adopt.command import add_to
from operations.adopt.importing import PROVIDERS
from operations.adopt.parser import STEPS
from operations.command import COMMANDS
from operations.gate_command import add_to as add_gate

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "migration.md").read_text()
BEGINS = ".venv/bin/python -m operations "


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    shown = [line for block in blocks for line in block.splitlines()]
    return [*shown, *re.findall(rf"`({re.escape(BEGINS)}[^`]*)`", GUIDE)]


def parsed(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    (add_to if words[0] == "adopt" else add_gate)(parser)
    return parser.parse_args(words[1:])


@pytest.mark.parametrize("command", [each for each in commands() if each.startswith(BEGINS)])
def test_a_command_of_ours_is_taken_as_it_stands(command: str) -> None:
    words = shlex.split(command.removeprefix(BEGINS))
    assert words[0] in COMMANDS
    assert callable(parsed(words).run)


def test_every_step_is_in_it() -> None:
    assert all(f"operations adopt {step}" in GUIDE for step in STEPS)


def test_the_engine_s_commands_are_those_that_the_steps_say_and_the_tests_run() -> None:
    theirs = [each for each in commands() if not each.startswith(BEGINS)]
    assert [each.split()[:2] for each in theirs] == [["pulumi", "up"], ["pulumi", "import"]]
    assert PROVIDERS in theirs[0]
    ends = "--file adopt.production.import.json --generate-code=false --protect=false"
    assert theirs[1].endswith(ends)
