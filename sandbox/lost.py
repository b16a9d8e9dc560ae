"""The note that the sandbox's AWS leaves when its last save failed, until a recovery settles it.

What the stacks record is then ahead of the AWS that the next command starts.
"""

import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path

from sandbox import folder

NAME = "save-failed"


def note(place: Path, reason: str) -> None:
    """Leave the note; on a full disk an empty one has to do, or the log alone."""
    with contextlib.suppress(OSError):
        (place / NAME).write_text(reason)


def told(place: Path) -> str:
    """Return the line to show while the note is there; nothing without it."""
    try:
        reason = (place / NAME).read_text()
    except OSError:
        return ""
    return (
        f"{reason or f'see {place}/logs/aws.log'}; what the stacks record may be ahead of the "
        "sandbox's AWS: `make recover`"
    )


def tell(place: Path) -> None:
    """Say that line where there is one."""
    if line := told(place):
        sys.stderr.write(f"{line}\n")


def settle(place: Path, recovered: Iterable[str]) -> None:
    """Take the note away once every stack that holds resources has been recovered."""
    if folder.recorded(place) <= set(recovered):
        (place / NAME).unlink(missing_ok=True)
