"""The dashboard shows the same at every size, as valid JSON."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.alarm import Metric
from components.dashboard import Dashboard, DashboardArgs
from components.dashboard_layout import COLUMNS
from components.log_errors import error_metric
from tests.support.graph import record

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
)
LARGE = replace(
    SMALL,
    alarm_arns=[f"arn:alarm:{n}" for n in range(101)],
    database_identifiers={"primary": "database", "replica-1": "replica"},
    nat_gateway_ids={"a": "nat-a", "b": "nat-b", "c": "nat-c"},
)
SIZES = pytest.mark.parametrize("args", [SMALL, LARGE], ids=["staging", "production"])


def widgets(args: DashboardArgs) -> list[dict[str, Any]]:
    node = record(lambda: Dashboard("dashboard", args)).one(DASHBOARD)
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
    for properties in graphs(args).values():
        assert properties["region"] == "eu-west-1"
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


def test_more_graphs_are_an_area_of_their_own() -> None:
    rate = Metric(namespace="storefront/delivery", name="Deployed", dimensions={}, statistic="Sum")
    args = replace(SMALL, extra={"Deployments": {"done": rate}})

    assert graphs(args)["Deployments"]["metrics"] == [
        ["storefront/delivery", "Deployed", {"label": "done", "stat": "Sum"}]
    ]
    assert "Deployments" not in graphs(SMALL)


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
