"""The ECS cluster that every task of the environment runs in.

ECS Exec is off at each service. Its log is set up here all the same: whoever turns it on in an
emergency leaves a record, encrypted, and can't forget to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch, ecs

from components.known_once import known_once
from components.log_retention import check_retention
from components.tags import child_tags

ON_DEMAND = "FARGATE"
SPOT = "FARGATE_SPOT"
CLUSTER_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")  # AWS docs "CreateCluster", Amazon ECS


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What a caller must say; Container Insights and the log of ECS Exec are not choices."""

    cluster_name: str
    """Unique in the account and region; ECS names the log group of its measurements by it."""
    exec_log_group_name: str
    log_retention_days: int
    kms_key_arn: Input[str]
    """Encrypts ECS Exec sessions and their log; CloudWatch Logs must be allowed to use it."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a name that ECS refuses, and a log group without one or that forgets too soon."""
        if not CLUSTER_NAME.fullmatch(self.cluster_name):
            raise ValueError(
                "cluster_name must be at most 255 letters, digits, hyphens and underscores, "
                f"got {self.cluster_name!r}"
            )
        if not self.exec_log_group_name:
            raise ValueError("exec_log_group_name must not be empty, got ''")
        check_retention("log_retention_days", self.log_retention_days)


class Cluster(pulumi.ComponentResource):
    """A Fargate cluster that is measured; both kinds of capacity are always there.

    How much of a service runs on Spot is the service's scale, not the cluster's.
    """

    arn: Output[str]
    """Known once the capacity providers are attached: a service that names them needs that."""
    name: Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:compute:Cluster", name, None, opts)
        sessions = cloudwatch.LogGroup(
            f"{name}-exec-log",
            name=args.exec_log_group_name,
            retention_in_days=args.log_retention_days,
            kms_key_id=args.kms_key_arn,
            tags=child_tags(args.tags, name, f"{name}-exec-log"),
            opts=ResourceOptions(parent=self),
        )
        # ECS would make it by itself, without a key and without an end, and leave it behind (Amazon
        # CloudWatch User Guide, "Viewing Container Insights metrics").
        measurements = cloudwatch.LogGroup(
            f"{name}-insights-log",
            name=f"/aws/ecs/containerinsights/{args.cluster_name}/performance",
            retention_in_days=args.log_retention_days,
            kms_key_id=args.kms_key_arn,
            tags=child_tags(args.tags, name, f"{name}-insights-log"),
            opts=ResourceOptions(parent=self),
        )
        log = ecs.ClusterConfigurationExecuteCommandConfigurationLogConfigurationArgs(
            cloud_watch_encryption_enabled=True,
            cloud_watch_log_group_name=sessions.name,
        )
        cluster = ecs.Cluster(
            f"{name}-cluster",
            name=args.cluster_name,
            settings=[ecs.ClusterSettingArgs(name="containerInsights", value="enhanced")],
            configuration=ecs.ClusterConfigurationArgs(
                execute_command_configuration=ecs.ClusterConfigurationExecuteCommandConfigurationArgs(
                    kms_key_id=args.kms_key_arn, logging="OVERRIDE", log_configuration=log
                )
            ),
            tags=child_tags(args.tags, name, f"{name}-cluster"),
            opts=ResourceOptions(parent=self, depends_on=[measurements]),
        )
        capacity = ecs.ClusterCapacityProviders(
            f"{name}-capacity",
            cluster_name=cluster.name,
            capacity_providers=[ON_DEMAND, SPOT],
            # For a task that names no capacity, such as one that a person starts: never Spot.
            default_capacity_provider_strategies=[
                ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(
                    capacity_provider=ON_DEMAND, weight=1
                )
            ],
            opts=ResourceOptions(parent=self),
        )
        self.arn = known_once(cluster.arn, capacity.id)
        self.name = cluster.name
        self.register_outputs({"arn": self.arn, "name": self.name})
