"""What runs: the web service, the worker, scheduled jobs, the migration, third parties."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict

from settings.kinds import (
    Command,
    ContainerCheck,
    Cron,
    HttpPath,
    Label,
    OpenText,
    Percent,
    Port,
    Timezone,
    UpperSnake,
    at_most,
    between,
    none_of,
    text,
)
from settings.section import Section


class HealthContract(Section):
    """What the health path's answer says, beside its status: JSON, as docs/testing.md has it."""

    api_version: Annotated[str, text(r"[0-9A-Za-z][0-9A-Za-z.-]{0,31}", "a version like 1 or v2")]
    """Of the interface that the application offers to others."""


class HealthCheck(Section):
    """How the load balancer asks a task whether it is well."""

    path: HttpPath
    interval_seconds: Annotated[int, between(5, 300, "seconds")]
    timeout_seconds: Annotated[int, between(2, 120, "seconds")]
    healthy_count: Annotated[int, between(2, 10)]
    unhealthy_count: Annotated[int, between(2, 10)]
    grace_seconds: Annotated[int, between(0, 3600, "seconds")]
    """After a task starts, before ECS minds the check."""
    contract: HealthContract | None = None
    """Where it is given, the environment's tests hold the answer against it."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield a timeout that outlasts the interval, which Elastic Load Balancing refuses."""
        if self.timeout_seconds >= self.interval_seconds:
            yield (
                "timeoutSeconds",
                f"must be less than intervalSeconds ({self.interval_seconds}), "
                f"got {self.timeout_seconds}",
            )


class WebScaling(Section):
    """When tasks are added: at the share of CPU or the requests per task, whichever is first."""

    cpu_percent: Percent
    requests_per_task: Annotated[int, between(1, 1_000_000)]
    """In a minute."""


class WorkerScaling(Section):
    """When tasks are added."""

    cpu_percent: Percent


class Web(Section):
    """The service behind the load balancer."""

    port: Port
    command: Command
    container_check: ContainerCheck
    """What ECS runs in the container to see whether it is well: CMD and the program, or CMD-SHELL
    and a line for the shell."""
    health_check: HealthCheck
    scaling: WebScaling


class Worker(Section):
    """The service without an entrance."""

    command: Command
    container_check: ContainerCheck
    scaling: WorkerScaling


LONGEST_JOB_NAME = 29
"""``job-<name>-task-roles`` begins the names of IAM roles and has 44 characters at most
(components/task_roles.py)."""

TAKEN_JOB_NAMES = (
    *("audit", "database", "exec", "flow-logs", "migration", "web", "worker"),
    *("refresh-prepare", "refresh-sanitise", "refresh-scan", "restore-check"),
)
"""Log groups, task families and log alarms of the environment itself have these names."""


class Job(Section):
    """A task that a schedule starts."""

    name: Annotated[
        Label,
        OpenText,
        at_most(LONGEST_JOB_NAME, "it begins the names of IAM roles"),
        none_of(TAKEN_JOB_NAMES, "the environment's own"),
    ]
    command: Command
    schedule: Cron
    timezone: Timezone


class Migration(Section):
    """The task that runs before a release."""

    command: Command


class Dependency(Section):
    """A third party whose health is watched, from outside and by the environment's tests."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"watched": {"const": False}}, "required": ["watched"]},
            "then": {"properties": {"about": {"pattern": r"\S"}}, "required": ["about"]},
        }
    )

    name: Annotated[Label, none_of(["entrance"], "the environment's own check")]
    url_variable: UpperSnake
    """The variable that holds its address."""
    path: HttpPath
    required: bool
    """Whether users cannot use the service when it is down; the others may ring later."""
    watched: bool = True
    """Whether it is asked from the internet: false where it is closed to it."""
    about: OpenText = ""
    """Why it is not watched."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield a third party that is left unwatched without a reason."""
        if not self.watched and not self.about.strip():
            yield "about", "must say why, as watched is false, got nothing"
