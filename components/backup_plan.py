"""The plan by which AWS Backup makes, copies and forgets recovery points.

Left out: the vaults, the restore tests and the audit. Copies to another account need both accounts
in one AWS organization with cross-account backup switched on, and a database key that the other
account may use (AWS docs "Creating backup copies across AWS accounts").
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import backup, cloudwatch, iam

from components.permissions_boundary import boundary_arn
from components.tags import child_tags

BACKUP_TAG = "Backup"
"""The tag by whose value the plan finds what it backs up."""

SCHEDULE = re.compile(r"cron\((?:\S+ ){5}\S+\)")
CONTINUOUS_KEEPS_AT_MOST_DAYS = 35  # AWS docs "Point-in-time recovery" (AWS Backup)
# In minutes. A backup begins within the hour of its schedule, the shortest that AWS Backup takes,
# and is given up before the next day's. Left to itself it waits eight hours and works for seven
# days (AWS docs "BackupRule"), so nobody would hear of a failure for a week.
START_WITHIN_MINUTES = 60
COMPLETE_WITHIN_MINUTES = 1380
ROLE_POLICIES = {
    "backup": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    "restore": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
}
# What a failed job says (AWS docs "Monitoring AWS Backup events using Amazon EventBridge"). A
# restore has its state under another name.
FAILURES = {
    "failed-backups": ("Backup Job State Change", "state", ("ABORTED", "EXPIRED", "FAILED")),
    "failed-restores": ("Restore Job State Change", "status", ("ABORTED", "FAILED")),
}


@dataclass(frozen=True, kw_only=True)
class BackupTier:
    """When one kind of backup is made, as AWS cron in UTC, and for how many days it is kept."""

    schedule: str
    keep_days: int

    def __post_init__(self) -> None:
        """Refuse what is not AWS cron and what is forgotten the same day."""
        if not SCHEDULE.fullmatch(self.schedule):
            raise ValueError(f"schedule must be cron(...) of six fields, got {self.schedule!r}")
        if self.keep_days < 1:
            raise ValueError(f"keep_days must be at least 1, got {self.keep_days}")


@dataclass(frozen=True, kw_only=True)
class BackupPlanArgs:
    """What a caller must say.

    Every tier goes to ``vault_name`` and is copied to ``copy_vault_arn`` (another region) and
    ``archive_vault_arn`` (another account). ``selected`` is the value of the tag ``Backup`` on all
    that is backed up. ``topic_arn`` hears of each job that fails.
    """

    account: str
    vault_name: Input[str]
    copy_vault_arn: Input[str]
    archive_vault_arn: Input[str]
    daily: BackupTier
    weekly: BackupTier
    monthly: BackupTier
    selected: str
    topic_arn: Input[str]
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a continuous tier AWS can't keep, and a tier that outlives none before it."""
        if self.daily.keep_days > CONTINUOUS_KEEPS_AT_MOST_DAYS:
            raise ValueError(
                f"daily.keep_days must be at most {CONTINUOUS_KEEPS_AT_MOST_DAYS}, "
                f"which is all a continuous backup has, got {self.daily.keep_days}"
            )
        if not self.daily.keep_days < self.weekly.keep_days < self.monthly.keep_days:
            raise ValueError(
                "keep_days must grow from daily over weekly to monthly, got "
                f"{self.daily.keep_days}, {self.weekly.keep_days}, {self.monthly.keep_days}"
            )


class BackupPlan(pulumi.ComponentResource):
    """Daily, weekly and monthly backups of all that carries the tag, each in three places.

    The daily tier is continuous: of a database it is one recovery point that reaches back
    ``daily.keep_days`` to the second, and its copies are snapshots. A job that fails is told to
    the topic.
    """

    id_: Output[str]
    arn: Output[str]
    role_arn: Output[str]

    def __init__(
        self, name: str, args: BackupPlanArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:backup:BackupPlan", name, None, opts)
        child = f"{name}-plan"
        plan = backup.Plan(
            child,
            rules=[
                _rule("daily", args.daily, args, continuous=True),
                _rule("weekly", args.weekly, args, continuous=False),
                _rule("monthly", args.monthly, args, continuous=False),
            ],
            tags=child_tags(args.tags, name, child),
            opts=ResourceOptions(parent=self),
        )
        role = self._role(name, args)
        backup.Selection(
            f"{name}-selection",
            plan_id=plan.id,
            iam_role_arn=role.arn,
            selection_tags=[
                backup.SelectionSelectionTagArgs(
                    type="STRINGEQUALS", key=BACKUP_TAG, value=args.selected
                )
            ],
            opts=ResourceOptions(parent=self),
        )
        self._tell_failures(name, args)
        self.id_ = plan.id
        self.arn = plan.arn
        self.role_arn = role.arn
        self.register_outputs({"id": self.id_, "arn": self.arn, "roleArn": self.role_arn})

    def _role(self, name: str, args: BackupPlanArgs) -> iam.Role:
        """Make the role with which AWS Backup works: to back up, to copy and to restore."""
        child = f"{name}-role"
        role = iam.Role(
            child,
            description="AWS Backup backs up and restores what carries the tag",
            assume_role_policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "backup.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                            "Condition": {"StringEquals": {"aws:SourceAccount": args.account}},
                        }
                    ],
                }
            ),
            permissions_boundary=boundary_arn(args.account),
            tags=child_tags(args.tags, name, child),
            opts=ResourceOptions(parent=self),
        )
        for noun, policy_arn in ROLE_POLICIES.items():
            iam.RolePolicyAttachment(
                f"{name}-{noun}-policy",
                role=role.name,
                policy_arn=policy_arn,
                opts=ResourceOptions(parent=self),
            )
        return role

    def _tell_failures(self, name: str, args: BackupPlanArgs) -> None:
        """Send the topic every job of the account that failed, was stopped or never began."""
        for noun, (event, member, states) in FAILURES.items():
            child = f"{name}-{noun}"
            rule = cloudwatch.EventRule(
                child,
                description=f"{event} to {', '.join(states)}",
                event_pattern=json.dumps(
                    {
                        "source": ["aws.backup"],
                        "detail-type": [event],
                        "detail": {member: list(states)},
                    }
                ),
                tags=child_tags(args.tags, name, child),
                opts=ResourceOptions(parent=self),
            )
            cloudwatch.EventTarget(
                f"{child}-topic",
                rule=rule.name,
                arn=args.topic_arn,
                opts=ResourceOptions(parent=self),
            )


def _rule(
    rule_name: str, tier: BackupTier, args: BackupPlanArgs, *, continuous: bool
) -> backup.PlanRuleArgs:
    return backup.PlanRuleArgs(
        rule_name=rule_name,
        target_vault_name=args.vault_name,
        schedule=tier.schedule,
        schedule_expression_timezone="Etc/UTC",
        start_window=START_WITHIN_MINUTES,
        completion_window=COMPLETE_WITHIN_MINUTES,
        enable_continuous_backup=continuous,
        # No cold storage: AWS Backup has none for RDS.
        lifecycle=backup.PlanRuleLifecycleArgs(delete_after=tier.keep_days),
        recovery_point_tags={**args.tags, "Tier": rule_name},
        copy_actions=[
            backup.PlanRuleCopyActionArgs(
                destination_vault_arn=vault_arn,
                lifecycle=backup.PlanRuleCopyActionLifecycleArgs(delete_after=tier.keep_days),
            )
            for vault_arn in (args.copy_vault_arn, args.archive_vault_arn)
        ],
    )
