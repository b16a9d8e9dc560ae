"""What ECS tells of releases and runs that went wrong, passed on to the topic.

ECS takes a failed release back by itself, and then looks as healthy as before. A job or a migration
that ends badly leaves nothing that a metric counts. Both are events only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_aws import cloudwatch

from components.tags import child_tags


@dataclass(frozen=True, kw_only=True)
class RunEventsArgs:
    """The cluster, and who is told."""

    account_id: str
    region: str
    cluster_name: str
    topic_arn: Input[str]
    """Its policy must let EventBridge publish."""
    tags: Mapping[str, str]


class RunEvents(pulumi.ComponentResource):
    """One rule for releases that were taken back, one for runs that ended badly."""

    def __init__(self, name: str, args: RunEventsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:monitoring:RunEvents", name, None, opts)
        self._name = name
        self._args = args
        self._rule(
            "release-failed",
            failed_release(args),
            "A release of <service> failed and was taken back: <reason>",
            service="$.resources[0]",
            reason="$.detail.reason",
        )
        self._rule(
            "run-failed",
            failed_run(args),
            "The run <task> of <group> failed: <reason>",
            task="$.detail.taskArn",
            group="$.detail.group",
            reason="$.detail.stoppedReason",
        )
        self.register_outputs({})

    def _rule(self, key: str, pattern: Mapping[str, Any], message: str, **paths: str) -> None:
        """Send the topic a line for each event that fits; ``paths`` fill in its ``<words>``."""
        child = f"{self._name}-{key}"
        rule = cloudwatch.EventRule(
            child,
            description=message.replace("<", "").replace(">", ""),
            event_pattern=json.dumps(pattern),
            tags=child_tags(self._args.tags, self._name, child),
            opts=ResourceOptions(parent=self),
        )
        cloudwatch.EventTarget(
            f"{child}-topic",
            rule=rule.name,
            arn=self._args.topic_arn,
            input_transformer=cloudwatch.EventTargetInputTransformerArgs(
                input_paths=paths, input_template=json.dumps(message)
            ),
            opts=ResourceOptions(parent=self),
        )


def failed_release(args: RunEventsArgs) -> dict[str, Any]:
    """Return the pattern of a release that did not get well.

    Source: Amazon ECS Developer Guide, "Amazon ECS service deployment state change events".
    """
    services = f"arn:aws:ecs:{args.region}:{args.account_id}:service/{args.cluster_name}/"
    return {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change"],
        "resources": [{"prefix": services}],
        "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
    }


def failed_run(args: RunEventsArgs) -> dict[str, Any]:
    """Return the pattern of a run that never began or ended with another code than 0.

    Tasks of a service are left out: ECS replaces them, and the service's alarms watch it (Amazon
    ECS Developer Guide, "Amazon ECS task state change events").
    """
    cluster = f"arn:aws:ecs:{args.region}:{args.account_id}:cluster/{args.cluster_name}"
    return {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "clusterArn": [cluster],
            "lastStatus": ["STOPPED"],
            "group": [{"prefix": "family:"}],
            "$or": [
                {"containers": {"exitCode": [{"anything-but": 0}]}},
                {"stopCode": ["TaskFailedToStart"]},
            ],
        },
    }
