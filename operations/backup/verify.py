"""Whether the backups are what the settings promise: young, kept, encrypted, and restorable.

Judged from what AWS shows. Whether a backup can be restored, only a drill knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from operations.backup.inventory import Backup, Inventory
from settings import Settings

STALE = timedelta(minutes=15)
"""RDS uploads the transaction log every five minutes (RDS User Guide, "Restoring a DB instance to a
specified time"); three times that is trouble."""

Verdict = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Line:
    """One thing looked at, its verdict, and what was found against what is wanted."""

    what: str
    verdict: Verdict
    words: str


def verify(found: Inventory, settings: Settings, key: str, now: datetime) -> list[Line]:
    """Return a line for each promise; a line that failed is a promise that is not kept."""
    lines = [
        _newest(found, settings, now),
        _window_fresh(found, now),
        _window_long(found, settings, now),
        _retention(found, settings),
        _encryption(found, key),
        _kept(found, settings),
    ]
    for vault, listed in found.vaults.items():
        lines.append(_vault(found, settings, vault, now, listed=listed))
    return lines


def _line(what: str, *, holds: bool, words: str) -> Line:
    return Line(what, "passed" if holds else "failed", words)


def _newest(found: Inventory, settings: Settings, now: datetime) -> Line:
    return _age("newest backup", _times(found, found.backups), settings, now)


def _times(found: Inventory, backups: Iterable[Backup]) -> list[datetime]:
    """Return how far each usable backup reaches."""
    reach = (found.latest if each.continuous else each.made for each in backups if each.usable)
    return [moment for moment in reach if moment is not None]


def _age(what: str, made: list[datetime], settings: Settings, now: datetime) -> Line:
    allowed = settings.shape.alarms.backup.longest_gap_hours
    if not made:
        return _line(what, holds=False, words=f"there is none; allowed {allowed} h")
    age = now - max(made)
    return _line(
        what,
        holds=age <= timedelta(hours=allowed),
        words=f"{_hours(age)} h old; allowed {allowed} h",
    )


def _window_fresh(found: Inventory, now: datetime) -> Line:
    what, allowed = "latest restorable time", f"allowed {STALE.seconds // 60} minutes"
    if found.latest is None:
        return _line(what, holds=False, words=f"there is none; {allowed}")
    age = now - found.latest
    words = f"{age.total_seconds() / 60:.0f} minutes ago; {allowed}"
    return _line(what, holds=age <= STALE, words=words)


def _window_long(found: Inventory, settings: Settings, now: datetime) -> Line:
    what, days = "earliest restorable time", settings.scale.database.backup_days
    if found.earliest is None:
        return Line(what, "skipped", "RDS does not show it")
    # A young database can't reach further back than it has lived.
    created = found.instance.created or now
    wanted = max(now - timedelta(days=days), created + timedelta(days=1))
    reach = (now - found.earliest).total_seconds() / 86400
    return _line(
        what,
        holds=found.earliest <= wanted,
        words=f"{reach:.1f} days ago; wanted {days} days, or since the day it was made",
    )


def _retention(found: Inventory, settings: Settings) -> Line:
    days = int(found.instance.shown.get("BackupRetentionPeriod") or 0)
    # The plan's continuous backup sets the greater one (AWS Backup, "Point-in-time recovery").
    wanted = settings.scale.database.backup_days
    return _line(
        "automated backups", holds=days >= wanted, words=f"kept {days} days; wanted {wanted} days"
    )


def _encryption(found: Inventory, key: str) -> Line:
    shown = found.instance.shown
    wrong = [] if shown.get("StorageEncrypted") and shown.get("KmsKeyId") == key else ["database"]
    wrong += [each.name for each in found.backups if not _encrypted(each, key)]
    words = (
        f"not with the environment's key: {', '.join(wrong[:5])}"
        if wrong
        else (f"the database and {len(found.backups)} backups, with the environment's key")
    )
    return _line("encryption", holds=not wrong, words=words)


def _encrypted(backup: Backup, key: str) -> bool:
    """Tell whether a backup is encrypted; what is copied to another region has a key there."""
    region = key.split(":")[3]
    return backup.encrypted and (not backup.place.endswith(region) or backup.key == key)


def _kept(found: Inventory, settings: Settings) -> Line:
    kept = settings.scale.backup
    tiers = (kept.daily_days, kept.weekly_days, kept.monthly_days)
    points = [each for each in found.backups if each.kind == "recovery point"]
    if not points:
        return Line("recovery points' lives", "skipped", "there is none to look at")
    wrong = [
        f"{each.name} {each.keep_days or 'for ever'}"
        for each in points
        if each.keep_days not in tiers
    ]
    allowed = ", ".join(map(str, tiers))
    words = (
        f"kept other than {allowed} days: {', '.join(wrong[:5])}"
        if wrong
        else (f"all {len(points)} are kept {allowed} days")
    )
    return _line("recovery points' lives", holds=not wrong, words=words)


def _vault(
    found: Inventory, settings: Settings, vault: str, now: datetime, *, listed: bool
) -> Line:
    what = f"vault {vault}"
    if not listed:
        return Line(what, "skipped", "AWS Backup does not list recovery points here")
    made = _times(found, (each for each in found.backups if each.place == vault))
    return _age(what, made, settings, now)


def _hours(age: timedelta) -> str:
    return f"{age.total_seconds() / 3600:.1f}"
