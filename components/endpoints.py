"""Private ways from the network to the AWS services that its tasks use.

Traffic to AWS goes neither over a NAT gateway nor over the internet. Other AWS services, and third
parties, are still reached through the NAT gateway.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2

from components.policy_documents import Statement, policy_document
from components.tags import child_tags

USUAL_SERVICES = (
    "ecr.api",
    "ecr.dkr",
    "logs",
    "secretsmanager",
    "ssm",
    "kms",
    "sts",
    "monitoring",
    "xray",
)
"""What a Fargate task needs to start, read its secrets, log and publish metrics and traces."""


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """Which services to reach, and from where in the network."""

    account_id: str
    region: str
    vpc_id: Input[str]
    subnet_ids: Sequence[Input[str]]
    """One private subnet in each zone that is to have an address. The others reach it across zones,
    by the same private name; while the last of these zones is down, nobody does."""
    route_table_ids: Sequence[Input[str]]
    """The tables that send S3 traffic to the gateway endpoint."""
    security_group_id: Input[str]
    interface_services: Sequence[str] = USUAL_SERVICES
    """What follows ``com.amazonaws.<region>.`` in the service's name."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a list that would make one endpoint twice, or S3 the wrong way."""
        if len(set(self.interface_services)) != len(self.interface_services):
            raise ValueError(
                f"interface_services must not repeat, got {list(self.interface_services)}"
            )
        if "s3" in self.interface_services:
            raise ValueError(
                "interface_services must not have s3: it has a gateway endpoint, which is free"
            )


class Endpoints(pulumi.ComponentResource):
    """AWS services by private address, for principals of this account only.

    An endpoint lets through only requests signed by this account, so that a foreign credential in
    a task takes no data out this way. A presigned S3 address made by another company is refused
    as well.
    """

    s3_id: Output[str]
    s3_prefix_list_id: Output[str]
    """The addresses of S3 in the region, as security groups name them."""
    interface_ids: dict[str, Output[str]]

    def __init__(self, name: str, args: EndpointsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:network:Endpoints", name, None, opts)
        child = ResourceOptions(parent=self)

        gateway = ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=args.route_table_ids,
            policy=policy_document(_own_account(args.account_id), _image_layers(args.region)),
            tags=child_tags(args.tags, name, f"{name}-s3"),
            opts=child,
        )
        self.s3_id = gateway.id
        self.s3_prefix_list_id = gateway.prefix_list_id
        self.interface_ids = {}
        for service in args.interface_services:
            logical = f"{name}-{service.replace('.', '-')}"
            endpoint = ec2.VpcEndpoint(
                logical,
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=args.subnet_ids,
                security_group_ids=[args.security_group_id],
                private_dns_enabled=True,
                policy=policy_document(_own_account(args.account_id)),
                tags=child_tags(args.tags, name, logical),
                opts=child,
            )
            self.interface_ids[service] = endpoint.id

        self.register_outputs({"s3_id": self.s3_id, "interface_ids": self.interface_ids})


def _own_account(account_id: str) -> Statement:
    """Allow what this account's principals are allowed anyway; others get no further."""
    return {
        "Sid": "PrincipalsOfThisAccount",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": account_id}},
    }


def _image_layers(region: str) -> Statement:
    """Allow image layers, which ECR keeps in a bucket of its own and signs itself.

    Source: Amazon ECR User Guide, "Minimum Amazon S3 Bucket Permissions for Amazon ECR".
    """
    return {
        "Sid": "ImageLayersOfEcr",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::prod-{region}-starport-layer-bucket/*",
    }
