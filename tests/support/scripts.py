"""Scripts that stand for a command in tests."""

import shlex
import sys
from pathlib import Path


def python_script(place: Path, code: str, *flags: str) -> None:
    """Write a script that this Python runs, wherever it is installed.

    The first line of a script takes no path with a space (execve(2)), so a shell starts Python,
    to which what the shell reads is a text in quotes.
    """
    python = shlex.join([sys.executable, *flags])
    place.write_text(f"#!/bin/sh\n'''exec' {python} \"$0\" \"$@\"\n' '''\n{code}")
    place.chmod(0o755)
