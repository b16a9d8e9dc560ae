"""What a database instance needs around it, for tests."""

from dataclasses import dataclass
from typing import Any

from tests.support.cloud import Cloud, Thing

SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
EVENTS = "aws:rds/eventSubscription:EventSubscription"
INSTANCE = "aws:rds/instance:Instance"


@dataclass
class Made:
    """An instance and its groups."""

    database: Thing
    subnet_group: Thing
    parameter_group: Thing


def subnets(cloud: Cloud, cidr: str) -> tuple[str, list[str]]:
    """Return a new VPC and a subnet of it in each of three zones."""
    ec2 = cloud.boto3("ec2")
    vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    first = cidr.rsplit(".", 2)[0]
    return vpc, [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"{first}.{16 * place}.0/20", AvailabilityZone=f"eu-west-1{zone}"
        )["Subnet"]["SubnetId"]
        for place, zone in enumerate("abc")
    ]


def inputs(name: str, **more: Any) -> dict[str, Any]:
    """Return inputs of a small instance."""
    return {
        "identifier": name,
        "engine": "postgres",
        "engineVersion": "16.8",
        "instanceClass": "db.t4g.medium",
        "allocatedStorage": 50,
        "storageType": "gp3",
        "storageEncrypted": False,
        "dbName": "shop",
        "username": "owner",
        "manageMasterUserPassword": True,
        "backupRetentionPeriod": 7,
        "applyImmediately": False,
        "skipFinalSnapshot": True,
        "tags": {"Name": name},
        **more,
    }


def instance(cloud: Cloud, name: str, cidr: str, **more: Any) -> Made:
    """Return an instance in groups of its own."""
    _, ids = subnets(cloud, cidr)
    group = cloud.make(SUBNETS, name, {"subnetIds": ids, "tags": {"Name": name}})
    settings = cloud.make(
        PARAMETERS,
        name,
        {
            "family": "postgres16",
            "parameters": [{"name": "log_statement", "value": "ddl"}],
            "tags": {"Name": name},
        },
    )
    groups = {"dbSubnetGroupName": group.id, "parameterGroupName": settings.id}
    return Made(cloud.make(INSTANCE, name, inputs(name, **groups, **more)), group, settings)
