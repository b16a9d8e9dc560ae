"""What the operations refuse."""


class OperationError(Exception):
    """A command that is refused before anything was changed: one line, exit code 2."""
