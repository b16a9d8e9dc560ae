"""``python -m operations``."""

import signal
import sys
from typing import NoReturn


def _leave(number: int, _: object) -> NoReturn:
    """Leave while modules are read: nothing is open, and where that was is nobody's concern."""
    sys.stderr.write("interrupted\n")
    sys.exit(128 + number)


heard = signal.getsignal(signal.SIGINT)
if heard is signal.default_int_handler:
    signal.signal(signal.SIGINT, _leave)

from operations.command import main  # noqa: E402  (takes half a second, and may be interrupted)

signal.signal(signal.SIGINT, heard)
sys.exit(main())
