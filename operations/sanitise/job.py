"""One copy to be made: from where, whereto, by which rules and with which key."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import psycopg

from operations.sanitise.distinct import tailed
from operations.sanitise.masks import Masked, pads
from operations.sanitise.rules import Mask, Rules
from operations.sanitise.schema import Column, Schema, Table
from operations.sanitise.structure import session

ORIGIN = """
select oid::text, datname::text, host(inet_server_addr()), inet_server_port()
from pg_database where datname = current_database()
"""
"""What tells one source from another that is laid out alike."""


@dataclass(frozen=True)
class Job:
    """What is copied, whereto, by which rules and with which key."""

    source: str
    target: str
    schema: Schema
    rules: Rules
    key: bytes = field(repr=False)

    @cached_property
    def mark(self) -> str:
        """What two runs have in common that may go on with each other's work."""
        with psycopg.connect(self.source) as source:
            origin = source.execute(ORIGIN).fetchone()
        text = f"{origin!r}{self.schema!r}{self.rules!r}".encode()
        return sha256(pads(self.key)[1] + sha256(pads(self.key)[0] + text).digest()).hexdigest()

    @cached_property
    def tailed(self) -> frozenset[tuple[Mask, str]]:
        """The domains of which no two fakes may be the same."""
        return tailed(self.rules, self.schema)

    def masked(self, table: Table, column: Column) -> Masked:
        """Return a column with all that its mask may ask for."""
        rule = self.rules.tables[table.key]
        return Masked(column, rule.columns[column.name], self.tailed, rule.subject)


@contextmanager
def keyed(job: Job) -> Iterator[psycopg.Connection]:
    """Connect to the source for reading, with the key in settings of this session alone."""
    inner, outer = pads(job.key)
    with session(job.source) as source:
        source.read_only = True
        source.execute(
            "select set_config('understudy.inner', %s, false),"
            " set_config('understudy.outer', %s, false)",
            [inner.hex(), outer.hex()],
        )
        yield source
