"""Real reports: of the program as it is, and of a staging with faults of every kind."""

import dataclasses
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from policies.check import Rulebook, judge
from policies.graph import Graph, Resource
from policies.report import Report
from policies.waivers import Waiver
from tests.policies.recorded import graphs
from tests.settings.workspace import ROOT

TODAY = date(2030, 1, 1)
EVIL_NAME = '<script>alert("name")</script>'
EVIL_PATH = "<b onclick=alert(1)>"
EVIL_VALUE = '</script></style><img src=x onerror=alert(1)> "onload="alert(1) ' + "again " * 40

_CHANGES: Mapping[str, Mapping[str, Any]] = {
    "aws:ecs/service:Service::web-service": {EVIL_PATH: EVIL_VALUE, "desiredCount": 99},
    "aws:rds/instance:Instance::database-instance": {
        "storageEncrypted": False,
        "allocatedStorage": 10,
    },
}
_EXTRA = Resource("aws:sqs/queue:Queue", EVIL_NAME, "environment/web")
WAIVER = Waiver(
    rule="parity-resource-extra",
    stack="staging",
    resource="aws:sqs/queue:Queue::*",
    reason="Tried out <here> before production gets it.",
    owner="team & web",
    expires=date(2030, 5, 1),
)


@cache
def clean() -> Report:
    """Return the report on the program as it is."""
    return judge(Rulebook.of(ROOT), *graphs().values(), today=TODAY)


@cache
def faulty() -> Report:
    """Return the report on a staging with no firewall and with much else that is wrong."""
    rulebook = dataclasses.replace(Rulebook.of(ROOT), waivers=[WAIVER])
    return judge(rulebook, graphs()["production"], _spoilt(graphs()["staging"]), today=TODAY)


def _spoilt(graph: Graph) -> Graph:
    kept = [each for each in graph.resources if "firewall" not in (each.name, *_steps(each))]
    changed = [
        dataclasses.replace(each, properties={**each.properties, **_CHANGES.get(str(each), {})})
        for each in kept
    ]
    return dataclasses.replace(graph, resources=(*changed, _EXTRA))


def _steps(resource: Resource) -> list[str]:
    return resource.parent.split("/")
