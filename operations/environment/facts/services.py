"""The services, their tasks, and what image those really run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from operations.aws import ask
from operations.environment.reach import Reach
from operations.errors import OperationError

NAMES = {"web": "webServiceName", "worker": "workerServiceName"}
"""Each service, and the output that names it."""
AT_ONCE = 100
"""Tasks that one DescribeTasks takes (Amazon ECS API Reference)."""


@dataclass(frozen=True)
class Task:
    """One task of a service."""

    name: str
    status: str
    health: str
    definition: str
    digests: frozenset[str]
    """Of the images that its containers run, as they were asked for and as ECS found them."""


@dataclass(frozen=True)
class Service:
    """One service as ECS shows it."""

    status: str
    wanted: int
    running: int
    pending: int
    definition: str
    rollouts: tuple[str, ...]
    """The state of each deployment that is under way or the last."""
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Services:
    """Every service by its short name."""

    found: Mapping[str, Service]


def look(reach: Reach) -> Services:
    """Ask ECS."""
    client, cluster = reach.client("ecs"), str(reach.outputs["clusterName"])
    names = {str(reach.outputs[output]): short for short, output in NAMES.items()}
    told = ask(client, "describe_services", cluster=cluster, services=list(names))
    return Services(
        {
            names[shown["serviceName"]]: _service(client, cluster, shown)
            for shown in told["services"]
        }
    )


def _service(client: Any, cluster: str, shown: dict[str, Any]) -> Service:
    return Service(
        str(shown["status"]),
        int(shown["desiredCount"]),
        int(shown["runningCount"]),
        int(shown["pendingCount"]),
        str(shown["taskDefinition"]),
        tuple(str(each.get("rolloutState")) for each in shown["deployments"]),
        tuple(_tasks(client, cluster, serviceName=shown["serviceName"])),
    )


def _tasks(client: Any, cluster: str, **of: str) -> Iterable[Task]:
    for shown in tasks(client, cluster, **of):
        containers = shown.get("containers", [])
        yield Task(
            str(shown["taskArn"]).rpartition("/")[2],
            str(shown.get("lastStatus")),
            str(shown.get("healthStatus")),
            str(shown.get("taskDefinitionArn")),
            frozenset(
                digest
                for each in containers
                for digest in (each.get("imageDigest"), str(each.get("image")).partition("@")[2])
                if digest
            ),
        )


def tasks(client: Any, cluster: str, **of: str) -> list[dict[str, Any]]:
    """Return what ECS shows of tasks of a service or a family."""
    arns: list[str] = []
    more: dict[str, str] = {}
    while True:
        listed = ask(client, "list_tasks", cluster=cluster, **of, **more)
        arns += listed["taskArns"]
        if not listed.get("nextToken"):
            break
        more = {"nextToken": listed["nextToken"]}
    found: list[dict[str, Any]] = []
    for first in range(0, len(arns), AT_ONCE):
        told = ask(client, "describe_tasks", cluster=cluster, tasks=arns[first : first + AT_ONCE])
        if lost := [each for each in told.get("failures", []) if each.get("reason") != "MISSING"]:
            raise OperationError(f"ecs.describe_tasks: {lost[0].get('reason')}")
        found += told["tasks"]
    return found
