"""The tasks of services, and how a task that was started ends; moto 5.2.5 has neither.

What moto keeps of a service says already which tasks run, so they are worked out when they are
asked for: as many as the service runs, each on its primary deployment's task definition, each
healthy behind the service's target group.
"""

import uuid
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.models import EC2ContainerServiceBackend, ecs_backends
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus

_describe_tasks = EC2ContainerServiceBackend.describe_tasks
_list_tasks = EC2ContainerServiceBackend.list_tasks
_run_task = EC2ContainerServiceBackend.run_task
_describe_target_health = ELBv2Backend.describe_target_health

EXITS = "ecs.task"
"""What a fault of the kind ``exit`` meets; its resource is the family of the task definition."""
FIRST_HOST = 10
"""AWS keeps the first addresses of a subnet for itself (VPC User Guide, "Subnet sizing")."""

_fails: list[Callable[[str], bool]] = []


def fails_by(fails: Callable[[str], bool]) -> None:
    """Ask this whether a task of a family ends badly; before that, none does."""
    _fails[:] = [fails]


class ServiceTask:
    """One running task of a service, as DescribeTasks shows it."""

    def __init__(self, backend: Any, service: Any, number: int) -> None:
        primary = service.deployments[0]
        definition = backend.describe_task_definition(primary["taskDefinition"])
        id_ = uuid.uuid5(uuid.NAMESPACE_URL, f"{service.arn}/{primary['id']}/{number}").hex
        place = f"{backend.region_name}:{backend.account_id}"
        self.task_arn = f"arn:aws:ecs:{place}:task/{service.cluster_name}/{id_}"
        self.cluster_arn = service.cluster_arn
        self.task_definition_arn = definition.arn
        self.family = definition.family
        self.group = f"service:{service.name}"
        self.started_by = primary["id"]
        self.last_status = self.desired_status = "RUNNING"
        self.health_status = "HEALTHY"
        self.tags = service.tags
        self.address = _address(backend, service, number)
        self.containers = [_container(self, each) for each in definition.container_definitions]


def _container(task: ServiceTask, defined: dict[str, Any]) -> dict[str, Any]:
    image = str(defined.get("image"))
    return {
        "containerArn": f"{task.task_arn}/{defined['name']}".replace(":task/", ":container/"),
        "taskArn": task.task_arn,
        "name": defined["name"],
        "image": image,
        "imageDigest": image.rpartition("@")[2] if "@" in image else None,
        "lastStatus": "RUNNING",
        "healthStatus": "HEALTHY",
    }


def _address(backend: Any, service: Any, number: int) -> str:
    subnets = service.network_configuration.get("awsvpcConfiguration", {}).get("subnets", [])
    if not subnets:
        return "127.0.0.1"
    found = ec2_backends[backend.account_id][backend.region_name].describe_subnets(
        subnet_ids=[subnets[number % len(subnets)]]
    )
    return str(ip_network(found[0].cidr_block)[FIRST_HOST + number])


def _tasks(backend: Any, name: str | None = None) -> Iterator[ServiceTask]:
    for service in backend.services.values():
        wanted = name is None or service.name == name.rpartition("/")[2]
        if wanted and service.status == "ACTIVE" and service.deployments:
            for number in range(service.running_count):
                yield ServiceTask(backend, service, number)


def list_tasks(
    self: Any,
    cluster_str: str | None = None,
    container_instance: str | None = None,
    family: str | None = None,
    *rest: Any,
    **named: Any,
) -> list[Any]:
    """List the tasks of services too, and of a service its own alone."""
    names = ("started_by", "service_name", "desiredStatus")
    given = {**dict.fromkeys(names), **dict(zip(names, rest, strict=False)), **named}
    found: list[Any] = []
    if given["service_name"] is None:
        found = _list_tasks(self, cluster_str, container_instance, family, **given)
    if container_instance or given["desiredStatus"] == "STOPPED":
        return found
    cluster = self._get_cluster(cluster_str or "default")
    return found + [
        task
        for task in _tasks(self, given["service_name"])
        if task.cluster_arn == cluster.arn
        and family in (None, task.family)
        and given["started_by"] in (None, task.started_by)
    ]


def describe_tasks(self: Any, cluster_str: str, tasks: list[str]) -> list[Any]:
    """Describe the tasks of services too; one that has stopped is wanted stopped, as on AWS."""
    found: list[Any] = _describe_tasks(self, cluster_str, tasks)
    for task in found:
        if task.last_status == "STOPPED":
            task.desired_status = "STOPPED"
    asked = {task.rpartition("/")[2] for task in tasks}
    return found + [task for task in _tasks(self) if task.task_arn.rpartition("/")[2] in asked]


def run_task(self: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """Have a task end as a fault wants it; moto has each end well."""
    started: list[Any] = _run_task(self, *args, **kwargs)
    for task in started:
        task.stop_code = "EssentialContainerExited"
        task.stopped_reason = "Essential container in task exited"
        family = task.task_definition_arn.rpartition("/")[2].partition(":")[0]
        if any(fails(family) for fails in _fails):
            for container in task.containers:
                container.exitCode = 1
    return started


def describe_target_health(self: Any, target_group_arn: str, targets: list[Any]) -> list[Any]:
    """Show the tasks of the services behind a target group; whoever runs there is healthy."""
    found: list[Any] = _describe_target_health(self, target_group_arn, targets)
    if targets:
        return found
    backend = ecs_backends[self.account_id][self.region_name]
    for service in backend.services.values():
        for balancer in service.load_balancers:
            if balancer.get("targetGroupArn") == target_group_arn and service.status == "ACTIVE":
                found += [
                    FakeHealthStatus(
                        task.address, balancer["containerPort"], "traffic-port", "healthy"
                    )
                    for task in _tasks(backend, service.name)
                    if task.cluster_arn == service.cluster_arn
                ]
    return found


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    EC2ContainerServiceBackend.list_tasks = list_tasks
    EC2ContainerServiceBackend.describe_tasks = describe_tasks
    EC2ContainerServiceBackend.run_task = run_task
    ELBv2Backend.describe_target_health = describe_target_health
