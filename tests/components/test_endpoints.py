"""Tasks reach AWS by private addresses, and only this account's principals do."""

import json
from dataclasses import replace

import pytest

from components.endpoints import USUAL_SERVICES, Endpoints, EndpointsArgs
from tests.support.graph import Graph, Node, once, record

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"

STAGING = EndpointsArgs(
    account_id="222222222222",
    region="eu-west-1",
    vpc_id="vpc-1",
    subnet_ids=["subnet-a", "subnet-b"],
    route_table_ids=["rtb-a", "rtb-b", "rtb-isolated"],
    security_group_id="sg-endpoints",
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, account_id="111111111111")

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: EndpointsArgs) -> Graph:
    """Build the endpoints offline."""
    return record(lambda: Endpoints("endpoints", args))


def interfaces(graph: Graph) -> list[Node]:
    """Return the endpoints that have an address in the subnets."""
    return [n for n in graph.of(ENDPOINT) if n.inputs["vpcEndpointType"] == "Interface"]


def test_both_environments_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


def test_there_is_one_endpoint_for_each_service_named_after_it() -> None:
    names = {n.name: n.inputs["serviceName"] for n in interfaces(deploy(STAGING))}

    assert len(names) == len(USUAL_SERVICES)
    assert names["endpoints-ecr-api"] == "com.amazonaws.eu-west-1.ecr.api"
    assert names["endpoints-secretsmanager"] == "com.amazonaws.eu-west-1.secretsmanager"


def test_interface_endpoints_answer_to_the_public_names_in_every_zone() -> None:
    for node in interfaces(deploy(STAGING)):
        assert node.inputs["privateDnsEnabled"] is True
        assert node.inputs["subnetIds"] == ["subnet-a", "subnet-b"]
        assert node.inputs["securityGroupIds"] == ["sg-endpoints"]


def test_s3_goes_through_a_gateway_in_every_table() -> None:
    s3 = deploy(STAGING).one(ENDPOINT, "endpoints-s3").inputs

    assert s3["vpcEndpointType"] == "Gateway"
    assert s3["serviceName"] == "com.amazonaws.eu-west-1.s3"
    assert s3["routeTableIds"] == ["rtb-a", "rtb-b", "rtb-isolated"]


@both
def test_only_principals_of_the_account_get_through(args: EndpointsArgs) -> None:
    for node in deploy(args).of(ENDPOINT):
        own, *others = json.loads(node.inputs["policy"])["Statement"]
        assert own["Condition"] == {"StringEquals": {"aws:PrincipalAccount": args.account_id}}
        assert [s["Sid"] for s in others] == (
            ["ImageLayersOfEcr"] if node.name == "endpoints-s3" else []
        )


def test_image_layers_can_be_read_but_not_written() -> None:
    s3 = deploy(STAGING).one(ENDPOINT, "endpoints-s3")
    layers = json.loads(s3.inputs["policy"])["Statement"][1]

    assert layers["Action"] == "s3:GetObject"
    assert layers["Resource"] == "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"


def test_every_endpoint_is_tagged_with_its_own_name() -> None:
    for node in deploy(STAGING).of(ENDPOINT):
        assert node.inputs["tags"] == {
            "Owner": "platform",
            "Component": "endpoints",
            "Name": node.name,
        }


def test_a_service_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="must not repeat"):
        replace(STAGING, interface_services=["kms", "kms"])


def test_s3_as_an_interface_is_refused() -> None:
    with pytest.raises(ValueError, match="must not have s3"):
        replace(STAGING, interface_services=["s3"])
