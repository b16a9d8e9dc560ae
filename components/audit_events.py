"""What is worth an alarm in the audit trail: the events of CIS AWS Foundations, section 4.

The patterns are those that Security Hub looks for (AWS Security Hub User Guide, CloudWatch.1 to
CloudWatch.14; CIS AWS Foundations Benchmark 3.0, 4.1 to 4.14). Nobody is left out of them, the
deployer neither: a change that no deployment explains is just what they are for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

PATTERN_HOLDS = 1024
"""Characters of a filter pattern (Amazon CloudWatch Logs API Reference, PutMetricFilter)."""


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """One kind of event."""

    key: str
    control: str
    """Number in CIS AWS Foundations Benchmark 3.0."""
    says: str
    pattern: str
    most: int = 0
    """How many in five minutes are still nothing to ring for."""


def _any(names: Sequence[str]) -> str:
    return " || ".join(f"($.eventName = {name})" for name in names)


def _of(source: str, names: Sequence[str]) -> str:
    return f"{{ ($.eventSource = {source}) && ({_any(names)}) }}"


AUDIT_EVENTS = (
    AuditEvent(
        key="unauthorised-calls",
        control="4.1",
        says="Calls to AWS are refused again and again: a wrong policy, or somebody trying doors.",
        pattern=(
            '{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")) '
            '&& ($.sourceIPAddress != "delivery.logs.amazonaws.com") '
            '&& ($.eventName != "HeadBucket") }'
        ),
        most=10,
    ),
    AuditEvent(
        key="sign-in-without-mfa",
        control="4.2",
        says="Somebody signed in to the console without a second factor.",
        pattern=(
            '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") '
            '&& ($.userIdentity.type = "IAMUser") '
            '&& ($.responseElements.ConsoleLogin = "Success") }'
        ),
    ),
    AuditEvent(
        key="root-use",
        control="4.3",
        says="The root user of the account was used.",
        pattern=(
            '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS '
            '&& $.eventType != "AwsServiceEvent" }'
        ),
    ),
    AuditEvent(
        key="iam-changes",
        control="4.4",
        says="A policy in IAM was changed.",
        pattern="{ "
        + _any(
            [
                f"{verb}{kind}"
                for verb in ("Delete", "Put")
                for kind in ("GroupPolicy", "RolePolicy", "UserPolicy")
            ]
            + ["CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"]
            + [
                f"{verb}{kind}Policy"
                for kind in ("Role", "User", "Group")
                for verb in ("Attach", "Detach")
            ]
        )
        + " }",
    ),
    AuditEvent(
        key="trail-changes",
        control="4.5",
        says="The audit trail was changed or stopped.",
        pattern="{ "
        + _any(["CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"])
        + " }",
    ),
    AuditEvent(
        key="sign-in-failures",
        control="4.6",
        says="Somebody failed to sign in to the console again and again.",
        pattern=('{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }'),
        most=3,
    ),
    AuditEvent(
        key="key-changes",
        control="4.7",
        says="A KMS key was disabled, or its deletion scheduled: what it encrypts is lost with it.",
        pattern=_of("kms.amazonaws.com", ["DisableKey", "ScheduleKeyDeletion"]),
    ),
    AuditEvent(
        key="bucket-changes",
        control="4.8",
        says="A bucket's policy or rules were changed.",
        pattern=_of(
            "s3.amazonaws.com",
            [
                "PutBucketAcl",
                *(
                    f"{verb}Bucket{what}"
                    for verb in ("Put", "Delete")
                    for what in ("Policy", "Cors", "Lifecycle", "Replication")
                ),
            ],
        ),
    ),
    AuditEvent(
        key="recorder-changes",
        control="4.9",
        says="AWS Config was changed or stopped.",
        pattern=_of(
            "config.amazonaws.com",
            [
                "StopConfigurationRecorder",
                "DeleteDeliveryChannel",
                "PutDeliveryChannel",
                "PutConfigurationRecorder",
            ],
        ),
    ),
    AuditEvent(
        key="security-group-changes",
        control="4.10",
        says="A security group was changed.",
        pattern="{ "
        + _any(
            [
                f"{verb}SecurityGroup{way}"
                for verb in ("Authorize", "Revoke")
                for way in ("Ingress", "Egress")
            ]
            + ["CreateSecurityGroup", "DeleteSecurityGroup"]
        )
        + " }",
    ),
    AuditEvent(
        key="network-acl-changes",
        control="4.11",
        says="A network ACL was changed.",
        pattern="{ "
        + _any(
            [
                "CreateNetworkAcl",
                "CreateNetworkAclEntry",
                "DeleteNetworkAcl",
                "DeleteNetworkAclEntry",
                "ReplaceNetworkAclEntry",
                "ReplaceNetworkAclAssociation",
            ]
        )
        + " }",
    ),
    AuditEvent(
        key="gateway-changes",
        control="4.12",
        says="A way out of the network was made or taken away.",
        pattern="{ "
        + _any(
            [
                "CreateCustomerGateway",
                "DeleteCustomerGateway",
                "AttachInternetGateway",
                "CreateInternetGateway",
                "DeleteInternetGateway",
                "DetachInternetGateway",
            ]
        )
        + " }",
    ),
    AuditEvent(
        key="route-changes",
        control="4.13",
        says="A route of the network was changed.",
        pattern=_of(
            "ec2.amazonaws.com",
            [
                "CreateRoute",
                "CreateRouteTable",
                "ReplaceRoute",
                "ReplaceRouteTableAssociation",
                "DeleteRouteTable",
                "DeleteRoute",
                "DisassociateRouteTable",
            ],
        ),
    ),
    AuditEvent(
        key="vpc-changes",
        control="4.14",
        says="A network itself, or its peering, was changed.",
        pattern="{ "
        + _any(
            [
                "CreateVpc",
                "DeleteVpc",
                "ModifyVpcAttribute",
                *(f"{verb}VpcPeeringConnection" for verb in ("Accept", "Create", "Delete")),
                "RejectVpcPeeringConnection",
                "AttachClassicLinkVpc",
                "DetachClassicLinkVpc",
                "DisableVpcClassicLink",
                "EnableVpcClassicLink",
            ]
        )
        + " }",
    ),
)
