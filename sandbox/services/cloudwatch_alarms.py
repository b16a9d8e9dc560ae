"""CloudWatch: alarms on metrics, alarms on alarms, dashboards."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, kept, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props, is_known
from sandbox.services.alarm_metrics import (
    alarm_problems,
    decoded_dimensions,
    decoded_queries,
    encoded_dimensions,
    encoded_queries,
)
from sandbox.services.forms import grafted, known_keys, made_by
from sandbox.services.shown import emptied
from sandbox.services.tagging import TaggedType, Tagging

TAGS = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="ResourceARN",
    lists="list_tags_for_resource",
)
REFERENCE = re.compile(r"(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*(\"[^\"]+\"|'[^']+'|[^\s\"')]+)\s*\)")
"""An alarm named in the rule of a composite alarm (PutCompositeAlarm, parameter AlarmRule)."""

SUPPRESSOR = ("alarm", "extensionPeriod", "waitPeriod")
NEW = "the newer way to evaluate an alarm, which moto does not have"


class AlarmType(TaggedType):
    """An alarm; its id is its name, and one request makes it and replaces it whole."""

    service = "cloudwatch"
    tagging = TAGS

    def target(self, aws: Aws, id_: str) -> str:
        return aws.arn("cloudwatch", f"alarm:{id_}")

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put the alarm anew; tags are not taken from one that exists."""
        super().update(aws, id_, old, new, changed & {"tags"})
        if changed - {"tags"}:
            without = {name: value for name, value in new.items() if name != "tags"}
            self.put(aws, without)

    def put(self, aws: Aws, props: Props) -> None:
        """Send the request."""
        aws.call(f"cloudwatch.{self.creates}", **self.params(self.creates, props))

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        aws.call("cloudwatch.delete_alarms", AlarmNames=[id_])


class MetricAlarm(AlarmType):
    """An alarm on one metric or on metric math."""

    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    creates = "put_metric_alarm"
    describe = Describe(
        "describe_alarms",
        lambda name: {"AlarmNames": [name], "AlarmTypes": ["MetricAlarm"]},
        "MetricAlarms[0]",
    )
    autoname = Autoname(longest=255)
    inputs = {
        "actionsEnabled": same(),
        "alarmActions": same(),
        "alarmDescription": same(),
        "comparisonOperator": same(),
        "datapointsToAlarm": same(),
        "dimensions": same(encode=encoded_dimensions, decode=decoded_dimensions, exact=True),
        "evaluateLowSampleCountPercentiles": member("EvaluateLowSampleCountPercentile"),
        "evaluationCriteria": kept(NEW, operation="put_metric_alarm"),
        "evaluationInterval": kept(NEW, operation="put_metric_alarm"),
        "evaluationPeriods": same(),
        "evaluationWindow": kept(NEW),
        "extendedStatistic": same(),
        "insufficientDataActions": same(),
        "metricName": same(),
        "metricQueries": member("Metrics", encode=encoded_queries, decode=decoded_queries),
        "name": member("AlarmName"),
        "namespace": same(),
        "okActions": member("OKActions"),
        "period": same(),
        "statistic": same(),
        "tags": TAGS.carried(),
        "threshold": same(),
        "thresholdMetricId": same(),
        "treatMissingData": same(),
        "unit": same(),
        "warmUpConfiguration": kept(NEW, operation="put_metric_alarm"),
    }
    outputs = {"arn": "AlarmArn"}

    def check(self, props: Props) -> Iterator[Problem]:
        yield from alarm_problems(props)

    def create(self, aws: Aws, new: Props) -> str:
        self.put(aws, new)
        return str(new["name"])

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the alarm; what somebody took away is shown as empty."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        emptied(found, saved, {"alarmDescription": "AlarmDescription"})
        if saved.get("metricQueries"):
            # moto forgets whose metric it is.
            asked = encoded_queries(saved["metricQueries"])
            found["Metrics"] = grafted(found.get("Metrics", []), asked, frozenset({"accountid"}))
        return found


