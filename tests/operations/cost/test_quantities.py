"""What is counted of each kind of resource, against what a person counts by hand."""

from dataclasses import replace
from datetime import date

import pytest

from operations.cost.fixed import COUNTED_APART, PIECES, USED
from operations.cost.keys import KEYS
from operations.errors import OperationError
from policies.graph import Resource
from tests.operations.cost.small import (
    ENDPOINT,
    NAT,
    PLAN,
    SERVICE,
    START,
    action,
    database,
    line,
    nights,
    quantities,
    service,
)

VCPU, MEMORY = "fargate-arm64-vcpu-hours", "fargate-arm64-gb-hours"
SPOT = "fargate-spot-arm64-vcpu-hours"


def test_a_service_is_its_tasks_for_730_hours() -> None:
    found = quantities(*service())

    assert line(found, VCPU).always == 2 * 0.5 * 730
    assert line(found, VCPU).most == 6 * 0.5 * 730
    assert line(found, MEMORY).always == 2 * 1 * 730
    assert line(found, VCPU).resources == ("web-service",)
    assert line(found, VCPU).setting.startswith("Pulumi.staging.yaml:")
    assert "scale.web.cpu x scale.web.min" in line(found, VCPU).setting


def test_without_scheduled_actions_it_never_sleeps() -> None:
    assert line(quantities(*service()), VCPU).scheduled == 2 * 0.5 * 730


def test_it_sleeps_98_of_a_weeks_168_hours() -> None:
    found = line(quantities(*service(), *nights()), VCPU)

    assert found.scheduled == pytest.approx(2 * 0.5 * 730 * 70 / 168)
    assert found.always == 2 * 0.5 * 730


def test_one_task_left_at_night_counts_at_night() -> None:
    found = line(quantities(*service(), *nights(1)), VCPU)

    assert found.scheduled == pytest.approx(0.5 * 730 * (2 * 70 + 1 * 98) / 168)


def test_a_stop_that_is_paused_saves_nothing_until_its_day() -> None:
    sleeping = (*service(), *nights(startTime="2026-12-24T00:00:00Z"))

    assert line(quantities(*sleeping), VCPU).scheduled == 2 * 0.5 * 730
    later = quantities(*sleeping, today=date(2026, 12, 24))
    assert line(later, VCPU).scheduled == pytest.approx(2 * 0.5 * 730 * 70 / 168)


def test_actions_of_another_service_are_not_its_own() -> None:
    others = [
        replace(each, properties={**each.properties, "resourceId": "service/cluster/other"})
        for each in nights()
    ]

    assert line(quantities(*service(), *others), VCPU).scheduled == 2 * 0.5 * 730


def test_a_schedule_of_every_day_is_counted_on_weekends_too() -> None:
    daily = [action("stop", "cron(30 20 * * ? *)", 0), action("start", "cron(30 6 * * ? *)", 2)]

    assert line(quantities(*service(), *daily), VCPU).scheduled == pytest.approx(730 * 14 / 24)


@pytest.mark.parametrize(
    ("strategies", "demand", "spot"),
    [
        ([], 2, 0),
        ([("FARGATE", 0, 0), ("FARGATE_SPOT", 0, 100)], 0, 2),
        ([("FARGATE", 1, 100), ("FARGATE_SPOT", 0, 0)], 2, 0),
        ([("FARGATE", 1, 25), ("FARGATE_SPOT", 0, 75)], 1.25, 0.75),
        ([("FARGATE", 0, 50), ("FARGATE_SPOT", 0, 50)], 1, 1),
    ],
)
def test_spot_has_its_share_after_the_base(
    strategies: list[tuple[str, int, int]], demand: float, spot: float
) -> None:
    names = ("capacityProvider", "base", "weight")
    found = quantities(*service([dict(zip(names, each, strict=True)) for each in strategies]))
    hours = {each.key: each.always / 730 / 0.5 for each in found.lines}

    assert hours.get(VCPU, 0) == pytest.approx(demand)
    assert hours.get(SPOT, 0) == pytest.approx(spot)


def test_a_base_is_no_task_while_there_is_none() -> None:
    strategies = [{"capacityProvider": "FARGATE", "base": 1, "weight": 100}]
    found = line(quantities(*service(strategies), *nights()), VCPU)

    assert found.scheduled == pytest.approx(2 * 0.5 * 730 * 70 / 168)


def test_another_processor_has_another_price() -> None:
    task, *rest = service()
    old = replace(task, properties={**task.properties, "runtimePlatform": {}})

    assert line(quantities(old, *rest), "fargate-x86_64-vcpu-hours").always == 730


