"""All traffic is recorded, in cipher, by a role that can do nothing else."""

import json
from dataclasses import replace

import pytest

from components.flow_logs import FlowLogs, FlowLogsArgs
from tests.support.graph import Graph, once, record

STAGING = FlowLogsArgs(
    account_id="222222222222",
    region="eu-west-1",
    vpc_id="vpc-1",
    log_group_name="/storefront/staging/network",
    retention_days=365,
    kms_key_arn="arn:aws:kms:eu-west-1:222222222222:key/main",
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, log_group_name="/storefront/production/network")
GROUP_ARN = "arn:aws:logs:eu-west-1:222222222222:log-group:/storefront/staging/network"

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: FlowLogsArgs) -> Graph:
    """Build one set of flow logs offline."""
    return record(lambda: FlowLogs("flows", args))


def test_both_environments_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_what_is_let_through_and_what_is_refused_is_recorded(args: FlowLogsArgs) -> None:
    log = deploy(args).one("aws:ec2/flowLog:FlowLog").inputs

    assert log["vpcId"] == "vpc-1"
    assert log["trafficType"] == "ALL"
    assert log["maxAggregationInterval"] == 60
    assert log["logDestinationType"] == "cloud-watch-logs"
    assert log["logDestination"].endswith(":flows-log-group")
    assert log["iamRoleArn"].endswith(":flows-role")


@both
def test_records_are_encrypted_and_kept_for_their_days(args: FlowLogsArgs) -> None:
    group = deploy(args).one("aws:cloudwatch/logGroup:LogGroup").inputs

    assert group["name"] == args.log_group_name
    assert group["kmsKeyId"] == args.kms_key_arn
    assert group["retentionInDays"] == 365


def test_the_role_may_write_to_its_own_group_only() -> None:
    policy = json.loads(deploy(STAGING).one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])

    (statement,) = policy["Statement"]
    assert statement["Resource"] == [GROUP_ARN, f"{GROUP_ARN}:*"]
    assert all(action.startswith("logs:") and "*" not in action for action in statement["Action"])


def test_the_role_serves_flow_logs_of_this_account_only() -> None:
    role = deploy(STAGING).one("aws:iam/role:Role")
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]

    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "222222222222"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ec2:eu-west-1:222222222222:vpc-flow-log/*"},
    }


def test_recording_starts_only_once_the_role_may_write() -> None:
    waits_for = deploy(STAGING).one("aws:ec2/flowLog:FlowLog").options["dependencies"]

    assert any(urn.endswith("::flows-write") for urn in waits_for)
