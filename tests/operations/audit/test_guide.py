"""The guide shows each of the three commands, and names every check."""

import re

from operations.audit.checks import CHECKS
from operations.command import parser_of
from tests.settings.workspace import ROOT
from tests.support.guides import commands

GUIDE = ROOT / "docs" / "compliance.md"


def test_every_command_of_the_guide_is_taken() -> None:
    shown = commands(GUIDE)
    for words in shown:
        assert parser_of(words[0]).parse_args(words).stack in ("staging", "production")
    assert [words[0] for words in shown] == ["drift", *["audit"] * 2, *["alert-test"] * 3]


def test_the_guide_has_a_row_for_every_check() -> None:
    rows = re.findall(
        r"^\| `(account-[a-z-]+)` \| (\w+) \| (.+) \|$", GUIDE.read_text(), re.MULTILINE
    )
    assert rows == [(each.name, str(each.severity), each.title) for each in CHECKS]
