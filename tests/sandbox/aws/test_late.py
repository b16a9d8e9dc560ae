"""What is read when it is asked for is what moto and botocore read at once."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy

from sandbox.aws.mends import late, speed
from sandbox.services import all_types
from tests.support.cloud import Cloud

OPENAPI = {
    "openapi": "3.0.0",
    "info": {"title": "shop", "version": "1", "description": "of the shop"},
    "paths": {"/": {"get": {"responses": {"200": {"description": "all of it"}}}}},
}


def test_regions_are_those_that_botocore_lists() -> None:
    session, real = Session(), Session.get_available_regions
    services = {each.service for each in all_types().values()} | {"ec2", "no-such-service"}
    for service in services:
        for partition in session.get_available_partitions():
            found = late.available_regions(session, service, partition)
            assert found == real(session, service, partition), service
    assert "eu-west-1" in late.available_regions(session, "rds")


def test_aws_own_policies_are_those_that_moto_makes() -> None:
    data = json.loads(aws_managed_policies_data)
    for name in sorted(data)[::50]:
        for account in ("111111111111", "222222222222"):
            ours = speed.managed_policy(name, account, "aws")
            real = AWSManagedPolicy.from_data(name, account, "aws", data[name])
            assert plain(ours) == plain(real)
            ours.versions[0].document = ours.tags["a"] = "changed"


def plain(policy: AWSManagedPolicy) -> dict[str, Any]:
    """Return what a policy is, but for its id."""
    known = {name: value for name, value in vars(policy).items() if name != "id"}
    return {**known, "arn": policy.arn, "versions": [vars(each) for each in policy.versions]}


def test_each_account_has_aws_own_policies_with_ids_of_their_own(cloud: Cloud) -> None:
    iam = cloud.boto3("iam")
    pages = iam.get_paginator("list_policies").paginate(Scope="AWS")
    found = [policy for page in pages for policy in page["Policies"]]
    assert {each["PolicyName"] for each in found} >= {"ReadOnlyAccess", "AdministratorAccess"}
    assert len({each["PolicyId"] for each in found}) == len(found) > 1000


def test_aws_own_images_are_there_for_who_asks_and_their_snapshots_with_them(cloud: Cloud) -> None:
    ec2 = cloud.boto3("ec2", account="777777777771")
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    assert ec2.describe_snapshots()["Snapshots"] == []
    made = ec2.register_image(Name="made", RootDeviceName="/dev/sda1")["ImageId"]
    assert images(ec2, Owners=["self"]) == {made}

    public = images(ec2, Owners=["amazon"])
    assert len(public) > 1000
    assert images(ec2) == public | {made}
    assert images(ec2, ImageIds=[min(public)]) == {min(public)}
    ec2.deregister_image(ImageId=min(public))
    assert images(ec2, Owners=["amazon"]) == public - {min(public)}
    assert len(ec2.describe_snapshots()["Snapshots"]) > 1000


def test_an_image_of_aws_is_found_by_who_starts_one_from_it(cloud: Cloud) -> None:
    one = images(cloud.boto3("ec2"), Owners=["amazon"]).pop()
    other = cloud.boto3("ec2", account="777777777772")
    started = other.run_instances(ImageId=one, MinCount=1, MaxCount=1)["Instances"][0]
    assert started["ImageId"] == one
    with pytest.raises(ClientError, match="InvalidAMIID"):
        other.describe_images(ImageIds=["ami-of-nobody"])


def images(ec2: Any, **given: Any) -> set[str]:
    return {each["ImageId"] for each in ec2.describe_images(**given)["Images"]}


@pytest.mark.parametrize("location", ["region", "availability-zone", "availability-zone-id"])
def test_instance_types_are_offered(cloud: Cloud, location: str) -> None:
    answer = cloud.boto3("ec2").describe_instance_type_offerings(
        LocationType=location, Filters=[{"Name": "instance-type", "Values": ["t3.micro"]}]
    )
    offered = answer["InstanceTypeOfferings"]
    assert offered
    assert {each["LocationType"] for each in offered} == {location}


def test_no_other_place_offers_any() -> None:
    with pytest.raises(KeyError):
        late.Offerings()["nowhere"]


def test_an_openapi_document_is_validated(cloud: Cloud) -> None:
    gateway = cloud.boto3("apigateway")
    for _ in range(2):
        api = gateway.import_rest_api(failOnWarnings=True, body=json.dumps(OPENAPI).encode())
        assert api["name"] == "shop"
        bad = json.dumps({**OPENAPI, "paths": 7}).encode()
        with pytest.raises(ClientError) as refused:
            gateway.import_rest_api(failOnWarnings=True, body=bad)
        assert refused.value.response["Error"]["Code"] == "BadRequestException"
        gateway.delete_rest_api(restApiId=api["id"])
