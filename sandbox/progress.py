"""A line that tells what is going on, for work that takes longer than two seconds."""

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.status import Status

PLAIN_SECONDS = 2.0
"""How often a line is printed where the output is no terminal."""


class Progress:
    """On a terminal a line that changes in place; elsewhere a line now and then."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._count = 0
        self._begun = self._printed = time.monotonic()
        console = Console(stderr=True)
        self._status = Status(what, console=console) if console.is_terminal else None

    def __enter__(self) -> "Progress":
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status:
            self._status.stop()

    def tell(self, step: str) -> None:
        """Say what has just begun."""
        self._count += 1
        now = time.monotonic()
        line = f"{self._what}: {self._count} steps in {now - self._begun:.0f} s, {step}"
        if self._status:
            self._status.update(line)
        elif now - self._printed >= PLAIN_SECONDS:
            self._printed = now
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
