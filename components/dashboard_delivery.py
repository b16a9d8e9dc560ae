"""How delivery goes and how alike the environments are: what ``operations metrics`` publishes.

A test holds the names to those that it publishes. One row; a number that has a page of its own
(frequency of deployments, requests of a load test) is left out.
"""

from components.alarm import Metric
from components.dashboard_layout import Graph

NAMESPACE = "Understudy"
DIMENSION = "Environment"
PERIOD = 3_600
"""They are published once an hour at most."""


def delivery_graphs(environment: str) -> list[Graph]:
    """Return the row of one environment."""

    def lines(**metrics: str) -> dict[str, Metric]:
        return {
            label.replace("_", " "): Metric(
                namespace=NAMESPACE,
                name=metric,
                dimensions={DIMENSION: environment},
                statistic="Average",
            )
            for label, metric in metrics.items()
        }

    return [
        Graph(
            title="Deliveries, percent",
            lines=lines(
                deployed_well="DeploymentSuccessRate",
                changes_undone="ChangeFailureRate",
                drills_passed="DrillSuccessRate",
                errors_under_load="LoadErrorRate",
            ),
            percent=True,
            period=PERIOD,
        ),
        Graph(
            title="Checks and likeness, percent",
            lines=lines(
                checks_passed="CheckPassRate",
                checks_answered="CheckCoverage",
                parity="ParityIndex",
                likeness="ParityLikeness",
            ),
            percent=True,
            period=PERIOD,
        ),
        Graph(
            title="Seconds to deliver and recover",
            lines=lines(
                commit_to_deployed="LeadTime",
                failure_to_restored="TimeToRestore",
                drill_restored="RecoveryTime",
                drill_data_lost="RecoveryPoint",
            ),
            period=PERIOD,
        ),
        Graph(
            title="Milliseconds to answer under load",
            lines=lines(p95="LoadLatencyP95"),
            period=PERIOD,
        ),
    ]
