"""One copy to be made: from where, whereto, by which rules and with which key."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import psycopg
from psycopg.sql import SQL

from operations.errors import OperationError
from operations.sanitise.digests import pads
from operations.sanitise.distinct import tailed
from operations.sanitise.masks import Masked
from operations.sanitise.rules import Mask, Rules
from operations.sanitise.schema import OWN, Column, Schema, Table
from operations.sanitise.structure import session
from operations.sessions import others

ORIGIN = SQL("""
select d.oid::text, d.datname::text, host(inet_server_addr()), inet_server_port(),
       (select extract(epoch from stats_reset)::text from pg_stat_bgwriter),
       case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text end,
       (select string_agg(concat_ws(' ', c.oid, c.relfilenode, pg_stat_get_tuples_inserted(c.oid),
                                    pg_stat_get_tuples_updated(c.oid),
                                    pg_stat_get_tuples_deleted(c.oid)), ',' order by c.oid)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and {own})
from pg_database d where d.datname = current_database()
""").format(own=OWN)
"""What tells one source from another that is laid out alike, and from itself with other rows.

PostgreSQL counts the rows that are written to a table; TRUNCATE and what moves all rows give it
another file. A crash loses the counts, and begins them at another time (PostgreSQL docs, "The
Cumulative Statistics System"). A standby counts nothing, but knows how far it has come.
"""
COUNTS = "select current_setting('track_counts') = 'on'"


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
        with psycopg.connect(self.source, autocommit=True) as source:
            if source.execute(COUNTS).fetchone() != (True,):
                raise OperationError("source: track_counts must be on, or changes are not seen")
            # What those wrote who leave is counted by the time that they have gone.
            others(source)
        return self._marked()

    def is_as_it_was(self) -> bool:
        """Tell whether nobody has written to the source since the mark was taken."""
        return self._marked() == self.mark

    def _marked(self) -> str:
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
