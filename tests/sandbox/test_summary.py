"""What runs where, at what size, read from the state alone."""

import io
from typing import Any

from rich.console import Console

from sandbox import summary

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}


def entry(token: str, name: str, outputs: Any = None, **inputs: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:test::understudy::{token}::{name}"
    return {"urn": urn, "type": token, "inputs": inputs, "outputs": outputs or {}}


STACK = {"type": "pulumi:pulumi:Stack", "urn": "x", "outputs": {"url": "https://a", "key": SECRET}}
ZONES = [
    entry("aws:ec2/subnet:Subnet", f"{zone}-{kind}", availabilityZone=f"eu-west-1{zone}")
    for zone in "ab"
    for kind in ("public", "private")
]
DATABASE = {
    "engine": "postgres",
    "engineVersion": "16.4",
    "instanceClass": "db.t4g.small",
    "allocatedStorage": 20,
}
DEPLOYMENT = {
    "resources": [
        STACK,
        entry("aws:ec2/vpc:Vpc", "network", cidrBlock="10.0.0.0/16"),
        *ZONES,
        entry("aws:ec2/natGateway:NatGateway", "nat"),
        entry("aws:rds/instance:Instance", "main", **DATABASE, multiAz=True),
        entry("aws:rds/instance:Instance", "replica", replicateSourceDb="main"),
        entry("aws:ecs/taskDefinition:TaskDefinition", "web", {"arn": "td"}, cpu="256", memory="1"),
        entry("aws:ecs/service:Service", "web", {"name": "web-1"}, taskDefinition="td"),
        entry(
            "aws:appautoscaling/target:Target",
            "web",
            resourceId="service/cluster/web-1",
            minCapacity=2,
            maxCapacity=6,
        ),
        entry("aws:cloudwatch/metricAlarm:MetricAlarm", "errors"),
        entry(
            "aws:backup/plan:Plan",
            "daily",
            rules=[
                {"lifecycle": {"deleteAfter": 35}},
                {"lifecycle": {"deleteAfter": 35}},
                {"lifecycle": {"coldStorageAfter": 7}},
                {},
            ],
        ),
    ]
}


def test_the_rows_say_what_there_is() -> None:
    assert summary.sizes(DEPLOYMENT) == {
        "url": "https://a",
        "resources": "13",
        "network": "10.0.0.0/16, 2 zones, 1 NAT",
        "database": "postgres 16.4, db.t4g.small, 20 GiB, two zones, 1 replica",
        "web": "2 to 6 tasks of 256 CPU units, 1 MiB",
        "alarms": "1",
        "backup": "kept 35 d",
    }


def test_an_empty_stack_has_rows_too() -> None:
    empty: list[dict[str, Any]] = [{}, {"resources": []}]
    for deployment in empty:
        assert summary.sizes(deployment) == {
            "resources": "0",
            "database": "",
            "alarms": "0",
            "backup": "",
        }
        assert summary.outputs_of(deployment) == {}


def test_a_restored_database_is_described_by_what_it_became() -> None:
    kind = "aws:rds/instance:Instance"
    restored = entry(kind, "main", DATABASE, restoreToPointInTime={"useLatest": True})

    assert summary.sizes({"resources": [restored]})["database"] == (
        "postgres 16.4, db.t4g.small, 20 GiB, one zone, 0 replicas"
    )
    assert summary.sizes({"resources": [entry(kind, "half-made")]})["database"] == (
        "? ?, ?, ? GiB, one zone, 0 replicas"
    )


def test_a_service_without_its_parts_says_that_it_does_not_know() -> None:
    service = entry("aws:ecs/service:Service", "web")

    assert summary.sizes({"resources": [service]})["web"] == "? to ? tasks of ? CPU units, ? MiB"


def test_outputs_are_shown_and_secrets_are_not() -> None:
    stack = {**STACK, "outputs": {**STACK["outputs"], "zones": ["a"], "count": 2}}  # type: ignore[dict-item]

    assert summary.outputs_of({"resources": [stack]}) == {
        "url": "https://a",
        "key": "[secret]",
        "zones": '["a"]',
        "count": "2",
    }


def test_the_stacks_stand_side_by_side() -> None:
    text = io.StringIO()
    console = Console(file=text, width=200, color_system=None)
    summary.show(console, {"production": DEPLOYMENT, "staging": {"resources": [STACK]}})

    lines = {
        line.split("│")[1].strip(): line for line in text.getvalue().splitlines() if "│" in line
    }
    assert "postgres 16.4" in lines["database"]
    assert lines["url"].count("https://a") == 2
    assert text.getvalue().count("  key  [secret]") == 2
    assert "ciphertext" not in text.getvalue()


def test_a_long_output_stands_on_one_line() -> None:
    text = io.StringIO()
    stack = {"type": "pulumi:pulumi:Stack", "urn": "x", "outputs": {"arn": "a" * 200}}
    summary.show(Console(file=text, width=80), {"staging": {"resources": [stack]}})

    assert f"  arn  {'a' * 200}" in text.getvalue().splitlines()
