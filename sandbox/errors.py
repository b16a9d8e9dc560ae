"""The one kind of error that the sandbox raises on purpose."""


class SandboxError(Exception):
    """Something that a person can act on; its text is one line and needs no traceback."""
