"""Restores that AWS Backup tries by itself, and the task that checks each by SQL.

AWS Backup restores the newest recovery point beside the living database, tells EventBridge, and
deletes the restored one once its validation is in or its time is over. The event starts a task that
looks into the restored database and sends the verdict back. What the task looks for is the image's.

Left out: a restore that fails, of which the backup plan tells, and a check that ends badly, of
which ``run_events`` does, as of every run.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import backup, cloudwatch

from components.database_password import MasterSecret
from components.restore_check import checking, overrides, passed_check, restored
from components.restore_testing_network import RestoreTestingNetwork, RestoreTestingNetworkArgs
from components.starter import starter
from components.tags import child_tags
from components.task import Task, TaskArgs
from components.task_start import start_statements

PLAN_NAME = re.compile(r"[A-Za-z0-9_]{1,50}")  # AWS docs "CreateRestoreTestingPlan"
SELECTION_DAYS = 7
"""How old a recovery point may be to be tried: there is one for each day."""
START_WITHIN_HOURS = 1
VALIDATE_WITHIN_HOURS = 12
"""For which AWS Backup keeps the restored database, if no verdict comes."""


@dataclass(frozen=True, kw_only=True)
class RestoreTestingArgs:
    """What is restored, when, and which task looks at it."""

    plan_name: str
    """Letters, digits and underscores."""
    schedule: str
    """AWS cron in UTC."""
    vault_arn: Input[str]
    """Whose recovery points are tried."""
    database_arn: Input[str]
    role_arn: Input[str]
    """With which AWS Backup restores."""
    subnet_group_name: Input[str]
    task: TaskArgs
    """Without the database's password and its rights, which are added here."""
    master_secret: MasterSecret
    """A restored database has the password of the living one."""
    master_secret_key_arn: Input[str]
    network: RestoreTestingNetworkArgs
    task_subnet_ids: Sequence[Input[str]]
    cluster_arn: Input[str]
    cluster_name: Input[str]
    topic_arn: Input[str]
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a name that AWS Backup would, and a task that listens."""
        if not PLAN_NAME.fullmatch(self.plan_name):
            raise ValueError(
                f"plan_name must be 1 to 50 letters, digits and _, got {self.plan_name!r}"
            )
        if self.task.port is not None:
            raise ValueError(f"task.port must be None for a check, got {self.task.port}")


class RestoreTesting(pulumi.ComponentResource):
    """A restore that is tried at its times, and that counts once it has been looked into."""

    log_group_name: Output[str]
    started_rule: Output[str]
    """Name of the rule that starts the check; EventBridge counts what it could not start."""
    passed_rule: Output[str]
    """Name of the rule that hears of a check that ended well; its count is what is watched."""

    def __init__(
        self, name: str, args: RestoreTestingArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:backup:RestoreTesting", name, None, opts)
        self._name = name
        self._args = args
        self._child = ResourceOptions(parent=self)

        network = RestoreTestingNetwork(f"{name}-network", args.network, opts=self._child)
        task = Task(
            f"{name}-task",
            checking(args.task, args.master_secret, args.master_secret_key_arn),
            opts=self._child,
        )
        plan = self._plan(network)
        started = self._rule(
            "restored",
            "Restore tests that are done: each is looked into",
            Output.json_dumps(restored(plan.arn)),
        )
        self._start(started, task, network)
        passed = self._rule(
            "passed",
            "Restored databases that were looked into and are well",
            json.dumps(passed_check(args.task)),
        )
        cloudwatch.EventTarget(
            f"{name}-passed-topic",
            rule=passed.name,
            arn=args.topic_arn,
            input_transformer=cloudwatch.EventTargetInputTransformerArgs(
                input_paths={"task": "$.detail.taskArn"},
                input_template=json.dumps("A restored database was checked and is well: <task>"),
            ),
            opts=self._child,
        )

        self.log_group_name = task.log_group_name
        self.started_rule, self.passed_rule = started.name, passed.name
        self.register_outputs({"planArn": plan.arn})

    def _plan(self, network: RestoreTestingNetwork) -> backup.RestoreTestingPlan:
        args, name = self._args, self._name
        plan = backup.RestoreTestingPlan(
            f"{name}-plan",
            name=args.plan_name,
            schedule_expression=args.schedule,
            schedule_expression_timezone="Etc/UTC",
            start_window_hours=START_WITHIN_HOURS,
            recovery_point_selection=backup.RestoreTestingPlanRecoveryPointSelectionArgs(
                algorithm="LATEST_WITHIN_WINDOW",
                include_vaults=[args.vault_arn],
                recovery_point_types=["CONTINUOUS", "SNAPSHOT"],
                selection_window_days=SELECTION_DAYS,
            ),
            tags=child_tags(args.tags, name, f"{name}-plan"),
            opts=self._child,
        )
        backup.RestoreTestingSelection(
            f"{name}-selection",
            name=args.plan_name,
            restore_testing_plan_name=plan.name,
            protected_resource_type="RDS",
            protected_resource_arns=[args.database_arn],
            iam_role_arn=args.role_arn,
            validation_window_hours=VALIDATE_WITHIN_HOURS,
            restore_metadata_overrides={
                "dbSubnetGroupName": args.subnet_group_name,
                "vpcSecurityGroupIds": Output.json_dumps([network.restored_id]),
                "publiclyAccessible": "false",
                "multiAz": "false",
            },
            opts=self._child,
        )
        return plan

    def _rule(self, key: str, about: str, pattern: Input[str]) -> cloudwatch.EventRule:
        child = f"{self._name}-{key}"
        return cloudwatch.EventRule(
            child,
            description=about,
            event_pattern=pattern,
            tags=child_tags(self._args.tags, self._name, child),
            opts=self._child,
        )

    def _start(
        self, rule: cloudwatch.EventRule, task: Task, network: RestoreTestingNetwork
    ) -> None:
        """Let the event start the task, told which restore it is about."""
        args, name = self._args, self._name
        place = f"{args.task.region}:{args.task.account}"
        role, policy = starter(
            name,
            "events.amazonaws.com",
            start_statements(
                task, place=place, cluster_arn=args.cluster_arn, cluster_name=args.cluster_name
            ),
            account=args.task.account,
            source_arn=f"arn:aws:events:{place}:rule/{name}-restored-*",
            tags=args.tags,
            parent=self,
        )
        cloudwatch.EventTarget(
            f"{name}-restored-check",
            rule=rule.name,
            arn=args.cluster_arn,
            role_arn=role.arn,
            ecs_target=cloudwatch.EventTargetEcsTargetArgs(
                task_definition_arn=task.arn,
                task_count=1,
                launch_type="FARGATE",
                platform_version="LATEST",
                network_configuration=cloudwatch.EventTargetEcsTargetNetworkConfigurationArgs(
                    subnets=args.task_subnet_ids,
                    security_groups=[network.check_id],
                    assign_public_ip=False,
                ),
                enable_ecs_managed_tags=True,
                enable_execute_command=False,
                propagate_tags="TASK_DEFINITION",
            ),
            input_transformer=cloudwatch.EventTargetInputTransformerArgs(
                input_paths={"job": "$.detail.restoreJobId"},
                input_template=json.dumps(overrides()),
            ),
            opts=ResourceOptions(parent=self, depends_on=[policy]),
        )
