"""Every command of the guide is run as it stands, from the first to the last."""

import io
import re
import shlex

import pytest

from operations.command import main
from tests.operations.github.server import GitHub
from tests.settings.workspace import ROOT

pytestmark = pytest.mark.slow
GUIDE = (ROOT / "docs" / "branch-protection.md").read_text()
BEGINS = ".venv/bin/python -m operations "
OTHERS = {"export GH_TOKEN", "gh variable set DEPLOYS_TO_AWS --body true", "make lint-workflows"}


class Terminal(io.StringIO):
    """Where a person types."""

    def isatty(self) -> bool:
        return True


def test_every_command_does_what_it_says(
    github: GitHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("example/storefront-infrastructure\n"))
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", GUIDE, re.DOTALL | re.MULTILINE)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    ours = [line.removeprefix(BEGINS) for line in lines if line.startswith(BEGINS)]
    assert {line for line in lines if not line.startswith(BEGINS)} == OTHERS

    for line in ours:
        assert main([*shlex.split(line), "--root", str(ROOT)]) == 0, capsys.readouterr()
    assert ours == [
        "github diff",
        "github apply --dry-run",
        "github apply",
        "github check",
        "github subjects",
    ]
    assert github.environments.keys() == {"staging", "production", "data-review"}


def test_every_file_and_workflow_that_it_names_exists_and_none_is_left_out() -> None:
    named = set(re.findall(r"^\| `([a-z-]+\.yml)`", GUIDE, re.MULTILINE))
    assert named == {path.name for path in (ROOT / ".github/workflows").glob("*.yml")}
    for path in re.findall(r"^\| `(\.github/[^`]+)`", GUIDE, re.MULTILINE):
        assert (ROOT / path).exists()
