"""Log groups, metric filters and resource policies through their lives on moto."""

import json
from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.provider.aws import AwsError
from tests.sandbox.services.test_kms import make_key, policy, statement
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled

GROUP = "aws:cloudwatch/logGroup:LogGroup"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
ERRORS = {"name": "errors", "namespace": "shop", "value": "1", "defaultValue": "0"}


def make_group(cloud: Cloud, name: str, **more: Any) -> Thing:
    inputs = {"name": name, "retentionInDays": 365, "tags": {"Name": name}}
    return cloud.make(GROUP, "log", {**inputs, **more})


def logs_key(cloud: Cloud, name: str, groups: str) -> Thing:
    service = {"Service": "logs.eu-west-1.amazonaws.com"}
    arn = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:{groups}"
    condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}}
    may = statement(Principal=service, Action=["kms:Encrypt*"], Condition=condition)
    return make_key(cloud, name, policy=policy(statement(), may))


def test_a_log_group_lives_changes_and_goes(cloud: Cloud) -> None:
    key = logs_key(cloud, "logs", "/shop/*")
    other = logs_key(cloud, "logs-other", "*")
    group = make_group(cloud, "/shop/web", kmsKeyId=key.props["arn"], logGroupClass="STANDARD")
    longer = make_group(cloud, "/shop/web-2")
    settled(group)
    assert group.id == "/shop/web"
    assert group.props["arn"] == f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/shop/web"
    group.update(
        kmsKeyId=other.props["arn"], retentionInDays=400, tags={"Name": "web", "More": "yes"}
    )
    settled(group)
    group.update(kmsKeyId=None, retentionInDays=None, tags=None)
    settled(group)
    assert group.props["retentionInDays"] == 0
    logs = cloud.boto3("logs")
    logs.put_retention_policy(logGroupName="/shop/web", retentionInDays=1)
    group.update(retentionInDays=30)
    logs.delete_retention_policy(logGroupName="/shop/web")
    assert group.refresh() == {"retentionInDays"}
    assert group.imported()["name"] == "/shop/web"
    group.delete()
    assert group.refresh() is None
    for thing in (longer, key, other):
        thing.delete()


def test_a_key_that_logs_may_not_use_is_refused(cloud: Cloud) -> None:
    shut, narrow = make_key(cloud, "shut"), logs_key(cloud, "narrow", "/shop/*")
    for key in (shut.props["arn"], narrow.props["arn"], shut.props["arn"][:-1]):
        with pytest.raises(SandboxError, match="is not allowed to be used with"):
            make_group(cloud, "/other", kmsKeyId=key)
    shut.delete()
    narrow.delete()


def test_a_retention_that_logs_does_not_know_is_refused_in_preview(cloud: Cloud) -> None:
    assert set(cloud.problems(GROUP, {"retentionInDays": 31})) == {"retentionInDays"}
    assert set(cloud.problems(GROUP, {"name": "a b"})) == {"name"}
    assert set(cloud.problems(GROUP, {"logGroupClass": "CHEAP"})) == {"logGroupClass"}


def test_a_protected_log_group_and_one_that_is_to_stay_are_not_deleted(cloud: Cloud) -> None:
    group = make_group(cloud, "/kept", deletionProtectionEnabled=True)
    settled(group)
    with pytest.raises(AwsError, match="Deletion protection"):
        group.delete()
    group.update(deletionProtectionEnabled=False, skipDestroy=True)
    group.delete()
    assert group.refresh() == set()
    group.update(skipDestroy=False)
    group.delete()
    assert group.refresh() is None


def test_a_metric_filter_lives_changes_and_goes_with_its_group(cloud: Cloud) -> None:
    group = make_group(cloud, "/filtered")
    inputs = {"logGroupName": group.id, "pattern": "ERROR", "metricTransformation": ERRORS}
    counted = cloud.make(FILTER, "errors", inputs)
    settled(counted)
    assert counted.id.startswith("errors-")
    counted.update(pattern="FATAL", metricTransformation={**ERRORS, "value": "2", "unit": "Count"})
    settled(counted)
    logs = cloud.boto3("logs")
    assert len(logs.describe_metric_filters(logGroupName=group.id)["metricFilters"]) == 1
    assert counted.imported()["metricTransformation"]["defaultValue"] == "0"
    read = cloud.provider.read(counted.urn, f"{group.id}:{counted.id}", {}, {})
    assert read is not None
    assert read[1]["logGroupName"] == group.id
    live = [{"metricName": "errors", "metricNamespace": "shop", "metricValue": "9"}]
    logs.put_metric_filter(
        logGroupName=group.id,
        filterName=counted.id,
        filterPattern="FATAL",
        metricTransformations=live,
    )
    assert counted.refresh() == {"metricTransformation"}
    counted.delete()
    assert counted.refresh() is None
    again = cloud.make(FILTER, "errors", inputs)
    group.delete()
    assert again.refresh() is None
    with pytest.raises(SandboxError, match="log group /filtered does not exist"):
        cloud.make(FILTER, "errors", inputs)


def test_a_metric_that_logs_would_refuse_is_refused_in_preview(cloud: Cloud) -> None:
    wrong = {"namespace": "AWS/x", "value": "1", "defaultValue": "0", "dimensions": {"a": "$.a"}}
    inputs = {"logGroupName": "/x", "pattern": "", "name": "n", "metricTransformation": wrong}
    assert set(cloud.problems(FILTER, inputs)) == {
        "metricTransformation.name",
        "metricTransformation.namespace",
        "metricTransformation.defaultValue",
    }


def test_a_resource_policy_lives_changes_and_goes(cloud: Cloud) -> None:
    writes = statement(
        Principal={"Service": "route53.amazonaws.com"}, Action="logs:PutLogEvents", Resource="*"
    )
    inputs = {"policyName": "queries", "policyDocument": policy(writes), "region": "us-east-1"}
    made = cloud.make(POLICY, "queries", inputs)
    settled(made)
    made.update(policyDocument=policy({**writes, "Sid": "Writes"}))
    settled(made)
    cloud.boto3("logs", "us-east-1").put_resource_policy(
        policyName="queries", policyDocument=policy(writes)
    )
    assert made.refresh() == {"policyDocument"}
    assert json.loads(made.props["policyDocument"])["Statement"] == [writes]
    made.delete()
    assert made.refresh() is None
    assert set(cloud.problems(POLICY, {"policyDocument": "{}"})) == {"policyDocument", "policyName"}
