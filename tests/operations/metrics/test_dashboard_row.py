"""The dashboard's row on delivery shows numbers that are published, by their name and unit."""

from datetime import UTC, datetime

import pytest

from components.dashboard_delivery import DIMENSION, NAMESPACE, delivery_graphs
from components.dashboard_layout import COLUMNS, GRAPH_WIDTH
from operations.metrics import histories, publish
from operations.metrics.delivery import delivery

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PUBLISHED = {
    each.name: each.unit
    for each in (
        *delivery([], NOW, 90, lambda _: None),
        *histories.checks([], "staging"),
        *histories.parity([], "staging"),
        *histories.drills([], "staging", NOW, 90),
        *histories.load([], "staging"),
    )
}
UNITS = {"percent": "Percent", "Seconds": "Seconds", "Milliseconds": "Milliseconds"}
GRAPHS = {graph.title: graph for graph in delivery_graphs("staging")}


def test_it_is_one_row() -> None:
    assert len(GRAPHS) * GRAPH_WIDTH == COLUMNS


@pytest.mark.parametrize("title", GRAPHS)
def test_each_line_is_a_number_that_is_published_in_the_unit_of_the_graphs_title(
    title: str,
) -> None:
    (unit,) = (unit for word, unit in UNITS.items() if word in title)
    for metric in GRAPHS[title].lines.values():
        assert PUBLISHED[metric.name] == unit
        assert (metric.namespace, dict(metric.dimensions)) == (
            publish.NAMESPACE,
            {publish.DIMENSION: "staging"},
        )
    assert (NAMESPACE, DIMENSION) == (publish.NAMESPACE, publish.DIMENSION)
    assert GRAPHS[title].period == publish.PERIOD
    assert GRAPHS[title].percent is (unit == "Percent")
