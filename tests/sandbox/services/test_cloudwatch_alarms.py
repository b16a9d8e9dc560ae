"""Alarms and dashboards through their lives on moto."""

import json
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled

COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
METRIC = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"

PLAIN: dict[str, Any] = {
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 3,
    "datapointsToAlarm": 2,
    "metricName": "CPUUtilization",
    "namespace": "AWS/ECS",
    "dimensions": {"ClusterName": "shop", "ServiceName": "web"},
    "statistic": "Average",
    "period": 60,
    "threshold": 80,
    "treatMissingData": "breaching",
    "alarmActions": [TOPIC],
    "okActions": [TOPIC],
    "actionsEnabled": True,
}
QUERIES: list[dict[str, Any]] = [
    {"id": "result", "expression": "errors / requests", "label": "share", "returnData": True},
    {
        "id": "errors",
        "accountId": ACCOUNT,
        "metric": {
            "metricName": "5XX",
            "namespace": "AWS/ApplicationELB",
            "dimensions": {"LoadBalancer": "app/x/1"},
            "stat": "Sum",
            "period": 60,
        },
    },
    {
        "id": "requests",
        "returnData": False,
        "metric": {
            "metricName": "RequestCount",
            "namespace": "AWS/ApplicationELB",
            "stat": "Sum",
            "period": 60,
        },
    },
]


def an_alarm(cloud: Cloud, name: str, **more: Any) -> Thing:
    return cloud.make(METRIC, name, {"name": name, **PLAIN, "tags": {"Name": name}, **more})


def test_an_alarm_lives_changes_and_goes(cloud: Cloud) -> None:
    alarm = an_alarm(cloud, "cpu", alarmDescription="busy")
    settled(alarm)
    assert alarm.props["arn"] == f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:cpu"
    client = cloud.boto3("cloudwatch")
    client.set_alarm_state(AlarmName="cpu", StateValue="ALARM", StateReason="drill")
    alarm.update(threshold=90.5, okActions=None, tags={"More": "yes"}, alarmDescription=None)
    settled(alarm)
    shown = client.describe_alarms(AlarmNames=["cpu"])["MetricAlarms"][0]
    assert shown["StateValue"] == "ALARM", "an alarm that is put anew keeps its state"
    assert alarm.imported()["dimensions"] == PLAIN["dimensions"]
    assert alarm.plan(name="other").replaces == {"name"}
    client.disable_alarm_actions(AlarmNames=["cpu"])
    assert alarm.refresh() == {"actionsEnabled"}
    alarm.delete()
    assert alarm.refresh() is None
    assert alarm.found() is None
    fresh = an_alarm(cloud, "cpu")
    assert fresh.props["tags"] == {"Name": "cpu"}


def test_an_alarm_on_metric_math_lives_and_changes(cloud: Cloud) -> None:
    base = {
        "name": "share",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 3,
        "threshold": 5,
    }
    alarm = cloud.make(METRIC, "share", {**base, "metricQueries": QUERIES})
    settled(alarm)
    imported = {query["id"]: query for query in alarm.imported()["metricQueries"]}
    assert imported["errors"]["metric"] == QUERIES[1]["metric"]
    changed = [{**QUERIES[0], "expression": "100 * errors / requests"}, *QUERIES[1:]]
    assert alarm.plan(metricQueries=changed).changed == {"metricQueries"}
    alarm.update(metricQueries=changed)
    settled(alarm)


def test_an_alarm_that_cloudwatch_would_refuse_is_refused(cloud: Cloud) -> None:
    def said_of(**more: Any) -> set[str]:
        inputs = {**PLAIN, "name": "x", **more}
        return set(
            cloud.problems(
                METRIC, {key: value for key, value in inputs.items() if value is not None}
            )
        )

    assert said_of() == set()
    assert said_of(metricQueries=QUERIES) >= {"metricName", "period", "statistic"}
    assert said_of(statistic=None) == {"statistic"}
    assert said_of(period=90) == {"period"}
    assert said_of(period=3600, evaluationPeriods=200) == {"period"}
    assert said_of(datapointsToAlarm=4) == {"datapointsToAlarm"}
    assert said_of(treatMissingData="good") == {"treatMissingData"}
    assert said_of(threshold=None) == {"threshold"}
    assert said_of(comparisonOperator="More") == {"comparisonOperator"}
    two = [{**query, "returnData": True} for query in QUERIES]
    alone = dict.fromkeys(("metricName", "namespace", "dimensions", "statistic", "period"))
    assert said_of(**alone, metricQueries=two) == {"metricQueries"}
    twice = [*QUERIES, {**QUERIES[1], "expression": "1"}]
    assert said_of(**alone, metricQueries=twice) == {
        "metricQueries[1].id",
        "metricQueries[3]",
        "metricQueries[3].id",
    }


def test_a_composite_alarm_lives_changes_and_goes(cloud: Cloud) -> None:
    an_alarm(cloud, "one")
    an_alarm(cloud, "two")
    composite = cloud.make(
        COMPOSITE,
        "down",
        {
            "alarmName": "down",
            "alarmDescription": "nobody can buy",
            "alarmRule": 'ALARM("one") AND ALARM(two)',
            "alarmActions": [TOPIC],
            "actionsSuppressor": {"alarm": "two", "extensionPeriod": 60, "waitPeriod": 30},
            "tags": {"Name": "down"},
        },
    )
    settled(composite)
    assert composite.props["arn"] == f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:down"
    assert composite.imported()["actionsSuppressor"]["waitPeriod"] == 30
    composite.update(alarmRule='ALARM("one")', tags={"More": "yes"}, actionsSuppressor=None)
    settled(composite)
    assert composite.imported()["tags"] == {"More": "yes"}
    cloud.boto3("cloudwatch").put_composite_alarm(
        AlarmName="down", AlarmRule='OK("one")', AlarmActions=[TOPIC]
    )
    assert composite.refresh() == {"alarmDescription", "alarmRule"}
    composite.delete()
    assert composite.refresh() is None
    assert composite.found() is None


def test_a_composite_alarm_wants_the_alarms_of_its_rule(cloud: Cloud) -> None:
    inputs = {"alarmName": "lost", "alarmRule": "ALARM(nowhere)"}
    with pytest.raises(SandboxError, match="alarms nowhere in the alarm rule do not exist"):
        cloud.make(COMPOSITE, "lost", inputs)
    for rule in ("nowhere", "(ALARM(one)"):
        assert "alarmRule" in cloud.problems(COMPOSITE, {"alarmName": "x", "alarmRule": rule})


def test_a_dashboard_lives_changes_and_goes(cloud: Cloud) -> None:
    body = {"widgets": [{"type": "text", "width": 1, "height": 1, "properties": {"markdown": "a"}}]}
    page = cloud.make(DASHBOARD, "p", {"dashboardName": "shop", "dashboardBody": json.dumps(body)})
    settled(page)
    assert page.props["dashboardArn"] == f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/shop"
    page.update(dashboardBody=json.dumps({"widgets": []}))
    settled(page)
    cloud.boto3("cloudwatch").put_dashboard(DashboardName="shop", DashboardBody=json.dumps(body))
    assert page.refresh() == {"dashboardBody"}
    assert page.imported()["dashboardName"] == "shop"
    page.delete()
    assert page.refresh() is None
    assert page.found() is None
    assert "dashboardBody" in cloud.problems(
        DASHBOARD, {"dashboardName": "x", "dashboardBody": "{"}
    )
