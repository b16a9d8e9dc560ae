"""Records through their lives on moto."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import Cloud, Thing, settled

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"
IRELAND = "Z32O12XQLNTSW2"


@pytest.fixture(scope="module")
def zone(cloud: Cloud) -> Iterator[Thing]:
    made = cloud.make(ZONE, "records", {"name": "shop.example.net", "tags": {"Name": "records"}})
    yield made
    made.delete()


def record(zone: Thing, name: str, kind: str, *records: str, **more: Any) -> dict[str, Any]:
    return {
        "zoneId": zone.id,
        "name": name,
        "type": kind,
        "ttl": 300,
        "records": list(records),
        **more,
    }


def test_a_record_lives_changes_and_goes(cloud: Cloud, zone: Thing) -> None:
    www = cloud.make(RECORD, "www", record(zone, "www.shop.example.net", "A", "192.0.2.1"))
    settled(www)
    assert www.id == f"{zone.id}_www.shop.example.net_A"
    assert www.props["fqdn"] == "www.shop.example.net"
    www.update(ttl=60, records=["192.0.2.2", "192.0.2.3"])
    settled(www)
    assert www.imported() == www.inputs
    shown = cloud.boto3("route53").list_resource_record_sets(HostedZoneId=zone.id)
    change = next(each for each in shown["ResourceRecordSets"] if each["Type"] == "A")
    change["TTL"] = 5
    cloud.boto3("route53").change_resource_record_sets(
        HostedZoneId=zone.id,
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": change}]},
    )
    assert www.refresh() == {"ttl"}
    www.delete()
    assert www.refresh() is None
    assert www.found() is None
    www.delete()


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("shop.example.net", "CAA", ['0 issue "amazon.com"', '0 issuewild ";"']),
        ("_d93.shop.example.net", "CNAME", ["_c9e.acm-validations.aws."]),
        ("*.shop.example.net", "AAAA", ["2001:db8::1"]),
        ("mail", "MX", ["10 mail.example.net"]),
        ("txt", "TXT", ["v=spf1 -all", "x" * 300]),
        ("child", "NS", ["ns-1.awsdns-01.org."]),
        ("child", "DS", [f"12345 13 2 {'A' * 64}"]),
    ],
)
def test_records_of_every_kind_are_settled(
    cloud: Cloud, zone: Thing, name: str, kind: str, values: list[str]
) -> None:
    made = cloud.make(RECORD, "kind", record(zone, name, kind, *values))
    settled(made)
    assert made.imported()["records"] == values
    made.delete()


def test_an_alias_points_into_the_zone_of_a_load_balancer(cloud: Cloud, zone: Thing) -> None:
    alias = {
        "name": "Site-1.eu-west-1.elb.amazonaws.com",
        "zoneId": IRELAND,
        "evaluateTargetHealth": True,
    }
    given = {"zoneId": zone.id, "name": "shop.example.net", "type": "A", "aliases": [alias]}
    made = cloud.make(RECORD, "apex", given)
    settled(made)
    made.update(aliases=[{**alias, "evaluateTargetHealth": False}])
    settled(made)
    assert made.imported()["aliases"][0]["name"] == "site-1.eu-west-1.elb.amazonaws.com"
    made.delete()
    far = {**alias, "name": "site-1.eu-central-1.elb.amazonaws.com"}
    problems = cloud.problems(RECORD, {**given, "aliases": [far]})
    assert "does not lie within the zone" in problems["aliases"]


def test_an_alias_to_a_record_that_is_not_there_is_refused(cloud: Cloud, zone: Thing) -> None:
    alias = {"name": "gone.shop.example.net", "zoneId": zone.id, "evaluateTargetHealth": False}
    given = {"zoneId": zone.id, "name": "to", "type": "A", "aliases": [alias]}
    with pytest.raises(SandboxError, match="that was not found"):
        cloud.make(RECORD, "to", given)


def test_weighted_records_share_a_name(cloud: Cloud, zone: Thing) -> None:
    blue, green = (
        cloud.make(
            RECORD,
            colour,
            record(
                zone,
                "api",
                "A",
                value,
                setIdentifier=colour,
                weightedRoutingPolicies=[{"weight": weight}],
            ),
        )
        for colour, value, weight in (("blue", "192.0.2.1", 90), ("green", "192.0.2.2", 10))
    )
    settled(blue)
    settled(green)
    blue.update(weightedRoutingPolicies=[{"weight": 50}])
    settled(blue)
    assert blue.imported()["weightedRoutingPolicies"] == [{"weight": 50}]
    blue.delete()
    assert green.refresh() == set()
    green.delete()


def test_a_record_of_somebody_else_is_not_overwritten(cloud: Cloud, zone: Thing) -> None:
    first = cloud.make(RECORD, "first", record(zone, "taken", "A", "192.0.2.1"))
    with pytest.raises(SandboxError, match="already exists"):
        cloud.make(RECORD, "second", record(zone, "taken", "A", "192.0.2.2"))
    second = cloud.make(
        RECORD, "second", record(zone, "taken", "A", "192.0.2.2", allowOverwrite=True)
    )
    settled(second)
    assert first.refresh() == {"records"}
    assert first.found() is None
    with pytest.raises(SandboxError, match="CNAME record conflicts"):
        cloud.make(RECORD, "third", record(zone, "taken", "CNAME", "x.example.net"))
    second.delete()


def test_a_record_becomes_another_type_in_one_batch(cloud: Cloud, zone: Thing) -> None:
    made = cloud.make(RECORD, "turns", record(zone, "turns", "A", "192.0.2.1"))
    made.update(type="AAAA", records=["2001:db8::1"])
    assert made.refresh() == set()
    made.delete()
    assert made.refresh() is None


def test_inputs_that_route_53_would_refuse_are_refused_in_preview(
    cloud: Cloud, zone: Thing
) -> None:
    for given, name, said in (
        (record(zone, "a", "A", "2001:db8::1"), "records", "no value of a record of type A"),
        (record(zone, "a", "CAA", "amazon.com"), "records", "no value of a record of type CAA"),
        (record(zone, "a", "BAD", "x"), "type", "must be one of"),
        ({"zoneId": zone.id, "name": "a", "type": "A"}, "records", "is required"),
        (
            record(zone, "a", "A", "192.0.2.1", weightedRoutingPolicies=[{"weight": 1}]),
            "setIdentifier",
            "is required",
        ),
    ):
        assert said in cloud.problems(RECORD, given)[name]
