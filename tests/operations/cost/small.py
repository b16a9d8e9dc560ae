"""A small environment as the program would describe it, whose quantities can be told by hand."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from operations.cost.count import counted
from operations.cost.line import Line, Quantities
from policies.graph import Graph, Resource, graph_of
from settings import Settings, load
from tests.settings.workspace import ROOT

TODAY = date(2026, 11, 29)
SERVICE = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
TARGET = "aws:appautoscaling/target:Target"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
INSTANCE = "aws:rds/instance:Instance"
PLAN = "aws:backup/plan:Plan"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
NAT = "aws:ec2/natGateway:NatGateway"
STOP, START = "cron(0 20 ? * MON-FRI *)", "cron(0 6 ? * MON-FRI *)"
WEB = "service/cluster/${aws:ecs/service:Service::web-service.name}"


def service(
    strategies: Sequence[dict[str, Any]] = (), *, least: int = 2, most: int = 6
) -> list[Resource]:
    """Return a service of tasks with half a vCPU and 1 GB, and its scaling target."""
    task = {"cpu": "512", "memory": "1024", "runtimePlatform": {"cpuArchitecture": "ARM64"}}
    return [
        Resource(TASK, "web-task-definition", properties=task),
        Resource(
            SERVICE,
            "web-service",
            properties={"capacityProviderStrategies": list(strategies)},
            links={"taskDefinition": ((TASK, "web-task-definition"),)},
        ),
        Resource(
            TARGET,
            "web-scaling-target",
            properties={"minCapacity": least, "maxCapacity": most, "resourceId": WEB},
            links={"resourceId": ((SERVICE, "web-service"),)},
        ),
    ]


def action(name: str, schedule: str, least: int, **more: Any) -> Resource:
    """Return a scheduled action on the service."""
    properties = {
        "resourceId": WEB,
        "schedule": schedule,
        "scalableTargetAction": {"minCapacity": least, "maxCapacity": 6},
        **more,
    }
    return Resource(ACTION, name, properties=properties)


def nights(least: int = 0, **more: Any) -> list[Resource]:
    """Return actions by which the service has fewer tasks at night and on weekends."""
    return [action("stop", STOP, least, **more), action("start", START, 2)]


def database(name: str = "database-instance", **properties: Any) -> Resource:
    """Return a database with 100 GiB on two vCPUs and 4 GiB of memory."""
    usual = {"instanceClass": "db.t4g.medium", "allocatedStorage": 100, "multiAz": False}
    return Resource(INSTANCE, name, properties={**usual, "identifier": "one", **properties})


def graph(*resources: Resource) -> Graph:
    """Return the graph of staging with some resources."""
    return graph_of("staging", resources)


def quantities(*resources: Resource, today: date = TODAY, root: Path = ROOT) -> Quantities:
    """Return what these resources are counted as."""
    settings = _committed() if root == ROOT else load(root, "staging")
    return counted(root, graph(*resources), settings, today)


@cache
def _committed() -> Settings:
    return load(ROOT, "staging")


def line(found: Quantities, key: str) -> Line:
    """Return the one line with a key."""
    (one,) = (each for each in found.lines if each.key == key)
    return one
