"""The dashboard shows the same at every size, as valid JSON."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.dashboard import Dashboard, DashboardArgs
from components.dashboard_layout import COLUMNS
from components.log_errors import error_metric
from tests.support.graph import Graph, once, record

DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
SMALL = DashboardArgs(
    dashboard_name="storefront-staging",
    region="eu-west-1",
    alarm_arns=["arn:aws:cloudwatch:eu-west-1:222222222222:alarm:one"],
    load_balancer_suffix="app/web/1",
    target_group_suffixes={"web": "targetgroup/web/1"},
    cluster_name="cluster",
    service_names={"web": "web", "worker": "worker"},
    database_identifiers={"primary": "database"},
    nat_gateway_ids={"a": "nat-a"},
    web_acl_metric="firewall",
    certificate_arn="arn:cert",
    backup_vault_name="storefront",
    log_errors={"web": error_metric("storefront/staging/logs", "web")},
    outside_checks={"entrance": "check-0", "payments": "check-1"},
    environment="staging",
)
LARGE = replace(
    SMALL,
    alarm_arns=[f"arn:alarm:{n}" for n in range(101)],
    database_identifiers={"primary": "database", "replica-1": "replica"},
    nat_gateway_ids={"a": "nat-a", "b": "nat-b", "c": "nat-c"},
)
SIZES = pytest.mark.parametrize("args", [SMALL, LARGE], ids=["staging", "production"])


@once
def deploy(args: DashboardArgs) -> Graph:
    return record(lambda: Dashboard("dashboard", args))


def widgets(args: DashboardArgs) -> list[dict[str, Any]]:
    node = deploy(args).one(DASHBOARD)
    assert node.inputs["dashboardName"] == "storefront-staging"
    return list(json.loads(node.inputs["dashboardBody"])["widgets"])


def graphs(args: DashboardArgs) -> dict[str, dict[str, Any]]:
    return {
        widget["properties"]["title"]: widget["properties"]
        for widget in widgets(args)
        if widget["type"] == "metric"
    }


@SIZES
def test_widgets_do_not_overlap_and_stay_on_the_page(args: DashboardArgs) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in widgets(args):
        cells = {
            (widget["x"] + column, widget["y"] + row)
            for column in range(widget["width"])
            for row in range(widget["height"])
        }
        assert not cells & taken
        assert max(column for column, _ in cells) < COLUMNS
        taken |= cells


def test_same_graphs_and_headings_at_both_sizes() -> None:
    def headings(args: DashboardArgs) -> list[str]:
        return [w["properties"]["markdown"] for w in widgets(args) if w["type"] == "text"]

    assert list(graphs(SMALL)) == list(graphs(LARGE))
    assert headings(SMALL) == headings(LARGE)


@SIZES
def test_every_line_has_namespace_metric_dimension_pairs_and_a_statistic(
    args: DashboardArgs,
) -> None:
    for title, properties in graphs(args).items():
        abroad = title == "Answers from outside"
        assert properties["region"] == ("us-east-1" if abroad else "eu-west-1")
        assert properties["metrics"]
        for *parts, look in properties["metrics"]:
            assert len(parts) % 2 == 0
            assert all(isinstance(part, str) and part for part in parts)
            assert look["stat"]
            assert look["label"]


def test_alarm_states_come_first_and_at_most_a_hundred_in_a_widget() -> None:
    shown = [len(w["properties"]["alarms"]) for w in widgets(LARGE) if w["type"] == "alarm"]

    assert shown == [100, 1]
    assert widgets(LARGE)[0]["type"] == "alarm"


def test_each_zone_and_each_database_has_its_line() -> None:
    lines = graphs(LARGE)

    ports = lines["NAT: no port left"]["metrics"]
    assert [line[3] for line in ports] == ["nat-a", "nat-b", "nat-c"]
    assert [line[3] for line in lines["Connections"]["metrics"]] == ["database", "replica"]
    labels = [line[-1]["label"] for line in lines["Disk requests a second"]["metrics"]]
    assert len(labels) == len(set(labels)) == 4


def test_what_is_seen_from_outside_has_a_line_for_each_check() -> None:
    lines = graphs(SMALL)["Answers from outside"]["metrics"]

    assert [(line[:4], line[-1]["label"]) for line in lines] == [
        (["AWS/Route53", "HealthCheckStatus", "HealthCheckId", "check-0"], "entrance"),
        (["AWS/Route53", "HealthCheckStatus", "HealthCheckId", "check-1"], "payments"),
    ]


def test_delivery_has_the_last_row_with_the_numbers_of_its_own_environment() -> None:
    shown = widgets(replace(SMALL, environment="production"))
    heading = [w["properties"].get("markdown") for w in shown].index("## Delivery and likeness")
    row = shown[heading + 1 :]

    assert len({widget["y"] for widget in row}) == 1
    for widget in row:
        for line in widget["properties"]["metrics"]:
            assert line[0] == "Understudy"
            assert line[2:4] == ["Environment", "production"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dashboard_name": "a b"}, "dashboard_name must be letters"),
        ({"alarm_arns": []}, "alarm_arns must name at least one"),
        ({"nat_gateway_ids": {}}, "nat_gateway_ids must name at least one"),
        ({"target_group_suffixes": {}}, "target_group_suffixes must be named"),
    ],
)
def test_page_that_would_show_nothing_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL, **changes)
