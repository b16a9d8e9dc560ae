"""One deployment from beginning to end: judged, migrated, updated, looked at, and recorded.

The order is what makes it safe to break off anywhere. Nothing is changed before the policies have
judged the plan. A record says that a deployment has begun before its first change; the next deploy
finds what is done already done, and goes on.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from operations.aws import ask
from operations.delivery import look, migration
from operations.delivery.look import Look, judged
from operations.delivery.migration import Migration as MigrationRun
from operations.delivery.migration import MigrationFailedError
from operations.delivery.parity_index import parity_of
from operations.delivery.release_lines import ReleaseLines
from operations.delivery.reviewed import Reviewed
from operations.delivery.unfinished import unlock
from operations.delivery.verdict import Line, passed
from operations.errors import OperationError
from operations.gate import Gate, LockedError
from operations.place import Place, outputs
from operations.releases.ledger import Ledger
from operations.releases.merge import pull
from operations.releases.record import UNDER_WAY, Outcome, Record, now
from policies.releases import Migration


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The release that is to run."""

    image: str
    """By digest."""
    version: str
    commit: str
    migrations: tuple[Migration, ...] | None = None
    migrates: bool = True
    """Whether its migration may have to run; never on the way back."""
    rollback_of: str | None = None

    @property
    def digest(self) -> str:
        """The image's digest, which is the release's own in every registry."""
        return self.image.rpartition("@")[2]


@dataclass(frozen=True)
class Result:
    """What came of it."""

    outcome: Outcome | None
    """None where nothing was changed."""
    why: str = ""
    lines: tuple[Line, ...] = ()
    updated: bool = False
    """Whether the services may run something else than before."""

    @property
    def well(self) -> bool:
        """Tell whether the wanted release runs."""
        return self.outcome in {"verified", "rolled-back"}


