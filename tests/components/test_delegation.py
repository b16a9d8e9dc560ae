"""A delegation is two records of one name, made by the parent account's provider."""

from dataclasses import replace
from typing import Any

import pulumi_aws as aws
import pytest
from pulumi import ResourceOptions

from components.delegation import Delegation, DelegationArgs
from tests.support.graph import Graph, once, record

STAGING = DelegationArgs(
    domain="staging.example.com",
    parent_zone_id="Z0PARENTEXAMPLE1",
    name_servers=["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"],
    ds_record="12345 13 2 ABCDEF",
    ttl_seconds=300,
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, domain="app.example.com")

RECORD = "aws:route53/record:Record"

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: DelegationArgs) -> Graph:
    """Build one delegation offline, by a provider of the parent's account."""

    def program() -> None:
        parent = aws.Provider("parent", region="eu-west-1")
        Delegation("delegation", args, opts=ResourceOptions(providers=[parent]))

    return record(program)


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_it_makes_only_the_ns_and_ds_records_of_the_childs_name(args: DelegationArgs) -> None:
    children = deploy(args).under("delegation")

    assert {(child.type, child.name) for child in children} == {
        (RECORD, "delegation-ns"),
        (RECORD, "delegation-ds"),
    }
    for child in children:
        assert child.inputs["zoneId"] == "Z0PARENTEXAMPLE1"
        assert child.inputs["name"] == args.domain
        assert child.inputs["ttl"] == 300
        assert child.inputs["allowOverwrite"] is False


@both
def test_records_carry_the_childs_servers_and_key(args: DelegationArgs) -> None:
    graph = deploy(args)
    servers, trust = graph.one(RECORD, "delegation-ns"), graph.one(RECORD, "delegation-ds")

    assert (servers.inputs["type"], servers.inputs["records"]) == ("NS", args.name_servers)
    assert (trust.inputs["type"], trust.inputs["records"]) == ("DS", [args.ds_record])
    assert any(urn.endswith("::delegation-ns") for urn in trust.options["dependencies"])


def test_every_record_is_made_by_the_parent_accounts_provider() -> None:
    for child in deploy(STAGING).under("delegation"):
        assert "pulumi:providers:aws::parent::" in child.options["provider"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"domain": "staging"}, "domain must be a lower-case domain name, got 'staging'"),
        ({"ttl_seconds": 172_800}, "ttl_seconds must be between 60 and 86400, got 172800"),
    ],
)
def test_a_delegation_that_is_none_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **change)
