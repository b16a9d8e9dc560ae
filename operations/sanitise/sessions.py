"""The sessions of parts that are copied side by side, so that all of them can be ended at once."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Lock
from typing import Self

import psycopg

from operations.errors import OperationError
from operations.sanitise.job import Job, keyed
from operations.sanitise.structure import session

CANCEL_SECONDS = 2
"""How long a server is waited for that may not answer any more."""


Pair = tuple[psycopg.Connection, psycopg.Connection]


class Sessions:
    """A session on either side for each thread, so many tables do not begin as many sessions.

    Once they are ended there are no more.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._begun = ExitStack()
        self._idle: list[Pair] = []
        self._open: set[psycopg.Connection] = set()
        self._lock = Lock()
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._open:
            each.close()
        self._begun.close()

    @contextmanager
    def pair(self) -> Iterator[Pair]:
        """Lend a session with the source and one with the target, for one transaction of each."""
        pair = self._taken()
        try:
            yield pair
            for each in pair:
                each.commit()
        except BaseException:
            with self._lock:
                self._open -= {*pair}
            for each in pair:
                each.close()
            raise
        self._idle.append(pair)

    def _taken(self) -> Pair:
        with self._lock:
            if self._idle and not self._ended:
                return self._idle.pop()
        source = self._begun.enter_context(keyed(self._job))
        target = self._begun.enter_context(session(self._job.target))
        with self._lock:
            if self._ended:
                raise OperationError("the copy was stopped")
            self._open |= {source, target}
        return source, target

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
