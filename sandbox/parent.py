"""What a plugin ends with: the engine that started it, which tells nobody when it is killed.

``python -m sandbox.parent MODULE ARGUMENT...`` runs a module that ends so.
"""

import contextlib
import os
import runpy
import socket
import sys
import threading
import time
from collections.abc import Callable

POLL_SECONDS = 0.25


def end_with_parent() -> None:
    """Let this process end soon after what started it."""
    parent = os.getppid()
    _end_after(lambda: _await_orphaned(parent))


def end_with(line: socket.socket) -> None:
    """Let this process end with whoever holds the other end of a connection."""
    # Nothing is ever sent: it gives back nothing when the other end is gone.
    _end_after(lambda: line.recv(1))


def _end_after(wait: Callable[[], object]) -> None:
    def watch() -> None:
        # A connection that was cut off with words unread tells so by an error.
        with contextlib.suppress(OSError):
            wait()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _await_orphaned(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    end_with_parent()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
