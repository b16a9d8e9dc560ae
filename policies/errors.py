"""What the policies refuse, and what they break with."""


class PolicyError(Exception):
    """A file or command that the policies refuse: one line, exit code 2."""


class RuleBrokenError(Exception):
    """A rule raised instead of answering."""


REFUSED = "refused: "
"""What stands before the program's own words where it refuses its settings."""
