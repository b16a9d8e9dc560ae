"""Alarms of AWS Backup: a job that failed, and a backup that did not even begin.

The vault's own notifications tell of single jobs; these say whether there *is* a recent backup.
Source: AWS Backup Developer Guide, "AWS Backup metrics with Amazon CloudWatch".
"""

from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import (
    Alarm,
    AlarmArgs,
    AlarmSet,
    Metric,
    check_positive,
    failing_silence,
    healthy_silence,
)

HOUR = 3_600
LONGEST_WATCH_HOURS = 7 * 24
"""An alarm with periods of an hour or more looks back a week at most (Amazon CloudWatch API
Reference, PutMetricAlarm)."""


@dataclass(frozen=True, kw_only=True)
class BackupAlarmsArgs(AlarmArgs):
    """The vault, and how old its newest backup may be."""

    vault_name: Input[str]
    longest_gap_hours: int = 36
    """A day, the hours in which a job may begin, and those that it may take."""

    def __post_init__(self) -> None:
        """Refuse a gap that CloudWatch cannot look back over."""
        super().__post_init__()
        check_positive("longest_gap_hours", self.longest_gap_hours)
        if self.longest_gap_hours > LONGEST_WATCH_HOURS:
            raise ValueError(
                f"longest_gap_hours must be at most {LONGEST_WATCH_HOURS}, "
                f"got {self.longest_gap_hours}"
            )


class BackupAlarms(AlarmSet):
    """Alarms on the jobs of one vault and on their absence.

    A new environment rings until its first backup: until then it has none, which is true.
    """

    def __init__(
        self, name: str, args: BackupAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        alarms = [
            _absent(args),
            _failed(args, "failed", "NumberOfBackupJobsFailed", "A backup failed"),
            _failed(args, "expired", "NumberOfBackupJobsExpired", "A backup never began"),
            _failed(
                args,
                "copy-failed",
                "NumberOfCopyJobsFailed",
                "A copy to the other region or account failed",
            ),
            _failed(
                args,
                "restore-failed",
                "NumberOfRestoreJobsFailed",
                "A restore, or a restore test, failed",
            ),
        ]
        super().__init__("understudy:monitoring:BackupAlarms", name, args, alarms, opts)
        self.register_outputs({"names": self.names})


def _absent(args: BackupAlarmsArgs) -> Alarm:
    return Alarm(
        key="backup-absent",
        says="No backup has been completed for longer than a day.",
        first="look at the plan's last jobs, then whether the database still has the plan's tag.",
        metrics={"completed": _metric(args, "NumberOfBackupJobsCompleted")},
        period=HOUR,
        comparison="LessThanThreshold",
        threshold=1,
        periods=args.longest_gap_hours,
        silence=failing_silence("a job that does not run reports nothing"),
    )


def _failed(args: BackupAlarmsArgs, key: str, metric: str, says: str) -> Alarm:
    return Alarm(
        key=f"backup-{key}",
        says=f"{says}.",
        first="read the job's message in AWS Backup; the key's policy is the commonest reason.",
        metrics={"jobs": _metric(args, metric)},
        period=HOUR,
        comparison="GreaterThanThreshold",
        threshold=0,
        periods=1,
        silence=healthy_silence("AWS Backup reports such jobs only when there are some"),
    )


def _metric(args: BackupAlarmsArgs, metric: str) -> Metric:
    return Metric(
        namespace="AWS/Backup",
        name=metric,
        dimensions={"BackupVaultName": args.vault_name},
        statistic="Sum",
    )
