"""Trials of the rules for certificates, zones and records."""

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import dns as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Trial,
    added,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)

LOAD_BALANCER = Resource("aws:lb/loadBalancer:LoadBalancer", "balancer")
ZONE = Resource(rules.ZONE, "zone", properties={"name": "app.example.com"})
OTHER_ZONE = (rules.ZONE, "other")


def certificate(**properties: object) -> Resource:
    """Return a certificate with nothing but what is given."""
    return Resource(rules.CERTIFICATE, "certificate", properties=properties)


VALIDATION = Resource(
    rules.VALIDATION, "validation", links={"certificateArn": (certificate().key,)}
)
QUERY_LOG = Resource(
    rules.QUERY_LOG,
    "query-log",
    properties={"cloudwatchLogGroupArn": "arn:aws:logs:group"},
    links={"zoneId": (ZONE.key,)},
)
DNSSEC = Resource(
    rules.DNSSEC,
    "dnssec",
    properties={"signingStatus": "SIGNING"},
    links={"hostedZoneId": (ZONE.key,)},
)
SIGNING_KEY = Resource(
    rules.SIGNING_KEY,
    "signing-key",
    properties={"status": "ACTIVE"},
    links={"hostedZoneId": (ZONE.key,)},
)
PRIVATE = put("vpcs", [{"vpcId": "vpc-1"}])

TRIALS = [
    Trial(
        rules.strong_key,
        good=[certificate(keyAlgorithm="RSA_2048")],
        wrong=[
            put("keyAlgorithm", "RSA_1024"),
            put("keyAlgorithm", "EC_secp192r1"),
            put("keyAlgorithm", 2048),
        ],
        absent=(without("keyAlgorithm"), Kind.PASS),
        unknown=(unknown("keyAlgorithm"), Kind.UNKNOWN),
        nested=[
            (put("keyAlgorithm", "RSA-4096"), Kind.PASS),
            (put("keyAlgorithm", "RSA-1024"), Kind.FAIL),
            (put("keyAlgorithm", "EC_prime256v1"), Kind.PASS),
        ],
    ),
    Trial(
        rules.validated_by_dns,
        good=[certificate(validationMethod="DNS"), VALIDATION],
        wrong=[
            put("validationMethod", "EMAIL"),
            dropped(1),
            linked({"certificateArn": [(rules.CERTIFICATE, "other")]}, at=1),
        ],
        absent=(without("validationMethod"), Kind.FAIL),
        unknown=(unknown("validationMethod"), Kind.UNKNOWN),
        nested=[(all_changes(unknown("validationMethod"), dropped(1)), Kind.FAIL)],
    ),
    Trial(
        rules.names_hosts,
        good=[
            certificate(
                domainName="app.example.com", subjectAlternativeNames=["www.app.example.com"]
            )
        ],
        wrong=[
            put("domainName", "*.example.com"),
            put("subjectAlternativeNames", ["www.app.example.com", "*.app.example.com"]),
            put("subjectAlternativeNames", [7]),
        ],
        absent=(without("domainName"), Kind.FAIL),
        unknown=(unknown("domainName"), Kind.UNKNOWN),
        nested=[
            (unknown("subjectAlternativeNames"), Kind.UNKNOWN),
            (put("subjectAlternativeNames", [UNKNOWN, "*.app.example.com"]), Kind.FAIL),
            (without("subjectAlternativeNames"), Kind.PASS),
        ],
    ),
    Trial(
        rules.transparent,
        good=[certificate(options={"certificateTransparencyLoggingPreference": "ENABLED"})],
        wrong=[
            put("options.certificateTransparencyLoggingPreference", "DISABLED"),
            put("options.certificateTransparencyLoggingPreference", True),
        ],
        absent=(without("options"), Kind.PASS),
        unknown=(unknown("options.certificateTransparencyLoggingPreference"), Kind.UNKNOWN),
        nested=[(unknown("options"), Kind.UNKNOWN), (put("options", {}), Kind.PASS)],
    ),
    Trial(
        rules.queries_logged,
        good=[ZONE, QUERY_LOG],
        wrong=[
            dropped(1),
            put("cloudwatchLogGroupArn", "", at=1),
            linked({"zoneId": [OTHER_ZONE]}, at=1),
        ],
        absent=(without("cloudwatchLogGroupArn", at=1), Kind.FAIL),
        unknown=(unknown("cloudwatchLogGroupArn", at=1), Kind.PASS),
        nested=[
            (unknown("vpcs"), Kind.PASS),
            (all_changes(unknown("vpcs"), dropped(1)), Kind.UNKNOWN),
            (all_changes(put("vpcs", []), dropped(1)), Kind.FAIL),
        ],
        other=[PRIVATE],
    ),
    Trial(
        rules.signed,
        good=[ZONE, DNSSEC, SIGNING_KEY],
        wrong=[
            dropped(1),
            dropped(2),
            put("signingStatus", "NOT_SIGNING", at=1),
            put("status", "INACTIVE", at=2),
            linked({"hostedZoneId": [OTHER_ZONE]}, at=1),
            linked({"hostedZoneId": [OTHER_ZONE]}, at=2),
        ],
        absent=(all_changes(without("signingStatus", at=1), without("status", at=2)), Kind.PASS),
        unknown=(unknown("signingStatus", at=1), Kind.UNKNOWN),
        nested=[
            (all_changes(unknown("signingStatus", at=1), dropped(2)), Kind.FAIL),
            (
                all_changes(
                    put("status", "INACTIVE", at=2),
                    added(
                        Resource(
                            rules.SIGNING_KEY,
                            "next",
                            properties={"status": "ACTIVE"},
                            links={"hostedZoneId": (ZONE.key,)},
                        )
                    ),
                ),
                Kind.PASS,
            ),
            (all_changes(unknown("vpcs"), dropped(1)), Kind.UNKNOWN),
        ],
        other=[PRIVATE],
    ),
    Trial(
        rules.points_into_stack,
        good=[
            Resource(
                rules.RECORD,
                "apex",
                properties={"type": "A", "aliases": [{"name": "balancer.example.com"}]},
                links={"zoneId": (ZONE.key,), "aliases": (LOAD_BALANCER.key,)},
            ),
            LOAD_BALANCER,
            ZONE,
        ],
        wrong=[
            linked({"aliases": ()}),
            dropped(1),
            all_changes(put("type", "CNAME"), linked({"aliases": ()})),
            all_changes(put("type", "AAAA"), linked({"aliases": (), "name": [ZONE.key]})),
        ],
        absent=(all_changes(without("aliases"), linked({"aliases": ()})), Kind.FAIL),
        unknown=(all_changes(unknown("type"), linked({"aliases": ()})), Kind.UNKNOWN),
        nested=[
            (linked({"aliases": (), "records": [LOAD_BALANCER.key]}), Kind.PASS),
            (unknown("type"), Kind.PASS),
            (unknown("aliases"), Kind.PASS),
        ],
        other=[put("type", "NS"), put("type", 7), without("type")],
    ),
]
