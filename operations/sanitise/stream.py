"""Rows on their way from one connection to another, by blocks.

psycopg hands rows on one at a time, which costs as much as to mask them; so libpq is asked itself.
"""

from collections.abc import Iterator
from select import select

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

BLOCK_BYTES = 1 << 16


def blocks(source: psycopg.Connection, copy: bytes) -> Iterator[bytes]:
    """Run a COPY to stdout in the transaction of a connection and yield what it sends.

    Raises psycopg.Error where PostgreSQL does, before the first block or in the middle. Whoever
    stops in the middle must not use the connection again.
    """
    asked = source.pgconn
    begun = asked.exec_(copy)
    if begun.status != ExecStatus.COPY_OUT:
        raise error_from_result(begun)
    rows: list[memoryview] = []
    size, length = 0, 1
    while length >= 0:
        length, row = asked.get_copy_data(1)
        if length > 0:
            rows.append(row)
            size += length
        if rows and (length <= 0 or size >= BLOCK_BYTES):
            yield b"".join(rows)
            rows, size = [], 0
        if length == 0:
            select([asked.socket], [], [])
            asked.consume_input()
    while ended := asked.get_result():
        if ended.status != ExecStatus.COMMAND_OK:
            raise error_from_result(ended)
