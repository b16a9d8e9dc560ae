"""A drill: restore, check, measure, write down, and take away what was made.

Recovery time is from asking for the restore to the last check. Recovery point is what would have
been lost: from the newest transaction that came back to the moment that was asked for.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg

from operations.backup import history
from operations.backup.checks import Outcome, Subject, run_checks
from operations.backup.checks_file import Checks
from operations.backup.connecting import reading
from operations.errors import OperationError
from operations.moments import shown

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Restored:
    """A database that was restored, and how to reach it."""

    name: str
    conninfo: str
    point: datetime
    """The moment that was restored, as far as the restorer knows."""
    began: datetime
    """When the restore was asked for; earlier than this run where it goes on with another's."""
    password: str | None = field(default=None, repr=False)


class Restorer(Protocol):
    """Who restores: RDS, or a PostgreSQL on this machine."""

    @property
    def kind(self) -> str:
        """How it restores, in a word."""
        ...

    @property
    def source(self) -> str:
        """What is restored, by name."""
        ...

    def restore(self, moment: datetime | None) -> Restored:
        """Restore a moment, the latest by default; go on with what an earlier run began."""
        ...

    def live(self) -> AbstractContextManager[psycopg.Connection | None]:
        """Connect to the live database for reading; None where it can't be reached."""
        ...

    def remove(self, restored: Restored) -> None:
        """Take away what ``restore`` made, and nothing else."""
        ...


@dataclass(frozen=True)
class Report:
    """What a drill found and measured."""

    line: dict[str, Any]
    outcome: Outcome

    @property
    def passed(self) -> bool:
        """Tell whether the database came back and every check passed."""
        return self.outcome.passed


def drill(
    restorer: Restorer,
    checks: Checks,
    *,
    stack: str,
    file: Path,
    moment: datetime | None = None,
    head: str | None = None,
    clock: Clock = lambda: datetime.now(UTC),
) -> Report:
    """Run one drill and add its line to the history; what was made is removed in any case.

    Raises OperationError where nothing could be restored; that is in the history too.
    """
    asked = moment or clock()
    base = {"time": shown(clock()), "stack": stack, "kind": restorer.kind, "of": restorer.source}
    try:
        restored = restorer.restore(moment)
    except OperationError as error:
        history.append(file, {**base, "verdict": "failed", "why": str(error)})
        raise
    try:
        outcome = _checked(restorer, restored, checks, stack=stack, file=file, head=head)
        ended = clock()
    except OperationError as error:
        history.append(file, {**base, "verdict": "failed", "why": str(error)})
        raise
    finally:
        restorer.remove(restored)
    known = outcome.newest is not None and outcome.newest <= asked
    newest = outcome.newest if known and outcome.newest is not None else restored.point
    line = {
        **base,
        "verdict": "passed" if outcome.passed else "failed",
        "asked": shown(asked),
        "restored": shown(restored.point),
        "recoveryTimeSeconds": _seconds(restored.began, ended),
        "recoveryPointSeconds": _seconds(newest, asked),
        "recoveryPointBy": "newest transaction" if known else "moment restored",
        "checks": [asdict(finding) for finding in outcome.findings],
        "counts": outcome.counts,
    }
    history.append(file, line)
    return Report(line, outcome)


def _checked(
    restorer: Restorer,
    restored: Restored,
    checks: Checks,
    *,
    stack: str,
    file: Path,
    head: str | None,
) -> Outcome:
    with (
        reading(
            restored.conninfo, password=restored.password, seconds=checks.statement_seconds
        ) as connection,
        restorer.live() as live,
    ):
        return run_checks(
            Subject(
                connection,
                checks,
                restored.point,
                live=live,
                recorded=history.last_counts(file, stack),
                head=head,
            )
        )


def _seconds(earlier: datetime, later: datetime) -> float:
    return round(max(0.0, (later - earlier).total_seconds()), 3)
