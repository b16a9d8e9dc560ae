"""A change behind Pulumi's back is found in what the program leaves out, too."""

from typing import Any

import pytest

from tests.sandbox.services.rds_network import instance
from tests.support.balancing import Entrance
from tests.support.cloud import Cloud, settled
from tests.support.ecs import TRUST

PATTERN = '{"source": ["aws.backup"]}'
CASES: dict[str, tuple[str, dict[str, Any], str, str, dict[str, Any], set[str]]] = {
    "log group": (
        "aws:cloudwatch/logGroup:LogGroup",
        {"name": "left-out"},
        "logs",
        "put_retention_policy",
        {"logGroupName": "left-out", "retentionInDays": 7},
        {"retentionInDays"},
    ),
    "repository": (
        "aws:ecr/repository:Repository",
        {"name": "left-out", "imageTagMutability": None},
        "ecr",
        "put_image_tag_mutability",
        {"repositoryName": "left-out", "imageTagMutability": "IMMUTABLE"},
        {"imageTagMutability"},
    ),
    "role": (
        "aws:iam/role:Role",
        {"name": "left-out", "assumeRolePolicy": TRUST},
        "iam",
        "update_role",
        {"RoleName": "left-out", "MaxSessionDuration": 43200, "Description": "by hand"},
        {"description", "maxSessionDuration"},
    ),
    "rule": (
        "aws:cloudwatch/eventRule:EventRule",
        {"name": "left-out", "eventPattern": PATTERN},
        "events",
        "disable_rule",
        {"Name": "left-out"},
        {"state"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_found_and_put_right(cloud: Cloud, case: str) -> None:
    token, inputs, service, request, params, changed = CASES[case]
    given = {name: value for name, value in inputs.items() if value is not None}
    made = cloud.make(token, "left-out", given)
    settled(made)
    getattr(cloud.boto3(service), request)(**params)
    assert made.refresh() == changed
    made.update()
    settled(made)
    made.delete()


def test_a_database_opened_to_the_world(cloud: Cloud) -> None:
    made = instance(cloud, "left-out", "10.59.0.0/16").database
    settled(made)
    cloud.boto3("rds").modify_db_instance(
        DBInstanceIdentifier="left-out",
        PubliclyAccessible=True,
        DeletionProtection=True,
        ApplyImmediately=True,
    )
    assert made.refresh() == {"deletionProtection", "publiclyAccessible"}
    made.update()
    settled(made)
    made.delete()


def test_a_load_balancers_attributes_and_its_health_checks(cloud: Cloud) -> None:
    entrance = Entrance(cloud, "left-out")
    balancer = entrance.balancer()
    targets = entrance.targets(healthCheck={"path": "/healthz"})
    settled(balancer)
    settled(targets)
    elb = cloud.boto3("elbv2")
    shown = elb.describe_target_groups(TargetGroupArns=[targets.id])["TargetGroups"][0]
    # The real provider asks for three of each; AWS's own numbers are five and two.
    assert (shown["HealthyThresholdCount"], shown["UnhealthyThresholdCount"]) == (3, 3)
    values = {"idle_timeout.timeout_seconds": "300", "deletion_protection.enabled": "true"}
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=balancer.id,
        Attributes=[{"Key": key, "Value": value} for key, value in values.items()],
    )
    assert balancer.refresh() == {"enableDeletionProtection", "idleTimeout"}
    balancer.update()
    settled(balancer)
    targets.delete()
    balancer.delete()
