"""What a plugin ends with: the engine that started it, which tells nobody when it is killed."""

import os
import socket
import threading
import time

POLL_SECONDS = 0.25

_lines: list[socket.socket] = []
"""What is open as long as the engine's side of a forked plugin lives; of another there is none."""


def hold(line: socket.socket) -> None:
    """Have this process end with whoever holds the other end of a connection."""
    _lines.append(line)


def end_with_parent() -> None:
    """Let this process end soon after what started it."""
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    if _lines:
        # Nothing is ever sent: it gives back nothing when the other end is gone.
        _lines[0].recv(1)
    else:
        while os.getppid() == parent:
            time.sleep(POLL_SECONDS)
    os._exit(0)
