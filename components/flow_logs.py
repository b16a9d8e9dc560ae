"""Flow logs of a VPC: what was let through and what was refused, kept in CloudWatch Logs."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch, ec2, iam

from components.permissions_boundary import boundary_arn
from components.policy_documents import policy_document, service_trust
from components.tags import child_tags

AGGREGATION_SECONDS = 60
"""The shorter of the two intervals that EC2 offers: an incident is followed by the minute."""


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """Which VPC to record, and where to keep what was recorded."""

    account_id: str
    region: str
    vpc_id: Input[str]
    log_group_name: str
    retention_days: int
    kms_key_arn: Input[str]
    tags: Mapping[str, str]


class FlowLogs(pulumi.ComponentResource):
    """All traffic of a VPC, recorded by a role that can write to this one log group only."""

    log_group_name: Output[str]

    def __init__(self, name: str, args: FlowLogsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:network:FlowLogs", name, None, opts)
        child = ResourceOptions(parent=self)

        group = cloudwatch.LogGroup(
            f"{name}-log-group",
            name=args.log_group_name,
            retention_in_days=args.retention_days,
            kms_key_id=args.kms_key_arn,
            tags=child_tags(args.tags, name, f"{name}-log-group"),
            opts=child,
        )
        role = iam.Role(
            f"{name}-role",
            description="Lets VPC Flow Logs write to the flow log group",
            assume_role_policy=service_trust(
                "vpc-flow-logs.amazonaws.com",
                account_id=args.account_id,
                source_arn=f"arn:aws:ec2:{args.region}:{args.account_id}:vpc-flow-log/*",
            ),
            permissions_boundary=boundary_arn(args.account_id),
            tags=child_tags(args.tags, name, f"{name}-role"),
            opts=child,
        )
        permission = iam.RolePolicy(
            f"{name}-write", role=role.name, policy=_may_write(args), opts=child
        )
        ec2.FlowLog(
            f"{name}-all-traffic",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=AGGREGATION_SECONDS,
            tags=child_tags(args.tags, name, f"{name}-all-traffic"),
            # Without the permission the first deliveries fail, and nobody is told.
            opts=ResourceOptions(parent=self, depends_on=[permission]),
        )

        self.log_group_name = group.name
        self.register_outputs({"log_group_name": self.log_group_name})


def _may_write(args: FlowLogsArgs) -> str:
    """Return the role's policy.

    The actions are those of the Amazon VPC User Guide, "IAM role for publishing flow logs to
    CloudWatch Logs", without ``logs:CreateLogGroup``: the group is made here, with its key.
    """
    group = f"arn:aws:logs:{args.region}:{args.account_id}:log-group:{args.log_group_name}"
    return policy_document(
        {
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
            ],
            "Resource": [group, f"{group}:*"],
        }
    )
