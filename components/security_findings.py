"""Findings of security services that somebody must see, passed on to the topic."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_aws import cloudwatch

from components.tags import child_tags

FROM_HIGH = 7
"""GuardDuty's severities from 7 are high or critical (Amazon GuardDuty User Guide, "Severity
levels of GuardDuty findings")."""
FINDINGS: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, str]]] = {
    "threat": (
        "GuardDuty in <account>, <region>: <title>",
        {
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": [">=", FROM_HIGH]}]},
        },
        {"title": "$.detail.title"},
    ),
    # Its own controls alone: what GuardDuty finds is there too, and is told above.
    "weakness": (
        "Security Hub in <account>, <region>: <title>",
        {
            "source": ["aws.securityhub"],
            "detail-type": ["Security Hub Findings - Imported"],
            "detail": {
                "findings": {
                    "ProductName": ["Security Hub"],
                    "Compliance": {"Status": ["FAILED"]},
                    "RecordState": ["ACTIVE"],
                    "Severity": {"Label": ["CRITICAL", "HIGH"]},
                    "Workflow": {"Status": ["NEW"]},
                }
            },
        },
        {"title": "$.detail.findings[0].Title"},
    ),
    "outside-access": (
        "Access Analyzer in <account>, <region>: <resource> can be reached from outside",
        {
            "source": ["aws.access-analyzer"],
            "detail-type": ["Access Analyzer Finding"],
            "detail": {"status": ["ACTIVE"]},
        },
        {"resource": "$.detail.resource"},
    ),
}
"""By name: what is told, which events it is about, and what of the event fills its words in."""


def pass_on_findings(
    name: str, *, topic_arn: Input[str], tags: Mapping[str, str], parent: pulumi.Resource
) -> None:
    """Make a rule for each kind of finding; the topic's policy must let EventBridge publish."""
    for noun, (message, pattern, paths) in FINDINGS.items():
        child = f"{name}-{noun}"
        rule = cloudwatch.EventRule(
            child,
            description=message.replace("<", "").replace(">", ""),
            event_pattern=json.dumps(pattern),
            tags=child_tags(tags, name, child),
            opts=ResourceOptions(parent=parent),
        )
        cloudwatch.EventTarget(
            f"{child}-topic",
            rule=rule.name,
            arn=topic_arn,
            input_transformer=cloudwatch.EventTargetInputTransformerArgs(
                input_paths={"account": "$.account", "region": "$.region", **paths},
                input_template=json.dumps(message),
            ),
            opts=ResourceOptions(parent=parent),
        )
