"""The audit trail: who did what in the account, in every region, by CloudTrail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudtrail, cloudwatch, iam

from components.permissions_boundary import boundary_arn
from components.policy_documents import policy_document
from components.tags import child_tags

# No condition on the source: CloudTrail sends none when it takes on this role (AWS CloudTrail User
# Guide, "Role policy document for CloudTrail to use CloudWatch Logs for monitoring").
TRUST = policy_document(
    {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
)


@dataclass(frozen=True, kw_only=True)
class AuditTrailArgs:
    """What the trail is called and where it is kept."""

    account_id: str
    region: str
    trail_name: str
    bucket: Input[str]
    kms_key_arn: Input[str]
    """Needs ``trail_may_encrypt`` and ``logs_may_encrypt`` of ``key_statements``."""
    log_bucket_arns: Sequence[Input[str]]
    """Buckets that only collect logs: their objects are not recorded, or the trail feeds itself."""
    log_group_name: str
    log_retention_days: int
    protect: bool
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a trail that would record its own deliveries."""
        if not self.log_bucket_arns:
            raise ValueError("log_bucket_arns must name the trail's own bucket, got none")


class AuditTrail(pulumi.ComponentResource):
    """Every management event of every region and every touch of an object, signed and encrypted.

    It goes to the archive's bucket, to be kept, and to CloudWatch Logs, to be watched.
    """

    arn: Output[str]
    log_group_name: Output[str]

    def __init__(
        self, name: str, args: AuditTrailArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:security:AuditTrail", name, None, opts)
        self._name = name
        self._args = args
        child = ResourceOptions(parent=self)

        group = cloudwatch.LogGroup(
            f"{name}-log-group",
            name=args.log_group_name,
            retention_in_days=args.log_retention_days,
            kms_key_id=args.kms_key_arn,
            tags=child_tags(args.tags, name, f"{name}-log-group"),
            opts=child,
        )
        role = iam.Role(
            f"{name}-role",
            description="Lets CloudTrail write to the trail's log group",
            assume_role_policy=TRUST,
            permissions_boundary=boundary_arn(args.account_id),
            tags=child_tags(args.tags, name, f"{name}-role"),
            opts=child,
        )
        permission = iam.RolePolicy(
            f"{name}-write", role=role.name, policy=_may_write(args), opts=child
        )
        trail = self._trail(group, role, permission)

        self.arn = trail.arn
        self.log_group_name = group.name
        self.register_outputs({"arn": self.arn, "log_group_name": self.log_group_name})

    def _trail(
        self, group: cloudwatch.LogGroup, role: iam.Role, permission: iam.RolePolicy
    ) -> cloudtrail.Trail:
        args = self._args
        return cloudtrail.Trail(
            f"{self._name}-trail",
            name=args.trail_name,
            s3_bucket_name=args.bucket,
            kms_key_id=args.kms_key_arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_logging=True,
            enable_log_file_validation=True,
            # CloudTrail wants the ARN of every stream of the group.
            cloud_watch_logs_group_arn=group.arn.apply(lambda arn: f"{arn}:*"),
            cloud_watch_logs_role_arn=role.arn,
            advanced_event_selectors=[_management_events(), _object_events(args)],
            tags=child_tags(args.tags, self._name, f"{self._name}-trail"),
            # CloudTrail tries to write while the trail is being made.
            opts=ResourceOptions(parent=self, depends_on=[permission], protect=args.protect),
        )


def trail_arn(*, account_id: str, region: str, trail_name: str) -> str:
    """Return the ARN that a trail of this name will have, for policies written before it exists."""
    return f"arn:aws:cloudtrail:{region}:{account_id}:trail/{trail_name}"


def _may_write(args: AuditTrailArgs) -> str:
    """Return the role's policy: the trail's own streams of its own group, nothing else.

    Source: AWS CloudTrail User Guide, "Role policy document for CloudTrail to use CloudWatch Logs
    for monitoring".
    """
    group = f"arn:aws:logs:{args.region}:{args.account_id}:log-group:{args.log_group_name}"
    stream = f"{args.account_id}_CloudTrail_{args.region}*"
    return policy_document(
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{group}:log-stream:{stream}",
        }
    )


def _management_events() -> cloudtrail.TrailAdvancedEventSelectorArgs:
    return cloudtrail.TrailAdvancedEventSelectorArgs(
        name="management events",
        field_selectors=[
            cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs(
                field="eventCategory", equals=["Management"]
            )
        ],
    )


def _object_events(args: AuditTrailArgs) -> cloudtrail.TrailAdvancedEventSelectorArgs:
    """Record reads and writes of objects in every bucket but those of logs."""
    return cloudtrail.TrailAdvancedEventSelectorArgs(
        name="objects in every bucket but those of logs",
        field_selectors=[
            cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs(
                field="eventCategory", equals=["Data"]
            ),
            cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs(
                field="resources.type", equals=["AWS::S3::Object"]
            ),
            cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs(
                field="resources.ARN",
                not_starts_withs=[Output.concat(arn, "/") for arn in args.log_bucket_arns],
            ),
        ],
    )
