"""Each command of the guide is one that there is, and the guide names every check."""

import re
import shlex

from operations.audit.checks import CHECKS
from operations.command import _parser
from tests.settings.workspace import ROOT

GUIDE = (ROOT / "docs" / "compliance.md").read_text()
BEGINS = ".venv/bin/python -m operations "


def test_every_command_of_the_guide_is_taken() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith(BEGINS) for line in lines)
    words = [shlex.split(line.removeprefix(BEGINS)) for line in lines]
    for each in words:
        assert _parser(each[0]).parse_args(each).stack in ("staging", "production")
    assert [each[0] for each in words] == ["drift", *["audit"] * 2, *["alert-test"] * 3]


def test_the_guide_has_a_row_for_every_check() -> None:
    rows = re.findall(r"^\| `(account-[a-z-]+)` \| (\w+) \| (.+) \|$", GUIDE, re.MULTILINE)
    assert rows == [(each.name, str(each.severity), each.title) for each in CHECKS]
