"""What guards an account is on, part by part, and what any of it finds is told."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.account_baseline import AccountBaseline, AccountBaselineArgs
from components.bucket_statements import config_may_deliver
from tests.support.graph import Graph, once, record

STAGING = AccountBaselineArgs(
    account_id="222222222222",
    region="eu-west-1",
    analyzer_name="storefront-staging-outside-access",
    guard_duty=True,
    security_hub=True,
    access_analyzer=True,
    config_recorder=True,
    volume_encryption=True,
    public_access_block=True,
    bucket="storefront-staging-222222222222-access-logs",
    folder="config",
    topic_arn="arn:aws:sns:eu-west-1:222222222222:notifications",
    protect=False,
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, protect=True)
TYPES = {
    "guard_duty": {"aws:guardduty/detector:Detector"},
    "security_hub": {
        "aws:securityhub/account:Account",
        "aws:securityhub/standardsSubscription:StandardsSubscription",
    },
    "access_analyzer": {"aws:accessanalyzer/analyzer:Analyzer"},
    "config_recorder": {
        "aws:cfg/deliveryChannel:DeliveryChannel",
        "aws:cfg/recorder:Recorder",
        "aws:cfg/recorderStatus:RecorderStatus",
    },
    "volume_encryption": {"aws:ebs/encryptionByDefault:EncryptionByDefault"},
    "public_access_block": {"aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"},
}
EVENTS = {"aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"}


@once
def deploy(args: AccountBaselineArgs) -> Graph:
    """Build one baseline offline."""
    return record(lambda: AccountBaseline("baseline", args))


def types(graph: Graph) -> set[str]:
    return {node.type for node in graph.nodes if node.type.startswith("aws:")}


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


def test_all_of_it_is_there_where_all_is_managed_here() -> None:
    assert types(deploy(STAGING)) == set().union(EVENTS, *TYPES.values())


@pytest.mark.parametrize("part", TYPES)
def test_what_is_managed_elsewhere_is_left_alone_and_its_findings_are_told(part: str) -> None:
    elsewhere: dict[str, Any] = {part: False}
    graph = deploy(replace(STAGING, **elsewhere))
    assert types(deploy(STAGING)) - types(graph) == TYPES[part]
    assert len(graph.of("aws:cloudwatch/eventRule:EventRule")) == 3


def test_findings_that_are_kept_are_protected_where_data_are() -> None:
    for type_ in ("aws:guardduty/detector:Detector", "aws:securityhub/account:Account"):
        assert deploy(PRODUCTION).one(type_).options["protect"] is True
        assert not deploy(STAGING).one(type_).options["protect"]


def test_the_recorder_records_all_by_the_role_that_security_hub_wants() -> None:
    recorder = deploy(STAGING).one("aws:cfg/recorder:Recorder").inputs
    assert recorder["recordingGroup"] == {
        "allSupported": True,
        "includeGlobalResourceTypes": True,
    }
    assert recorder["roleArn"] == (
        "arn:aws:iam::222222222222:role/aws-service-role/config.amazonaws.com/"
        "AWSServiceRoleForConfig"
    )


def test_the_recorder_is_started() -> None:
    graph = deploy(STAGING)
    status = graph.one("aws:cfg/recorderStatus:RecorderStatus")
    assert status.inputs["isEnabled"] is True
    assert status.inputs["name"] == graph.one("aws:cfg/recorder:Recorder").inputs["name"]


def test_it_delivers_where_the_bucket_lets_it() -> None:
    channel = deploy(STAGING).one("aws:cfg/deliveryChannel:DeliveryChannel").inputs
    statements = config_may_deliver(
        channel["s3BucketName"], account_id=STAGING.account_id, folder=channel["s3KeyPrefix"]
    )
    put = next(each for each in statements if each["Action"] == "s3:PutObject")
    assert put["Resource"] == (
        "arn:aws:s3:::storefront-staging-222222222222-access-logs/config/AWSLogs/222222222222/"
        "Config/*"
    )
    assert all("aws:SourceAccount" in str(each["Condition"]) for each in statements)


def test_no_standard_but_the_one_that_is_named_is_switched_on() -> None:
    graph = deploy(STAGING)
    assert graph.one("aws:securityhub/account:Account").inputs["enableDefaultStandards"] is False
    standard = graph.one("aws:securityhub/standardsSubscription:StandardsSubscription").inputs
    assert standard["standardsArn"] == (
        "arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0"
    )


def test_high_findings_reach_the_topic() -> None:
    graph = deploy(STAGING)
    rules = {node.name: node for node in graph.of("aws:cloudwatch/eventRule:EventRule")}
    patterns = {name: json.loads(rule.inputs["eventPattern"]) for name, rule in rules.items()}
    severity = patterns["baseline-threat"]["detail"]["severity"]
    assert severity == [{"numeric": [">=", 7]}]
    findings = patterns["baseline-weakness"]["detail"]["findings"]
    assert findings["Severity"]["Label"] == ["CRITICAL", "HIGH"]
    assert findings["ProductName"] == ["Security Hub"], "or GuardDuty's would be told twice"
    assert patterns["baseline-outside-access"]["detail"] == {"status": ["ACTIVE"]}
    targets = graph.of("aws:cloudwatch/eventTarget:EventTarget")
    assert {node.inputs["arn"] for node in targets} == {STAGING.topic_arn}
    assert sorted(node.name for node in targets) == sorted(f"{name}-topic" for name in rules)


def test_a_message_has_a_path_for_each_of_its_words() -> None:
    for target in deploy(STAGING).of("aws:cloudwatch/eventTarget:EventTarget"):
        given = target.inputs["inputTransformer"]
        words = {part.partition(">")[0] for part in given["inputTemplate"].split("<")[1:]}
        assert words == set(given["inputPaths"])
