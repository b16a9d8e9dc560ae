"""Subnet groups, parameter groups and event subscriptions of RDS through their lives on moto."""

import pytest

from sandbox.errors import SandboxError
from tests.sandbox.services.rds_network import EVENTS, PARAMETERS, SUBNETS, instance, subnets
from tests.support.cloud import Cloud, settled


def test_a_subnet_group_keeps_its_subnets_through_a_change(cloud: Cloud) -> None:
    _, (first, second, third) = subnets(cloud, "10.40.0.0/16")
    group = cloud.make(SUBNETS, "data", {"subnetIds": [first, second], "tags": {"Name": "data"}})
    settled(group)
    assert group.props["arn"].endswith(f":subgrp:{group.id}")
    assert group.props["vpcId"].startswith("vpc-")
    group.update(subnetIds=[first, second, third], tags={"Name": "data", "More": "yes"})
    settled(group)
    assert sorted(group.imported()["subnetIds"]) == sorted([first, second, third])
    cloud.boto3("rds").modify_db_subnet_group(
        DBSubnetGroupName=group.id, SubnetIds=[first, third], DBSubnetGroupDescription="by hand"
    )
    assert group.refresh() == {"description", "subnetIds"}
    group.delete()
    assert group.refresh() is None


def test_a_subnet_group_must_span_two_zones_and_real_subnets(cloud: Cloud) -> None:
    _, (first, *_) = subnets(cloud, "10.41.0.0/16")
    with pytest.raises(SandboxError, match="DBSubnetGroupDoesNotCoverEnoughAZs"):
        cloud.make(SUBNETS, "narrow", {"subnetIds": [first]})
    with pytest.raises(SandboxError, match="InvalidSubnet"):
        cloud.make(SUBNETS, "missing", {"subnetIds": [first, "subnet-00000000"]})


def test_a_parameter_that_is_taken_away_goes_back_to_the_engine(cloud: Cloud) -> None:
    ddl = {"name": "log_statement", "value": "ddl"}
    tls = {"name": "rds.force_ssl", "value": "1", "applyMethod": "pending-reboot"}
    group = cloud.make(
        PARAMETERS,
        "settings",
        {"family": "postgres16", "parameters": [ddl, tls], "tags": {"Name": "settings"}},
    )
    settled(group)
    group.update(parameters=[{**ddl, "value": "all"}])
    settled(group)
    assert group.imported()["parameters"] == [
        {"name": "log_statement", "value": "all", "applyMethod": "immediate"}
    ]
    cloud.boto3("rds").modify_db_parameter_group(
        DBParameterGroupName=group.id,
        Parameters=[
            {"ParameterName": "log_statement", "ParameterValue": "none", "ApplyMethod": "immediate"}
        ],
    )
    assert group.refresh() == {"parameters"}
    group.delete()
    assert group.refresh() is None


def test_a_static_parameter_cannot_be_applied_at_once(cloud: Cloud) -> None:
    given = {"family": "postgres16", "parameters": [{"name": "max_connections", "value": "9"}]}
    found = cloud.problems(PARAMETERS, given)
    assert "static" in found["parameters[0].applyMethod"]


def test_groups_that_an_instance_is_in_are_not_deleted(cloud: Cloud) -> None:
    made = instance(cloud, "user", "10.42.0.0/16")
    with pytest.raises(SandboxError, match="InvalidDBSubnetGroupStateFault"):
        made.subnet_group.delete()
    with pytest.raises(SandboxError, match="InvalidDBParameterGroupState"):
        made.parameter_group.delete()
    made.database.delete()
    made.subnet_group.delete()
    made.parameter_group.delete()


def test_an_event_subscription_changes_in_place(cloud: Cloud) -> None:
    sns = cloud.boto3("sns")
    topic, other = (sns.create_topic(Name=name)["TopicArn"] for name in ("rds-a", "rds-b"))
    made = instance(cloud, "heard", "10.43.0.0/16")
    events = cloud.make(
        EVENTS,
        "events",
        {
            "snsTopic": topic,
            "sourceType": "db-instance",
            "sourceIds": [made.database.inputs["identifier"]],
            "eventCategories": ["failure", "low storage"],
            "tags": {"Name": "events"},
        },
    )
    settled(events)
    assert events.props["arn"].endswith(f":es:{events.id}")
    assert events.props["customerAwsId"] == "222222222222"
    events.update(snsTopic=other, eventCategories=["failure"], enabled=False, tags={"Name": "e"})
    settled(events)
    assert events.imported()["eventCategories"] == ["failure"]
    events.update(enabled=None, sourceIds=None, eventCategories=None)
    events.update(sourceType=None)
    settled(events)
    shown = cloud.boto3("rds").describe_event_subscriptions()["EventSubscriptionsList"][0]
    assert shown["Enabled"] is True
    assert shown["SourceIdsList"] == shown["EventCategoriesList"] == []
    assert not shown.get("SourceType")
    events.delete()
    assert events.refresh() is None
    made.database.delete()


def test_an_event_subscription_names_only_what_exists(cloud: Cloud) -> None:
    topic = "arn:aws:sns:eu-west-1:222222222222:nowhere"
    with pytest.raises(SandboxError, match="SNSTopicArnNotFound"):
        cloud.make(EVENTS, "deaf", {"snsTopic": topic})
    topic = cloud.boto3("sns").create_topic(Name="rds-c")["TopicArn"]
    with pytest.raises(SandboxError, match="SourceNotFound"):
        cloud.make(
            EVENTS,
            "deaf",
            {"snsTopic": topic, "sourceType": "db-instance", "sourceIds": ["nobody"]},
        )
    asked = {"snsTopic": topic, "sourceType": "db-parameter-group", "eventCategories": ["failure"]}
    assert "no category 'failure'" in cloud.problems(EVENTS, asked)["eventCategories"]
