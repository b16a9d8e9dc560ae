"""Trials of the rules for VPC endpoints."""

import json

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import endpoints as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Trial, all_changes, dropped, linked, put, unknown, without

VPC = Resource(rules.VPC, "vpc")
IN_VPC = {"vpcId": (VPC.key,)}


def endpoint(service: str, **properties: object) -> Resource:
    """Return a private way to a service."""
    name = f"com.amazonaws.eu-west-1.{service}"
    return Resource(
        rules.ENDPOINT, service, properties={"serviceName": name, **properties}, links=IN_VPC
    )


ENDPOINTS = [
    endpoint(service, vpcEndpointType="Interface", privateDnsEnabled=True)
    for service in ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
]
S3 = endpoint("s3", vpcEndpointType="Gateway", routeTableIds=["rtb-1"])

OWN = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "*",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:PrincipalAccount": "111111111111"}},
}
LAYERS = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": ["s3:GetObject"],
    "Resource": ["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"],
}


def policy(*statements: object) -> str:
    """Return a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def limited(**changes: object) -> str:
    """Return a policy with one statement like that of the good one, but for the changes."""
    return policy({key: value for key, value in (OWN | changes).items() if value is not None})


TRIALS = [
    Trial(
        rules.endpoints_for_tasks,
        good=[VPC, *ENDPOINTS, S3],
        wrong=[
            *(dropped(n) for n in range(1, 6)),
            put("privateDnsEnabled", False, at=1),
            put("serviceName", "com.amazonaws.eu-west-1.ecs", at=2),
            put("serviceName", "s3", at=5),
            put("serviceName", "com.amazonaws.eu-west-1.nots3", at=5),
            all_changes(put("privateDnsEnabled", False, at=1), put("routeTableIds", ["r"], at=1)),
            without("routeTableIds", at=5),
            put("vpcEndpointType", "GatewayLoadBalancer", at=3),
            linked({"vpcId": [(rules.VPC, "other")]}, at=4),
        ],
        absent=(without("privateDnsEnabled", at=1), Kind.FAIL),
        unknown=(unknown("privateDnsEnabled", at=1), Kind.UNKNOWN),
        nested=[
            (without("vpcEndpointType", at=5), Kind.PASS),
            (unknown("routeTableIds", at=5), Kind.PASS),
            (unknown("serviceName", at=2), Kind.UNKNOWN),
            (all_changes(unknown("serviceName", at=2), dropped(1)), Kind.UNKNOWN),
            (all_changes(put("privateDnsEnabled", False, at=2), dropped(1)), Kind.FAIL),
        ],
    ),
    Trial(
        rules.endpoint_policy_limited,
        good=[endpoint("s3", policy=policy(OWN, LAYERS))],
        wrong=[
            put("policy", limited(Condition=None)),
            put("policy", limited(Condition={"Bool": {"aws:SecureTransport": "true"}})),
            put("policy", limited(Condition={"StringNotEquals": {"aws:PrincipalAccount": "1"}})),
            put("policy", limited(Condition="aws:PrincipalAccount")),
            put("policy", limited(Condition=None, Resource="arn:aws:s3:::*")),
            put("policy", limited(Condition=None, Resource="arn:aws:s3:::*/?:*")),
            put("policy", limited(Condition=None, Resource="arn:aws:dynamodb:eu-west-1:1:*")),
            put("policy", limited(Condition=None, Resource="arn:aws:*")),
            put("policy", limited(Condition=None, Resource=["arn:aws:s3:::ours", "*"])),
            put("policy", limited(Condition=None, Resource=7)),
            put("policy", "no policy"),
        ],
        absent=(without("policy"), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[
            (put("policy", policy(LAYERS, OWN | {"Condition": {}})), Kind.FAIL),
            (
                put("policy", limited(Condition={"StringEquals": {"AWS:principalOrgId": "o-1"}})),
                Kind.PASS,
            ),
            *(
                (put("policy", limited(Condition={operator: {key: "1"}})), Kind.PASS)
                for operator in ("StringEquals", "StringEqualsIgnoreCase")
                for key in ("aws:ResourceAccount", "aws:ResourceOrgID")
            ),
            (put("policy", limited(Condition=None, Effect="Deny")), Kind.PASS),
            (put("policy", {"Statement": {"Effect": "Allow", "Condition": UNKNOWN}}), Kind.UNKNOWN),
            (
                put("policy", {"Statement": OWN | {"Condition": {"StringEquals": UNKNOWN}}}),
                Kind.UNKNOWN,
            ),
            (
                put(
                    "policy",
                    limited(
                        Condition=None,
                        Resource=["${aws:s3/bucket:Bucket::ours.arn}", "a:b:c:d:e:f"],
                    ),
                ),
                Kind.PASS,
            ),
            *(
                (put("policy", limited(Condition=None, Resource=[arn])), Kind.PASS)
                for arn in (
                    "${aws:s3/bucket:Bucket::ours.arn}",
                    "arn:aws:logs:eu-west-1:111111111111:log-group:*",
                )
            ),
            (put("vpcEndpointType", "Interface"), Kind.PASS),
            (unknown("vpcEndpointType"), Kind.PASS),
            (all_changes(unknown("vpcEndpointType"), put("policy", "")), Kind.UNKNOWN),
        ],
        other=[put("vpcEndpointType", "GatewayLoadBalancer")],
    ),
]