def test_a_standby_counts_as_an_instance_with_storage_of_its_own() -> None:
    one, two = quantities(database()), quantities(database(multiAz=True))

    assert line(one, "rds-hours.db.t4g.medium").always == 730
    assert line(two, "rds-hours.db.t4g.medium").always == 2 * 730
    assert line(two, "rds-storage-gib-months").always == 2 * 100
    assert line(two, "rds-hours.db.t4g.medium").measures == {
        "vCPU-hours": 2,
        "memory GiB-hours": 4,
    }


def test_a_replica_has_its_sources_storage() -> None:
    replica = database("replica", replicateSourceDb="one", identifier="two", allocatedStorage=None)
    found = quantities(database(multiAz=True), replica)

    assert sum(each.always for each in found.lines if each.key == "rds-storage-gib-months") == 300


def test_provisioned_iops_are_counted_where_there_are_any() -> None:
    assert line(quantities(database(iops=4000, multiAz=True)), "rds-iops-months").always == 8000
    assert not [each for each in quantities(database()).lines if "iops" in each.key]


def test_backups_lie_between_a_copy_in_each_vault_and_one_for_each_point() -> None:
    copies = [{"lifecycle": {"deleteAfter": 30}}]
    rule = {
        "schedule": "cron(0 5 * * ? *)",
        "lifecycle": {"deleteAfter": 10},
        "copyActions": copies,
    }
    found = line(
        quantities(database(), Resource(PLAN, "plan", properties={"rules": [rule]})),
        "backup-gib-months",
    )

    assert found.always == found.scheduled == 2 * 100
    assert found.most == pytest.approx((10 + 30) * 100)


def test_an_endpoint_is_billed_in_each_zone_and_a_gateway_endpoint_not_at_all() -> None:
    interface = {"vpcEndpointType": "Interface", "subnetIds": ["a", "b", "c"]}
    found = quantities(
        Resource(ENDPOINT, "kms", properties=interface),
        Resource(ENDPOINT, "logs", properties=interface),
        Resource(ENDPOINT, "s3", properties={"vpcEndpointType": "Gateway"}),
    )

    assert line(found, "interface-endpoint-hours").always == 6 * 730
    assert line(found, "interface-endpoint-hours").resources == ("kms", "logs")


def test_gateways_are_counted_one_by_one() -> None:
    found = line(quantities(Resource(NAT, "a"), Resource(NAT, "b")), "nat-gateway-hours")

    assert found.always == 2 * 730
    assert found.resources == ("a", "b")
    assert found.setting.startswith("Pulumi.staging.yaml:")
    assert found.setting.endswith(": scale.network.natGateways")


def test_an_alarm_counts_by_the_metrics_it_looks_at() -> None:
    alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
    queries = [{"id": "sum", "expression": "a+b"}, {"id": "a", "metric": {}}, {"metric": {}}]
    found = quantities(
        Resource(alarm, "one", properties={"metricName": "CPUUtilization"}),
        Resource(alarm, "three", properties={"metricQueries": queries}),
    )

    assert line(found, "alarm-metrics").always == 1 + 2


def test_an_internal_entrance_has_no_public_address() -> None:
    kind = "aws:lb/loadBalancer:LoadBalancer"
    public = quantities(Resource(kind, "alb", properties={"subnets": ["a", "b"]}))
    inside = quantities(Resource(kind, "alb", properties={"subnets": ["a"], "internal": True}))

    assert line(public, "public-ipv4-hours").always == 2 * 730
    assert "public-ipv4-hours" not in {each.key for each in inside.lines}


def test_a_type_that_nobody_knows_the_cost_of_is_named() -> None:
    found = quantities(Resource("aws:redshift/cluster:Cluster", "warehouse"))

    assert found.unknown == ("aws:redshift/cluster:Cluster",)


def test_use_says_where_it_can_be_stated() -> None:
    (ingested, stored) = quantities(Resource("aws:cloudwatch/logGroup:LogGroup", "web")).usage

    assert ingested.stated == "usage.staging.logs-ingested-gb"
    assert stored.bound == "Pulumi.yaml: shape.logs.retentionDays"


def test_each_key_in_the_tables_can_be_priced() -> None:
    keys = {each.key for billed in PIECES.values() for each in billed}
    keys |= {key for each in USED.values() for key in each}

    assert keys <= KEYS.keys()
    assert not set(COUNTED_APART) & PIECES.keys()


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        ([database(instanceClass="db.z9.large")], "instanceClass must be one that is known"),
        ([database(allocatedStorage=None)], "allocatedStorage must be a number, got none"),
        ([Resource(SERVICE, "lone")], "must have one task definition, got 0"),
        (service()[:2], "must have one scaling target, got 0"),
    ],
)
def test_what_the_program_would_not_describe_is_refused(
    resources: list[Resource], words: str
) -> None:
    with pytest.raises(OperationError, match=words):
        quantities(*resources)


def test_the_schedule_of_one_start_alone_changes_nothing() -> None:
    assert line(quantities(*service(), action("start", START, 2)), VCPU).scheduled == 730
