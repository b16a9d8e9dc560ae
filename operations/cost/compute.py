"""Fargate: vCPUs and memory of the services' tasks, by processor, on demand and on Spot.

AWS bills a task by its vCPUs and memory while it runs, by processor (AWS Fargate Pricing). A
"GB" there is 1,024 MiB. What starts only for a job is usage.
"""

from collections.abc import Iterator
from datetime import date

from operations.cost.awake import average_least
from operations.cost.line import HOURS, Line
from operations.cost.where import Where
from operations.errors import OperationError
from policies.graph import Graph, Resource

SERVICE = "aws:ecs/service:Service"
TARGET = "aws:appautoscaling/target:Target"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SPOT = "FARGATE_SPOT"
UNITS = 1024
"""CPU units of one vCPU, and MiB of one GB."""


def fargate(graph: Graph, where: Where, today: date) -> Iterator[Line]:
    """Yield vCPU-hours and GB-hours of each service, on demand and on Spot."""
    for service in graph.of(SERVICE):
        task = _one(graph.linked(service, "taskDefinition", TASK), service, "task definition")
        target = _one(graph.referring(service, TARGET, "resourceId"), service, "scaling target")
        always = float(target["minCapacity"].number or 0)
        tasks = (
            always,
            average_least(graph, target, today),
            float(target["maxCapacity"].number or 0),
        )
        for spot in (False, True):
            shares = tuple(_share(service, number, spot=spot) for number in tasks)
            if any(shares):
                yield from _lines(service, task, shares, where, spot=spot)


def _lines(
    service: Resource, task: Resource, tasks: tuple[float, ...], where: Where, *, spot: bool
) -> Iterator[Line]:
    processor = task["runtimePlatform"]["cpuArchitecture"].or_else("X86_64").text.lower()
    begins = f"fargate-{'spot-' if spot else ''}{processor}"
    name = service.name.removesuffix("-service")
    for unit, amount, setting, measure in (
        ("vcpu", "cpu", "cpu", "vCPU-hours"),
        ("gb", "memory", "memoryMib", "memory GiB-hours"),
    ):
        each = int(task[amount].text) / UNITS * HOURS
        always, scheduled, most = (number * each for number in tasks)
        yield Line(
            key=f"{begins}-{unit}-hours",
            always=always,
            scheduled=scheduled,
            most=most,
            resources=(service.name,),
            setting=where.scale(
                f"{name}.{setting}", f"{name}.min", f"{name}.max", f"offHours.{name}Min"
            ),
            measures={"vCPU-hours": 1.0} if measure == "vCPU-hours" else {"memory GiB-hours": 1.0},
        )


def _share(service: Resource, tasks: float, *, spot: bool) -> float:
    """Return how many of the tasks the strategy puts on Spot, or on demand.

    The base first, the rest by weight (Amazon ECS API Reference, CapacityProviderStrategyItem).
    """
    strategies = service["capacityProviderStrategies"].items()
    bases = sum(each["base"].number or 0 for each in strategies)
    weights = sum(each["weight"].number or 0 for each in strategies)
    mine = [each for each in strategies if (each["capacityProvider"].text == SPOT) == spot]
    if not strategies:
        return 0.0 if spot else tasks
    base = min(tasks, sum(each["base"].number or 0 for each in mine))
    rest = max(0.0, tasks - bases)
    return base + (
        rest * sum(each["weight"].number or 0 for each in mine) / weights if weights else 0
    )


def _one(found: list[Resource], service: Resource, what: str) -> Resource:
    if len(found) != 1:
        raise OperationError(f"{service}: must have one {what}, got {len(found)}")
    return found[0]
