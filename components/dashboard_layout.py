"""Widgets of a CloudWatch dashboard, placed row by row.

Source: Amazon CloudWatch API Reference, "Dashboard body structure and syntax". What the widgets
show is in ``dashboard``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi import Input

from components.alarm import Metric

COLUMNS = 24
GRAPH_WIDTH = 6
GRAPH_HEIGHT = 6
ALARMS_IN_A_WIDGET = 100


@dataclass(frozen=True, kw_only=True)
class Graph:
    """One graph: lines by label, and, where it is a share, its top."""

    title: str
    lines: Mapping[str, Metric]
    percent: bool = False
    period: int = 300
    """Seconds of one data point."""
    region: str = ""
    """Where the metrics are; empty: in the dashboard's region."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """A heading and the graphs under it."""

    title: str
    graphs: Sequence[Graph]


@dataclass
class Page:
    """Widgets with their places; rows are filled from the left, areas begin a row."""

    region: str
    widgets: list[dict[str, Any]] = field(default_factory=list)
    _next_row: int = 0

    def add_alarms(self, title: str, arns: Sequence[Input[str]]) -> None:
        """Add the states of alarms, as many widgets as they need."""
        for start in range(0, len(arns), ALARMS_IN_A_WIDGET):
            shown = list(arns[start : start + ALARMS_IN_A_WIDGET])
            height = 2 + len(shown) // 8
            self._place("alarm", 0, COLUMNS, height, {"title": title, "alarms": shown})
            self._next_row += height

    def add_area(self, area: Area) -> None:
        """Add a heading and, under it, the graphs of one area."""
        self._place("text", 0, COLUMNS, 1, {"markdown": f"## {area.title}"})
        self._next_row += 1
        in_a_row = COLUMNS // GRAPH_WIDTH
        for position, graph in enumerate(area.graphs):
            column = position % in_a_row
            if position and not column:
                self._next_row += GRAPH_HEIGHT
            self._place(
                "metric", column * GRAPH_WIDTH, GRAPH_WIDTH, GRAPH_HEIGHT, self._graph(graph)
            )
        self._next_row += GRAPH_HEIGHT

    def _place(
        self, kind: str, column: int, width: int, height: int, properties: Mapping[str, Any]
    ) -> None:
        self.widgets.append(
            {
                "type": kind,
                "x": column,
                "y": self._next_row,
                "width": width,
                "height": height,
                "properties": dict(properties),
            }
        )

    def _graph(self, graph: Graph) -> dict[str, Any]:
        properties: dict[str, Any] = {
            "title": graph.title,
            "view": "timeSeries",
            "region": graph.region or self.region,
            "period": graph.period,
            "metrics": [_line(label, metric) for label, metric in graph.lines.items()],
        }
        if graph.percent:
            properties["yAxis"] = {"left": {"min": 0, "max": 100}}
        return properties


def _line(label: str, metric: Metric) -> list[Any]:
    """Return a metric as the dashboard writes it: namespace, name, dimensions in turn, look."""
    dimensions = [part for pair in metric.dimensions.items() for part in pair]
    look = {"label": label, "stat": metric.statistic}
    return [metric.namespace, metric.name, *dimensions, look]
