"""The data refresh: how a database's data leave the account without the people in it.

A state machine makes a raw copy in subnets with no way out, has it sanitised into a second copy and
that one scanned, and shares a snapshot of the second with one other account. What it does step by
step is in ``data_refresh_definition``, what it may do in ``data_refresh_rights``.

Left out: what the other account does with the snapshot, and old snapshots, which commands delete.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch, iam, secretsmanager, sfn

from components.data_refresh_definition import definition
from components.data_refresh_network import DataRefreshNetwork, DataRefreshNetworkArgs
from components.data_refresh_rights import (
    RefreshNames,
    ending_statements,
    keeping_statements,
    making_statements,
    password_statements,
    reading_statements,
    signing_statement,
    task_statements,
    telling_statements,
)
from components.data_refresh_steps import RAW, SANITISED, Copies, RefreshSteps, TaskRun
from components.kept_secret import kept_secret, part_of, random_value
from components.machine_schedule import MachineSchedule, MachineScheduleArgs
from components.permissions_boundary import boundary_arn
from components.policy_documents import Statement, service_trust
from components.tags import child_tags
from components.task import Task, TaskArgs

SANITISE_KEY = "UNDERSTUDY_SANITISE_KEY"
SCAN_KEY = "UNDERSTUDY_SCAN_KEY"
COPIES_OF = {"prepare": (RAW,), "sanitise": (RAW, SANITISED), "scan": (SANITISED,)}
"""By task, the copies that it logs in to."""
TASKS = tuple(COPIES_OF)
LONGEST_HOURS = 24
"""Of each task; a copy that takes longer is stopped and deleted."""
RUNS_FOLDER, MANIFESTS_FOLDER = "runs", "manifests"


@dataclass(frozen=True, kw_only=True)
class DataRefreshArgs:
    """What is copied, who does it, when, and who is given the result."""

    names: RefreshNames
    source_identifier: Input[str]
    """The living database."""
    engine_version: str
    instance_class: str
    """Of both copies."""
    storage_gib: int
    """Of the sanitised copy; the raw one has what its backup has."""
    database_name: str
    master_user: str
    tasks: Mapping[str, TaskArgs]
    """``prepare``, ``sanitise`` and ``scan``, without secrets and rights, which are added here."""
    signing_key_arn: Input[str]
    """Signs the manifest of what the scan found clean."""
    bucket_arn: Input[str]
    """Where the preparation leaves what the scan compares with, and the scan its manifest."""
    network: DataRefreshNetworkArgs
    cluster_arn: Input[str]
    cluster_name: Input[str]
    main_key_arn: Input[str]
    sharing_key_arn: Input[str]
    """Its policy lets the other account use it."""
    mirror_account: str
    topic_arn: Input[str]
    machine_name: str
    """Also the schedule group's, unique in the account and region."""
    log_group_name: str
    """Begins with ``/aws/vendedlogs/``, so that log deliveries share one resource policy."""
    log_retention_days: int
    key_rotation: str
    """Another text gives the sanitiser another key, and so other fakes for the same rows."""
    recovery_days: int
    scheduled: bool
    schedule: str
    timezone: str
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a copy that is shared with its own account, and a log that AWS would not write."""
        if set(self.tasks) != set(TASKS):
            raise ValueError(f"tasks must be {', '.join(TASKS)}, got {', '.join(self.tasks)}")
        if self.mirror_account == self.names.account:
            raise ValueError(f"mirror_account must be another, got {self.mirror_account!r}")
        if not self.log_group_name.startswith("/aws/vendedlogs/"):
            raise ValueError(
                f"log_group_name must begin with /aws/vendedlogs/, got {self.log_group_name!r}"
            )


class DataRefresh(pulumi.ComponentResource):
    """A state machine that lets out nothing but what a scan has found clean."""

    machine_arn: Output[str]
    schedule_group_name: Output[str]
    log_group_name: Output[str]
    task_log_group_names: dict[str, Output[str]]

    def __init__(
        self, name: str, args: DataRefreshArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:data:DataRefresh", name, None, opts)
        self._name = name
        self._args = args
        self._child = ResourceOptions(parent=self)

        network = DataRefreshNetwork(f"{name}-network", args.network, opts=self._child)
        tasks = self._tasks()
        log = self._log()
        role, policy = self._role(self._rights(network, list(tasks.values())))
        machine = sfn.StateMachine(
            f"{name}-machine",
            name=args.machine_name,
            role_arn=role.arn,
            definition=Output.json_dumps(definition(self._steps(network, tasks))),
            type="STANDARD",
            logging_configuration=sfn.StateMachineLoggingConfigurationArgs(
                level="ALL",
                # Where a run stood is enough; what passed between steps is in its history.
                include_execution_data=False,
                log_destination=Output.format("{0}:*", log.arn),
            ),
            tags=child_tags(args.tags, name, f"{name}-machine"),
            # Step Functions tries the log when the machine is made.
            opts=ResourceOptions(parent=self, depends_on=[policy]),
        )
        schedule = MachineSchedule(
            f"{name}-times",
            MachineScheduleArgs(
                account=args.names.account,
                region=args.names.region,
                group_name=args.machine_name,
                machine_arn=machine.arn,
                enabled=args.scheduled,
                schedule=args.schedule,
                timezone=args.timezone,
                tags=args.tags,
            ),
            opts=self._child,
        )

        self.machine_arn = machine.arn
        self.schedule_group_name = schedule.group_name
        self.log_group_name = log.name
        self.task_log_group_names = {key: task.log_group_name for key, task in tasks.items()}
        self.register_outputs({"machineArn": self.machine_arn})

    def _tasks(self) -> dict[str, Task]:
        """Make the three tasks, each with its keys and with the right to its own copies."""
        args = self._args
        sanitiser, scanner = self._secret("sanitise-key"), self._secret("scan-key")
        kept = partial(keeping_statements, args.bucket_arn, args.sharing_key_arn)
        return {
            "prepare": self._task("prepare", {SCAN_KEY: scanner}, kept(writes=RUNS_FOLDER)),
            "sanitise": self._task("sanitise", {SANITISE_KEY: sanitiser}, []),
            "scan": self._task(
                "scan",
                {SCAN_KEY: scanner},
                [
                    *kept(reads=RUNS_FOLDER, writes=MANIFESTS_FOLDER),
                    signing_statement(args.signing_key_arn),
                ],
            ),
        }

    def _task(
        self,
        key: str,
        secrets: Mapping[str, Input[str]],
        permissions: Sequence[Statement],
    ) -> Task:
        args = self._args
        reading = reading_statements(args.names, COPIES_OF[key], args.main_key_arn)
        given = replace(
            args.tasks[key],
            secrets=secrets,
            secret_key_arns=[args.main_key_arn],
            permissions=[*reading, *permissions],
        )
        return Task(f"{self._name}-{key}-task", given, opts=self._child)

    def _secret(self, key: str) -> Output[str]:
        """Keep a random value, and return how a container refers to it."""
        args, child = self._args, f"{self._name}-{key}"
        secret = kept_secret(
            child,
            f"The data refresh's {key.replace('-', ' ')}",
            kms_key_arn=args.main_key_arn,
            recovery_days=args.recovery_days,
            tags=child_tags(args.tags, self._name, child),
            parent=self,
        )
        version = secretsmanager.SecretVersion(
            f"{child}-version",
            secret_id=secret.id,
            secret_string=random_value(f"{child}-value", args.key_rotation, parent=self).result,
            opts=self._child,
        )
        return part_of(secret.arn, version.version_id)

    def _log(self) -> cloudwatch.LogGroup:
        args, child = self._args, f"{self._name}-log"
        return cloudwatch.LogGroup(
            child,
            name=args.log_group_name,
            retention_in_days=args.log_retention_days,
            kms_key_id=args.main_key_arn,
            tags=child_tags(args.tags, self._name, child),
            opts=self._child,
        )

    def _rights(self, network: DataRefreshNetwork, tasks: Sequence[Task]) -> list[Statement]:
        args = self._args
        return [
            *making_statements(
                args.names,
                source_identifier=args.source_identifier,
                subnet_group=network.subnet_group_name,
            ),
            *ending_statements(args.names),
            *password_statements(
                args.names, main_key_arn=args.main_key_arn, sharing_key_arn=args.sharing_key_arn
            ),
            *task_statements(
                args.names, tasks, cluster_arn=args.cluster_arn, cluster_name=args.cluster_name
            ),
            *telling_statements(args.topic_arn),
        ]

    def _role(self, statements: Sequence[Statement]) -> tuple[iam.Role, iam.RolePolicy]:
        """Make the role that Step Functions takes on for this machine alone."""
        args, child = self._args, f"{self._name}-machine"
        place = f"{args.names.region}:{args.names.account}"
        role = iam.Role(
            f"{child}-role",
            assume_role_policy=service_trust(
                "states.amazonaws.com",
                account_id=args.names.account,
                source_arn=f"arn:aws:states:{place}:stateMachine:{args.machine_name}",
            ),
            permissions_boundary=boundary_arn(args.names.account),
            tags=child_tags(args.tags, self._name, f"{child}-role"),
            opts=self._child,
        )
        policy = iam.RolePolicy(
            f"{child}-policy",
            role=role.name,
            policy=Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}),
            opts=self._child,
        )
        return role, policy

    def _steps(self, network: DataRefreshNetwork, tasks: Mapping[str, Task]) -> RefreshSteps:
        args = self._args
        runs = {
            key: TaskRun(
                task_definition=task.arn,
                group_id=network.task_group_ids[key],
                told_of=COPIES_OF[key],
                longest_hours=LONGEST_HOURS,
            )
            for key, task in tasks.items()
        }
        return RefreshSteps(
            copies=Copies(
                source_identifier=args.source_identifier,
                prefix=args.names.prefix,
                snapshot_prefix=args.names.snapshot_prefix,
                engine_version=args.engine_version,
                instance_class=args.instance_class,
                storage_gib=args.storage_gib,
                database_name=args.database_name,
                master_user=args.master_user,
                subnet_group=network.subnet_group_name,
                raw_group_id=network.raw_id,
                sanitised_group_id=network.sanitised_id,
                secret_key_arn=args.main_key_arn,
                sharing_key_arn=args.sharing_key_arn,
                tags=args.tags,
            ),
            prepare=runs["prepare"],
            sanitise=runs["sanitise"],
            scan=runs["scan"],
            cluster_arn=args.cluster_arn,
            subnet_ids=args.network.subnet_ids,
            mirror_account=args.mirror_account,
            topic_arn=args.topic_arn,
        )
