"""The commands that a page of the docs shows."""

import re
import shlex
from pathlib import Path

BEGINS = ".venv/bin/python -m operations "


def commands(page: Path) -> list[list[str]]:
    """Return the words of each command in a page's blocks, without the program.

    Fails the test for a line that runs anything else: nobody would run that here.
    """
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    assert [line for line in lines if not line.startswith(BEGINS)] == []
    return [shlex.split(line.removeprefix(BEGINS)) for line in lines]
