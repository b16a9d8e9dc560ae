"""What somebody made without asking for AWS's own values is imported with them."""

from typing import Any

import pytest

from sandbox.provider.values import Props
from tests.support.cloud import Cloud

DATABASE = "aws:rds/instance:Instance"


def imported(cloud: Cloud, token: str, id_: str) -> tuple[Props, Props]:
    urn = f"urn:pulumi:test::understudy::{token}::x"
    found = cloud.provider.read(urn, id_, {}, {})
    assert found is not None
    return found


def key(cloud: Cloud) -> str:
    return str(cloud.boto3("kms").create_key(Description="by hand")["KeyMetadata"]["KeyId"])


def certificate(cloud: Cloud) -> str:
    made = cloud.boto3("acm").request_certificate(
        DomainName="by-hand.example.com", ValidationMethod="DNS"
    )
    return str(made["CertificateArn"])


@pytest.mark.parametrize(
    ("token", "made", "property_", "value"),
    [
        ("aws:kms/key:Key", key, "keyUsage", "ENCRYPT_DECRYPT"),
        ("aws:acm/certificate:Certificate", certificate, "keyAlgorithm", "RSA_2048"),
    ],
)
def test_a_value_that_moto_shows_only_where_it_was_asked_for_is_there(
    cloud: Cloud, token: str, made: Any, property_: str, value: str
) -> None:
    props, _ = imported(cloud, token, made(cloud))
    assert props[property_] == value


def test_what_aws_has_where_nobody_asked_is_no_input(cloud: Cloud) -> None:
    ecs = cloud.boto3("ecs")
    ecs.create_cluster(clusterName="by-hand")
    task = ecs.register_task_definition(
        family="by-hand", containerDefinitions=[{"name": "a", "image": "a", "memory": 128}]
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.create_service(cluster="by-hand", serviceName="web", taskDefinition=task, desiredCount=1)

    props, inputs = imported(cloud, "aws:ecs/service:Service", "by-hand/web")

    assert props["deploymentController"] == {"type": "ECS"}
    assert "deploymentController" not in inputs
    assert inputs["desiredCount"] == 1


def test_a_database_that_is_imported_by_its_name_goes_on_by_its_resource_id(cloud: Cloud) -> None:
    """A rename must not lose it."""
    made = cloud.boto3("rds").create_db_instance(
        DBInstanceIdentifier="by-hand",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="owner",
        MasterUserPassword="correct-horse-battery-9",
    )["DBInstance"]
    props, inputs = imported(cloud, DATABASE, "by-hand")
    assert props["id"] == made["DbiResourceId"]
    assert "id" not in inputs
    assert "id" not in imported(cloud, DATABASE, made["DbiResourceId"])[0]
