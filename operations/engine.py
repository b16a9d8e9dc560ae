"""The engine's command line, on AWS or in the sandbox."""

import sys
from collections.abc import Sequence

SANDBOX = (sys.executable, "-m", "sandbox", "pulumi", "--")


def pulumi(*, sandbox: bool) -> Sequence[str]:
    """Return how ``pulumi`` is called."""
    return SANDBOX if sandbox else ("pulumi",)