class CompositeAlarm(AlarmType):
    """An alarm on other alarms; the request that makes it is mended into moto."""

    token = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
    creates = "put_composite_alarm"
    describe = Describe(
        "describe_alarms",
        lambda name: {"AlarmNames": [name], "AlarmTypes": ["CompositeAlarm"]},
        "CompositeAlarms[0]",
    )
    inputs = {
        "actionsEnabled": same(),
        "actionsSuppressor": member(
            "ActionsSuppressor", encode=lambda block: block["alarm"], read="Suppressor"
        ),
        "alarmActions": same(),
        "alarmDescription": same(),
        "alarmName": same(),
        "alarmRule": same(),
        "insufficientDataActions": same(),
        "okActions": member("OKActions"),
        "tags": TAGS.carried(),
    }
    outputs = {"arn": "AlarmArn"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Want a rule that names an alarm or a constant, with its brackets closed."""
        yield from known_keys("actionsSuppressor", props.get("actionsSuppressor"), SUPPRESSOR)
        rule = props.get("alarmRule")
        if not isinstance(rule, str):
            return
        if not REFERENCE.search(rule) and not re.search(r"\b(TRUE|FALSE)\b", rule):
            yield "alarmRule", "must refer to an alarm: ALARM(name), OK(name) ..."
        if rule.count("(") != rule.count(")"):
            yield "alarmRule", "must close each bracket that it opens"

    def create(self, aws: Aws, new: Props) -> str:
        self.put(aws, new)
        return str(new["alarmName"])

    def put(self, aws: Aws, props: Props) -> None:
        """Send the request once every alarm of the rule is there, as AWS wants."""
        self._require_alarms(aws, str(props["alarmRule"]))
        params = self.params("put_composite_alarm", props)
        if block := props.get("actionsSuppressor"):
            params["ActionsSuppressorWaitPeriod"] = int(block["waitPeriod"])
            params["ActionsSuppressorExtensionPeriod"] = int(block["extensionPeriod"])
        aws.call("cloudwatch.put_composite_alarm", **params)

    def _require_alarms(self, aws: Aws, rule: str) -> None:
        named = {text.strip("\"'") for text in REFERENCE.findall(rule)}
        names = {name.rpartition(":alarm:")[2] for name in named}
        if not names:
            return
        shown = aws.call(
            "cloudwatch.describe_alarms",
            AlarmNames=sorted(names),
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        )
        there = {alarm["AlarmName"] for kind in _kinds(shown) for alarm in kind}
        if missing := sorted(names - there):
            raise SandboxError(
                "cloudwatch.put_composite_alarm: ValidationError: could not save the composite "
                f"alarm as alarms {', '.join(missing)} in the alarm rule do not exist"
            )

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the alarm with what suppresses it as one block."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        emptied(found, saved, {"alarmDescription": "AlarmDescription"})
        if found.get("ActionsSuppressor"):
            found["Suppressor"] = {
                "alarm": found["ActionsSuppressor"],
                "extensionPeriod": found.get("ActionsSuppressorExtensionPeriod"),
                "waitPeriod": found.get("ActionsSuppressorWaitPeriod"),
            }
        elif saved.get("actionsSuppressor"):
            found["Suppressor"] = {}
        return found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the name if an alarm has it that these inputs could have made."""
        name = str(inputs["alarmName"])
        return name if is_known(inputs) and made_by(self, aws, name, inputs) else None


def _kinds(shown: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    yield shown.get("MetricAlarms") or []
    yield shown.get("CompositeAlarms") or []


class Dashboard(ResourceType):
    """A page of graphs; its id is its name."""

    token = "aws:cloudwatch/dashboard:Dashboard"
    service = "cloudwatch"
    creates = "put_dashboard"
    describe = Describe("get_dashboard", lambda name: {"DashboardName": name}, "@")
    inputs = {"dashboardBody": same(), "dashboardName": same()}
    outputs = {"dashboardArn": "DashboardArn"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Want JSON: CloudWatch refuses everything else."""
        body = props.get("dashboardBody")
        if isinstance(body, str):
            try:
                json.loads(body)
            except ValueError as error:
                yield "dashboardBody", f"must be JSON: {error}"

    def create(self, aws: Aws, new: Props) -> str:
        aws.call("cloudwatch.put_dashboard", **self.params("put_dashboard", new))
        return str(new["dashboardName"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        aws.call("cloudwatch.put_dashboard", **self.params("put_dashboard", new))

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        aws.call("cloudwatch.delete_dashboards", DashboardNames=[id_])

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the name if the page shows what these inputs say."""
        name = str(inputs["dashboardName"])
        return name if made_by(self, aws, name, inputs) else None
