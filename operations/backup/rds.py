"""Restores a stack's database on RDS: for the drill, and for the checks after a restore."""

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg.conninfo import make_conninfo

from operations.backup import instances as known
from operations.backup import restore
from operations.backup.connecting import reading, reading_if_it_answers
from operations.backup.drill import Restored
from operations.backup.instances import Instance, Say
from operations.backup.restore import DRILL, Wanted
from operations.errors import OperationError
from operations.place import Place

LOGIN_SECONDS = 300
"""A new password is in force some time after RDS says so."""


@dataclass(frozen=True)
class Reach:
    """How the databases are reached: directly, or as options say."""

    restored: str = ""
    """Conninfo over a tunnel; empty for the database's own address."""
    live: str = ""


@dataclass(frozen=True)
class Rds:
    """A drill on RDS: it restores beside the live database, and deletes what it restored."""

    place: Place
    reach: Reach
    say: Say
    snapshot: str = ""
    kind: str = "rds"

    @property
    def source(self) -> str:
        """The identifier of the database."""
        return self.place.identifier

    def restore(self, moment: datetime | None) -> Restored:
        """Restore, or go on with a drill that was broken off."""
        wanted = Wanted(DRILL, moment, self.snapshot)
        now = datetime.now(UTC)
        step = restore.plan(self.place, wanted, now)
        for old in restore.abandoned(self.place, now):
            if old.name != step.name:
                restore.remove(self.place, old)
                self.say(f"{old.name}: left by a drill that was killed; deleted")
        found = restore.run(self.place, step, self.say)
        try:
            return reachable(self.place, found, self.reach)
        except OperationError:
            restore.remove(self.place, found)
            raise

    def live(self) -> AbstractContextManager[psycopg.Connection | None]:
        """Connect to the live database; None where it does not answer."""
        return connected_live(self.place, self.reach)

    def remove(self, restored: Restored) -> None:
        """Delete what the drill made, by its tag."""
        found = known.by_name(self.place, restored.name)
        if found is not None:
            restore.remove(self.place, found)
            self.say(f"{found.name}: deleted")


def reachable(place: Place, instance: Instance, reach: Reach) -> Restored:
    """Return how a restored instance is reached, once it lets the master user in."""
    secret = place.secret()
    tags = instance.tags
    found = Restored(
        instance.name,
        reach.restored or _conninfo(place, str(instance.address), secret["username"]),
        datetime.fromisoformat(tags[known.POINT]),
        datetime.fromisoformat(tags[known.BEGAN]),
        None if reach.restored else secret["password"],
    )
    until = time.monotonic() + (0 if reach.restored else LOGIN_SECONDS)
    while True:
        try:
            with reading(found.conninfo, password=found.password):
                return found
        except OperationError as error:
            if "authentication failed" not in str(error) or time.monotonic() >= until:
                raise
            time.sleep(known.POLL_SECONDS)


def connected_live(place: Place, reach: Reach) -> AbstractContextManager[psycopg.Connection | None]:
    """Connect to the live database for reading; None where it does not answer."""
    secret = {} if reach.live else place.secret()
    conninfo = reach.live or _conninfo(
        place, str(place.outputs["databaseAddress"]), secret["username"]
    )
    return reading_if_it_answers(conninfo, password=secret.get("password"))


def _conninfo(place: Place, host: str, user: str) -> str:
    return make_conninfo(
        host=host,
        port=int(place.outputs["databasePort"]),
        dbname=str(place.outputs["databaseName"]),
        user=user,
        sslmode="verify-full",
    )
