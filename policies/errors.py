"""What the policies refuse, and what they break with."""

import os
import sys


class PolicyError(Exception):
    """A file or command that the policies refuse: one line, exit code 2."""


class RuleBrokenError(Exception):
    """A rule raised instead of answering."""


REFUSED = "refused: "
"""What stands before the program's own words where it refuses its settings."""


def broken(error: OSError) -> tuple[str, int]:
    """Return what a command tells of a file that can't be read or written, and its exit code.

    Of output that nobody takes too, of which the rest goes nowhere from then on.
    """
    if error.filename is not None:
        return f"{error.filename}: {error.strerror}", 2
    # What is left of it would be tried again at the end, in the interpreter's own words.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return f"output: can't be written: {error.strerror}", 1
