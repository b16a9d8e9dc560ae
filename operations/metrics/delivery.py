"""Five numbers on delivery: the formulas of docs/metrics.md over the ledger's deployments."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from operations.metrics.metric import Metric, middle, rate, unknown
from operations.metrics.records import Deployment

SUCCESS, FAILURE = "DeploymentSuccessRate", "ChangeFailureRate"
RESTORE, LEAD, FREQUENCY = "TimeToRestore", "LeadTime", "DeploymentFrequency"
GOOD = ("verified", "rolled-back")
WEEK = 7

CommitTime = Callable[[str], datetime | None]
"""When a commit was made; None where nobody knows."""


def delivery(
    every: Sequence[Deployment], now: datetime, days: int, made: CommitTime
) -> Iterator[Metric]:
    """Yield the numbers over the deployments that ended in the last so many days."""
    since = now - timedelta(days=days)
    recent = [each for each in every if since < each.ended <= now]
    changes = [each for each in recent if each.outcome in ("verified", "failed")]
    verified = [each for each in changes if each.outcome == "verified"]
    failures = [each for each in changes if each.outcome == "failed" or undone_by(each, every)]
    window = f"in {days} days"
    nothing = f"nothing was verified or failed {window}"
    opened = sum(1 for each in recent if each.outcome in ("begun", "deployed"))
    left = f"; {opened} of which nobody knows the end left out" if opened else ""
    yield rate(
        SUCCESS,
        len(verified),
        len(changes),
        f"{len(verified)} of {len(changes)} were verified {window}{left}",
        f"{nothing}{left}",
    )
    yield rate(
        FAILURE,
        len(failures),
        len(changes),
        f"{len(failures)} of {len(changes)} failed or were rolled back {window}",
        f"{nothing}{left}",
    )
    yield _restore(failures, every, window)
    yield _lead(verified, made, window)
    yield _frequency(every, verified, days)


def undone_by(change: Deployment, every: Sequence[Deployment]) -> Deployment | None:
    """Return the roll-back that undid a verified change; None where it stayed."""
    for later in every:
        if later.ended <= change.ended:
            continue
        if later.digest == change.digest and later.outcome == "verified":
            return None
        if later.outcome == "rolled-back" and later.rollback_of == change.digest:
            return later
    return None


def _restore(failures: Sequence[Deployment], every: Sequence[Deployment], window: str) -> Metric:
    seconds = []
    for failure in failures:
        back = undone_by(failure, every) if failure.outcome == "verified" else None
        # Of a verified change nobody knows since when it was bad: since somebody acted, at least.
        begins = back.began if back else failure.began
        good = next(
            (each for each in every if each.ended > failure.ended and each.outcome in GOOD),
            None,
        )
        if good is not None:
            seconds.append((good.ended - begins).total_seconds())
    opened = len(failures) - len(seconds)
    still = f"; {opened} not restored yet" if opened else ""
    return middle(
        RESTORE,
        seconds,
        f"the median of {len(seconds)} {window}{still}",
        f"nothing was restored {window}{still}",
    )


def _lead(verified: Sequence[Deployment], made: CommitTime, window: str) -> Metric:
    moments = [(each.ended, made(each.commit)) for each in verified]
    known = [(ended - begun).total_seconds() for ended, begun in moments if begun is not None]
    missing = len(moments) - len(known)
    left = f"; of {missing} the commit's time is not known" if missing else ""
    return middle(
        LEAD,
        known,
        f"the median of {len(known)} from commit to verified {window}{left}",
        f"nothing was verified {window}{left}" if not moments else left.removeprefix("; "),
    )


def _frequency(every: Sequence[Deployment], verified: Sequence[Deployment], days: int) -> Metric:
    if not every:
        return unknown(FREQUENCY, "Count", "the ledger has nothing of this stack")
    words = f"{len(verified)} verified in {days} days, for a week"
    return Metric(FREQUENCY, "Count", len(verified) * WEEK / days, words)
