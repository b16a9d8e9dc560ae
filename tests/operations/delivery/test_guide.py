"""Every command of the guide is one that there is, and those of one machine run as they stand."""

import re
import shlex
from pathlib import Path

import pytest

from operations.command import COMMANDS, main, parser_of
from operations.releases.migrations_file import read_migrations
from tests.operations.delivery.stack import Stack
from tests.settings.workspace import ROOT

GUIDE = (ROOT / "docs" / "deployment.md").read_text()
BEGINS = ".venv/bin/python -m operations "


ELSEWHERE = {"test-staging"}
"""Of other pages: tests/operations/environment runs it."""


def commands() -> list[list[str]]:
    """Return the words of each command in the guide's blocks, without the program."""
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith(BEGINS) for line in lines)
    return [shlex.split(line.removeprefix(BEGINS)) for line in lines]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_is_read_as_it_stands(words: list[str]) -> None:
    options = parser_of(words[0]).parse_args(words)
    assert options.stack in {"staging", "production"}
    assert callable(options.run)


def test_the_guide_has_every_command_of_deliveries() -> None:
    assert {words[0] for words in commands()} - ELSEWHERE == {
        name
        for name, (module, _) in COMMANDS.items()
        if module.startswith(("operations.delivery", "operations.releases"))
    }


def test_the_steps_of_a_schema_are_read_as_it_shows_them(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    file = tmp_path / "migrations.yaml"
    file.write_text(text)
    assert [step.reversible for step in read_migrations(file)] == [False, True]


def test_staging_goes_through_the_guide_from_first_to_last(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = stack.root / "bin" / "migrations.yaml"
    steps.write_text("migrations: [{id: first, reversible: false}]\n")
    ran = []
    for words in commands():
        if words[0] in {"rollback", *ELSEWHERE} or "production" in words:
            continue  # There is one stack here; test_deploy.py and test_rollback.py have these.
        given = [
            stack.images[1] if "@sha256:" in word else str(steps) if word == steps.name else word
            for word in words
        ]
        more = ["--yes"] if words[0] == "deploy" else []
        code = main([*given, *more, "--root", str(stack.root)])
        assert code == 0, (words, capsys.readouterr())
        ran.append(" ".join(words[:2]) if words[0] == "releases" else words[0])
    assert ran == [
        "deploy", "releases record", "verify", "releases pull", "releases list",
        "releases record", "releases rebuild",
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["deploy", "verify", "rollback", "releases"])
def test_help_is_given(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as helped:
        main([command, "--help"])
    assert helped.value.code == 0
    assert "usage: python -m operations" in capsys.readouterr().out