@dataclass(frozen=True, kw_only=True)
class Course:
    """A stack's deployments: where they go, and what they are held to."""

    place: Place
    ledger: Ledger
    records: list[Record]
    """The stack's, the oldest first; what is written is added."""
    sandbox: bool
    minutes: float
    """How long a verdict is waited for."""
    migration_minutes: float
    tell: Callable[[str], None]
    out: BinaryIO
    """Where the engine is shown."""
    home: Path
    """Where ``policies/releases.yaml`` is kept; the place's folder may be a commit of before."""

    @property
    def gate(self) -> Gate:
        """The way of updates."""
        return Gate(self.place.root, self.place.stack, self.place.pulumi, self.out)

    def deliver(
        self, wanted: Wanted, agree: Callable[[str], bool], reviewed: Reviewed | None = None
    ) -> Result:
        """Bring a release out; ``reviewed`` is a plan that was judged and agreed to before.

        Raises OperationError for what is refused before anything is changed.
        """
        lines = ReleaseLines.of(self.place.root, self.place.stack)
        with lines.undone_unless() as kept, self.gate.plan() as plan:
            lines.say(wanted.image, wanted.version)
            if why := self._planned(plan, reviewed):
                return Result(None, why)
            migrates = self._migrates(wanted)
            if migrates:
                migration.changes(plan)
            if not agree("migrates, then updates" if migrates else "updates"):
                return Result(None)
            records = _Records(self, wanted, plan, now())
            migrated = now() if migrates else None
            records.add("begun", migrated=migrated)
            kept.keep()
            try:
                return self._changed(wanted, plan, records, migrated, lines)
            except OperationError as error:
                # The next deploy finds the record that it began.
                return Result("failed", f"broken off: {error}")

    def _planned(self, plan: Path, reviewed: Reviewed | None) -> str:
        """Have the plan that the update is held to; return why there is none, or nothing.

        One that was made by the update's own role is taken as it is. By another role it would not
        fit, as the providers' inputs stand in it too: it is made anew, and must say the same.
        """
        if reviewed is not None and not reviewed.role:
            plan.write_text(reviewed.plan, encoding="utf-8")
            return ""
        why = self.gate.preview(plan)
        if why or reviewed is None:
            return why
        return reviewed.differs(plan.read_text(encoding="utf-8"))

    def _changed(
        self,
        wanted: Wanted,
        plan: Path,
        records: "_Records",
        migrated: datetime | None,
        lines: ReleaseLines,
    ) -> Result:
        if migrated is not None:
            try:
                self._migration(wanted).run(plan)
            except MigrationFailedError as error:
                records.add("failed", migrated=migrated)
                lines.put_back()
                return Result("failed", f"{error}; the services are as they were")
        try:
            why = self._update(plan)
        except LockedError as locked:
            records.add("failed", migrated=migrated)
            lines.put_back()
            return Result("failed", f"another update holds the stack: {locked}")
        if why:
            records.add("failed", migrated=migrated)
            return Result("failed", why, updated=True)
        records.add("deployed", migrated=migrated)
        found = self.judge(wanted.digest)
        good: Outcome = "rolled-back" if wanted.rollback_of else "verified"
        outcome: Outcome = good if passed(found) else "failed"
        records.add(outcome, migrated=migrated)
        why = "" if passed(found) else "the release does not run as it must"
        return Result(outcome, why, tuple(found), updated=True)

    def _update(self, plan: Path) -> str:
        """Update, even where one that was killed still holds the stack; LockedError for others."""
        place = self.place
        try:
            return self.gate.update(plan)
        except LockedError as locked:
            if not unlock(place.root, place.stack, place.pulumi, str(locked)):
                raise LockedError(" ".join(str(locked).split())) from None
        self.tell("the lock of a process that runs no longer was taken away")
        return self.gate.update(plan)

    def judge(self, digest: str) -> list[Line]:
        """Return the verdict on what runs now, by the stack's outputs of now."""
        place = self.place
        there = replace(place, outputs=outputs(place.root, place.stack, place.pulumi))
        poll = look.POLL_SECONDS_IN_SANDBOX if self.sandbox else look.POLL_SECONDS
        return judged(Look(there, digest), minutes=self.minutes, poll=poll, tell=self.tell)

    def _migration(self, wanted: Wanted) -> MigrationRun:
        poll = migration.POLL_SECONDS_IN_SANDBOX if self.sandbox else migration.POLL_SECONDS
        return MigrationRun(self.place, wanted.digest, self.migration_minutes, self.tell, poll)

    def _migrates(self, wanted: Wanted) -> bool:
        """Tell whether the schema may not be the release's yet.

        Where the last deployment came to nothing good, nobody knows how far its migration came. One
        that runs again has nothing to do.
        """
        if not wanted.migrates:
            return False
        last = self.records[-1] if self.records else None
        if last is not None and last.verdict == "failed":
            return True
        if last is not None and last.migrations is not None and wanted.migrations is not None:
            return _ids(last.migrations) != _ids(wanted.migrations)
        return wanted.digest != self.running

    @property
    def running(self) -> str:
        """The digest of the image that the stack's outputs name."""
        return str(self.place.outputs["releaseImage"]).rpartition("@")[2]


def _ids(steps: Sequence[Migration]) -> list[str]:
    return [step.id for step in steps]


class _Records:
    """Writes the records of one deployment, and at its end the file that the policies read."""

    def __init__(self, course: Course, wanted: Wanted, plan: Path, began: datetime) -> None:
        self._course = course
        identity = ask(course.place.client("sts"), "get_caller_identity")
        self._same: dict[str, Any] = {
            "digest": wanted.digest,
            "version": wanted.version,
            "commit": wanted.commit,
            "stack": course.place.stack,
            "migrations": wanted.migrations,
            "rollback_of": wanted.rollback_of,
            "began": began,
            "by": identity["Arn"],
            "plan": hashlib.sha256(plan.read_bytes()).hexdigest(),
            "parity": parity_of(course.home, wanted.commit),
        }

    def add(self, outcome: Outcome, *, migrated: datetime | None) -> None:
        """Write what the deployment has come to."""
        moment, good = now(), outcome in {"verified", "rolled-back"}
        record = Record(
            **self._same,
            outcome=outcome,
            verdict="passed" if good else "failed",
            time=moment,
            ended=None if outcome == "begun" else moment,
            migrated=migrated,
        )
        course = self._course
        course.ledger.append(record)
        course.records.append(record)
        if outcome not in UNDER_WAY:
            pull(course.home, course.records, sandbox=course.sandbox)


def summary(stack: str, result: Result, digest: str) -> dict[str, Any]:
    """Return a result for machines."""
    return {
        "stack": stack,
        "digest": digest,
        "outcome": result.outcome or "unchanged",
        "why": result.why,
        "lines": [
            {"what": each.what, "verdict": each.verdict, "words": each.words}
            for each in result.lines
        ],
    }
