"""The checks of a restored database by SQL: whether it is whole, fresh, and fits the release.

They read only, and say nothing of what rows hold. Left out: whether pages are damaged (amcheck
reads every page, and RDS keeps storage itself), and whether the application works on the data.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import psycopg

from operations.backup import facts
from operations.backup.checks_file import Checks

Verdict = Literal["passed", "failed", "skipped"]
SHOWN = 5
"""Names told of one failure; there may be thousands."""


@dataclass(frozen=True)
class Finding:
    """What one check found: its verdict, and one line without any row's content."""

    check: str
    verdict: Verdict
    words: str


@dataclass(frozen=True)
class Subject:
    """What is checked, and what it is held against."""

    restored: psycopg.Connection
    checks: Checks
    moment: datetime
    """The moment that was restored."""
    live: psycopg.Connection | None = None
    recorded: Mapping[str, int] | None = None
    """The rows of each table by the last good drill."""
    head: str | None = None
    """The last migration step of the release that the database must fit."""


@dataclass
class Outcome:
    """All findings, and what was measured on the way."""

    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    newest: datetime | None = None
    """When the last transaction ended, or the newest row was written, as far as is known."""

    @property
    def passed(self) -> bool:
        """Tell whether something was checked and nothing failed."""
        verdicts = {finding.verdict for finding in self.findings}
        return "passed" in verdicts and "failed" not in verdicts


def run_checks(subject: Subject) -> Outcome:
    """Run every check; one that breaks is one that failed, and stops no other."""
    outcome = Outcome()
    for check in CHECKS:
        name = check.__name__.strip("_").replace("_", " ")
        try:
            verdict, words = check(subject, outcome)
        except psycopg.Error as error:
            # The server's own words may repeat what stands in a row.
            verdict, words = (
                "failed",
                f"could not be run ({error.sqlstate or type(error).__name__})",
            )
        except ValueError as error:
            verdict, words = "failed", str(error)
        outcome.findings.append(Finding(name, verdict, words))
    return outcome


Answer = tuple[Verdict, str]
Check = Callable[[Subject, Outcome], Answer]


def _server(subject: Subject, outcome: Outcome) -> Answer:
    found = facts.server(subject.restored)
    outcome.newest = found.newest
    if found.recovering:
        return "failed", "is still recovering, and takes no writes"
    if subject.live is not None and facts.server(subject.live).itself == found.itself:
        return "failed", "is the live database itself, not the restored one"
    return "passed", "has recovered, and is another server than the live one"


def _row_counts(subject: Subject, outcome: Outcome) -> Answer:
    wanted = subject.checks.counts
    outcome.counts = facts.left_out(
        facts.counts(subject.restored, wanted.exact_below_mib), wanted.leave_out
    )
    if not outcome.counts:
        return "failed", "there is no table at all"
    total = f"{sum(outcome.counts.values())} rows in {len(outcome.counts)} tables"
    if wanted.against == "nothing":
        return "passed", f"{total}, held against nothing"
    other = _other_counts(subject)
    if other is None:
        return "failed", f"{total}, and nothing to hold them against ({wanted.against})"
    wrong = [
        f"{name} {outcome.counts.get(name, 'is missing')} of {count}"
        for name, count in other.items()
        if not _within(outcome.counts.get(name), count, wanted.least, wanted.most)
        and (name in outcome.counts or _same_schema(subject))
    ]
    if wrong:
        return "failed", f"too few or too many rows: {_some(wrong)}"
    return "passed", f"{total}, against {wanted.against}"


def _other_counts(subject: Subject) -> dict[str, int] | None:
    wanted = subject.checks.counts
    if wanted.against == "live":
        if subject.live is None:
            return None
        found: Mapping[str, int] = facts.counts(subject.live, wanted.exact_below_mib)
    else:
        if not subject.recorded:
            return None
        found = subject.recorded
    # A later schema has more steps, and each is a good part of so few rows.
    steps = subject.checks.migrations
    return facts.left_out(dict(found), {*wanted.leave_out, *([steps.table] if steps else [])})


def _within(count: int | None, other: int, least: float, most: float | None) -> bool:
    if count is None:
        return False
    return count * 100 >= other * least and (most is None or count * 100 <= other * most)


def _same_schema(subject: Subject) -> bool:
    """Tell whether both databases are at the same migration, or nobody can say."""
    kept = subject.checks.migrations
    if kept is None or subject.live is None:
        return True
    heads = {
        facts.head(each, kept.table, kept.column, kept.newest_by)
        for each in (subject.restored, subject.live)
    }
    return len(heads) == 1


def _freshness(subject: Subject, outcome: Outcome) -> Answer:
    if not subject.checks.freshness:
        return "skipped", "no table is named in which something is always new"
    old = []
    for each in subject.checks.freshness:
        found = facts.newest(subject.restored, each.table, each.column)
        if found is None:
            old.append(f"{each.table} is empty")
            continue
        outcome.newest = max(outcome.newest or found, found)
        age = subject.moment - found
        if age > timedelta(minutes=each.minutes):
            old.append(f"{each.table} is {_minutes(age)} old, allowed {each.minutes}")
    if old:
        return "failed", _some(old)
    return "passed", f"the newest rows of {len(subject.checks.freshness)} tables are young enough"


def _constraints(subject: Subject, _: Outcome) -> Answer:
    found = facts.names(subject.restored, facts.UNVALIDATED)
    return _none_of(
        [each for each in found if each not in subject.checks.unvalidated],
        "not validated",
        "every constraint is validated",
    )


def _extensions(subject: Subject, _: Outcome) -> Answer:
    wanted = set(subject.checks.extensions)
    if subject.live is not None:
        wanted |= facts.extensions(subject.live)
    return _none_of(
        sorted(wanted - facts.extensions(subject.restored)),
        "not installed",
        f"all {len(wanted)} wanted are installed",
    )


def _indexes(subject: Subject, _: Outcome) -> Answer:
    found = facts.names(subject.restored, facts.INVALID_INDEXES)
    return _none_of(found, "not valid", "every index is valid")


def _migration_head(subject: Subject, _: Outcome) -> Answer:
    kept = subject.checks.migrations
    if kept is None:
        return "skipped", "no table of migrations is named"
    if subject.head is None:
        return "failed", "policies/releases.yaml records no migrations of the release"
    found = facts.head(subject.restored, kept.table, kept.column, kept.newest_by)
    if found != subject.head:
        return "failed", f"is {found or 'none'}, the release's is {subject.head}"
    return "passed", f"is {found}, as the release's"


def _sequences(subject: Subject, _: Outcome) -> Answer:
    number, behind = facts.sequences_behind(subject.restored)
    return _none_of(behind, "would repeat a value", f"all {number} are ahead of their columns")


def _collations(subject: Subject, _: Outcome) -> Answer:
    found = facts.collations_changed(subject.restored)
    return _none_of(found, "of another version: reindex", "all in use have the version they had")


CHECKS: tuple[Check, ...] = (
    _server,
    _row_counts,
    _freshness,
    _constraints,
    _extensions,
    _indexes,
    _migration_head,
    _sequences,
    _collations,
)


def _none_of(found: Iterable[str], what: str, well: str) -> Answer:
    names = list(found)
    return ("failed", f"{what}: {_some(names)}") if names else ("passed", well)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _minutes(age: timedelta) -> str:
    return f"{age.total_seconds() / 60:.0f} minutes"
