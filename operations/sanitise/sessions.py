"""The sessions of parts that are copied side by side, so that all of them can be ended at once."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

import psycopg

from operations.errors import OperationError
from operations.sanitise.job import Job, keyed
from operations.sanitise.structure import session

CANCEL_SECONDS = 2
"""How long a server is waited for that may not answer any more."""


class Sessions:
    """Opens a session on either side for each thread; once they are ended there are no more."""

    def __init__(self) -> None:
        self._open: set[psycopg.Connection] = set()
        self._lock = Lock()
        self._ended = False

    @contextmanager
    def of(self, job: Job) -> Iterator[tuple[psycopg.Connection, psycopg.Connection]]:
        """Connect to a job's source and target."""
        with keyed(job) as source, session(job.target) as target:
            with self._lock:
                if self._ended:
                    raise OperationError("the copy was stopped")
                self._open |= {source, target}
            try:
                yield source, target
            finally:
                with self._lock:
                    self._open -= {source, target}

    def end(self) -> None:
        """End them: the servers stop what they do, and no thread waits for one any longer."""
        with self._lock:
            self._ended = True
            for each in self._open:
                with suppress(psycopg.Error):
                    each.cancel_safe(timeout=CANCEL_SECONDS)
                with suppress(psycopg.Error, OSError):
                    _hang_up(each)


def _hang_up(connection: psycopg.Connection) -> None:
    """Close the line and leave the connection to its thread, which sees that it is closed."""
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
