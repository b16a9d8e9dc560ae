"""A zone is signed, logged and restricted, whatever environment it is for."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.zone import ROUTE53_REGION, Zone, ZoneArgs
from tests.support.graph import Graph, once, record

STAGING = ZoneArgs(
    domain="staging.example.com",
    account="222222222222",
    caa_issuers=["amazon.com"],
    ttl_seconds=300,
    query_log_retention_days=365,
    query_log_key_arn="arn:aws:kms:us-east-1:222222222222:key/logs",
    recovery_days=7,
    protect=False,
    tags={"Owner": "platform"},
)
PRODUCTION = replace(
    STAGING, domain="app.example.com", account="111111111111", recovery_days=30, protect=True
)

KEY = "aws:kms/key:Key"
KSK = "aws:route53/keySigningKey:KeySigningKey"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
LOG_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
RECORD = "aws:route53/record:Record"
ZONE = "aws:route53/zone:Zone"

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: ZoneArgs) -> Graph:
    """Build one zone offline."""
    return record(lambda: Zone("dns", args))


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_zone_is_signed_by_an_elliptic_key_in_route_53s_region(args: ZoneArgs) -> None:
    graph = deploy(args)
    key = graph.one(KEY).inputs

    assert key["customerMasterKeySpec"] == "ECC_NIST_P256"
    assert key["keyUsage"] == "SIGN_VERIFY"
    assert key["region"] == ROUTE53_REGION == "us-east-1"
    assert key["deletionWindowInDays"] == args.recovery_days
    assert graph.one(KSK).inputs["keyManagementServiceArn"].endswith(":dns-signing-key")
    assert graph.one(KSK).inputs["status"] == "ACTIVE"
    signing = graph.one("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec")
    assert signing.inputs["signingStatus"] == "SIGNING"
    assert any(urn.endswith("::dns-key-signing-key") for urn in signing.options["dependencies"])


@both
def test_key_lets_route_53_sign_for_this_account_only(args: ZoneArgs) -> None:
    policy: dict[str, Any] = json.loads(deploy(args).one(KEY).inputs["policy"])
    root, signs, grants = policy["Statement"]
    service = {"Service": "dnssec-route53.amazonaws.com"}

    assert root["Principal"] == {"AWS": f"arn:aws:iam::{args.account}:root"}
    assert signs["Principal"] == grants["Principal"] == service
    assert signs["Action"] == ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
    assert signs["Condition"]["StringEquals"] == {"aws:SourceAccount": args.account}
    assert grants["Action"] == "kms:CreateGrant"
    assert grants["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


@both
def test_every_query_is_logged_in_route_53s_region(args: ZoneArgs) -> None:
    graph = deploy(args)
    group, policy = graph.one(LOG_GROUP).inputs, graph.one(LOG_POLICY).inputs
    [statement] = json.loads(policy["policyDocument"])["Statement"]
    log = graph.one("aws:route53/queryLog:QueryLog")

    assert group["name"] == f"/aws/route53/{args.domain}"
    assert group["kmsKeyId"] == args.query_log_key_arn
    assert group["retentionInDays"] == 365
    assert group["region"] == policy["region"] == "us-east-1"
    assert statement["Principal"] == {"Service": "route53.amazonaws.com"}
    assert all(f":{args.account}:log-group:{group['name']}" in r for r in statement["Resource"])
    assert log.inputs["cloudwatchLogGroupArn"].endswith(":dns-queries")
    assert any(urn.endswith("::dns-queries-policy") for urn in log.options["dependencies"])


@both
def test_only_named_issuers_may_issue_and_none_a_wildcard(args: ZoneArgs) -> None:
    caa = deploy(args).one(RECORD).inputs

    assert (caa["name"], caa["type"], caa["ttl"]) == (args.domain, "CAA", 300)
    assert caa["records"] == ['0 issue "amazon.com"', '0 issuewild ";"']


def test_zone_and_key_are_protected_where_asked_for() -> None:
    for args in (STAGING, PRODUCTION):
        graph = deploy(args)

        assert graph.one(ZONE).options["protect"] is args.protect
        assert graph.one(KEY).options["protect"] is args.protect
        assert graph.one(ZONE).inputs["forceDestroy"] is False


def test_ds_record_waits_until_the_zone_is_signed() -> None:
    depends: list[str] = []

    def program() -> Any:
        zone = Zone("dns", STAGING)

        async def remember() -> None:
            depends.extend(
                [str(await each.urn.future()) for each in await zone.ds_record.resources()]
            )

        return remember()

    record(program)

    assert {urn.rsplit("::", 1)[1] for urn in depends} >= {"dns-dnssec", "dns-key-signing-key"}


def test_every_taggable_child_is_tagged_with_its_own_name() -> None:
    graph = deploy(STAGING)
    tagged = [node for node in graph.under("dns") if "tags" in node.inputs]

    assert {node.type for node in tagged} == {ZONE, KEY, LOG_GROUP}
    for node in tagged:
        assert node.inputs["tags"] == {"Owner": "platform", "Component": "dns", "Name": node.name}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"domain": "Staging.example.com."}, "domain must be a lower-case domain name"),
        ({"account": "2222"}, "account must be 12 digits, got '2222'"),
        ({"caa_issuers": []}, "caa_issuers must name at least one"),
        ({"caa_issuers": ["*"]}, r"caa_issuers must name .* got \['\*'\]"),
        ({"ttl_seconds": 5}, "ttl_seconds must be between 60 and 86400, got 5"),
        ({"recovery_days": 6}, "recovery_days must be between 7 and 30, got 6"),
        ({"query_log_retention_days": 90}, "query_log_retention_days must be one of 365,"),
    ],
)
def test_what_route_53_or_a_rule_would_refuse_is_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **change)
