"""Cost Explorer: monitors of unusual costs, and who is told. moto has neither."""

import uuid
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Carry, kept
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props, as_list
from sandbox.services.forms import Renamed

EXPRESSION = Renamed(
    {
        "ands": "And",
        "costCategory": "CostCategories",
        "dimension": "Dimensions",
        "not": "Not",
        "ors": "Or",
        "tags": "Tags",
    }
)
NOT_IN_MOTO = "moto has no cost anomaly detection"
BY_TOPIC = "IMMEDIATE"


def _held(operation: str = "", name: str = "") -> Carry:
    return kept(NOT_IN_MOTO, operation=operation, name=name)


class AnomalyType(ResourceType):
    """What only Pulumi's state holds; its id is its ARN, which ends in a UUID."""

    service = "ce"
    kept = NOT_IN_MOTO
    noun = ""
    """As the ARN calls it."""

    def invent_id(self, aws: Aws, urn: str, new: Props) -> str:
        made = uuid.UUID(super().invent_id(aws, urn, new))
        return f"arn:aws:ce::{aws.account}:{self.noun}/{made}"

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"arn": id_}


class AnomalyMonitor(AnomalyType):
    """What is searched for unusual costs."""

    token = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
    noun = "anomalymonitor"
    creates = "create_anomaly_monitor"
    inputs = {
        "monitorDimension": _held(creates, "AnomalyMonitor.MonitorDimension"),
        "monitorSpecification": _held(),
        "monitorType": _held(creates, "AnomalyMonitor.MonitorType"),
        "name": _held(creates, "AnomalyMonitor.MonitorName"),
        "tags": _held(),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Want what the type of monitor goes by, and nothing else."""
        by_type = {"CUSTOM": "monitorSpecification", "DIMENSIONAL": "monitorDimension"}
        kind = props.get("monitorType")
        for each, name in by_type.items():
            if kind == each and name not in props:
                yield name, f"is required with {each}"
            if kind in by_type and kind != each and name in props:
                yield name, f"must not be given with {kind}"


class AnomalySubscription(AnomalyType):
    """Who is told of unusual costs, and from which sum on."""

    token = "aws:costexplorer/anomalySubscription:AnomalySubscription"
    noun = "anomalysubscription"
    creates = "create_anomaly_subscription"
    inputs = {
        "frequency": _held(creates, "AnomalySubscription.Frequency"),
        "monitorArnLists": _held(creates, "AnomalySubscription.MonitorArnList"),
        "name": _held(creates, "AnomalySubscription.SubscriptionName"),
        "subscribers": _held(creates, "AnomalySubscription.Subscribers"),
        "tags": _held(),
        "thresholdExpression": kept(
            NOT_IN_MOTO,
            operation=creates,
            name="AnomalySubscription.ThresholdExpression",
            encode=EXPRESSION.encode,
        ),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Want the kind of subscriber that the frequency takes."""
        at_once = props.get("frequency") == BY_TOPIC
        wanted = "SNS" if at_once else "EMAIL"
        for index, each in enumerate(as_list(props.get("subscribers"))):
            kind: Any = each.get("type") if isinstance(each, dict) else None
            if isinstance(kind, str) and kind != wanted:
                frequency = props.get("frequency")
                yield f"subscribers[{index}].type", f"must be {wanted} with {frequency}, got {kind}"
        if "thresholdExpression" not in props:
            yield "thresholdExpression", "is required: from which sum on people are told"
