"""What AWS shows of a deployed stack, looked at until it can be judged."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from operations.aws import AwsRefusedError, ask
from operations.delivery.verdict import (
    Line,
    Seen,
    Word,
    alarm_lines,
    image_of,
    service_lines,
    target_line,
    unsettled,
)
from operations.errors import OperationError
from operations.place import Place

POLL_SECONDS = 10.0
POLL_SECONDS_IN_SANDBOX = 0.5
TASKS_AT_ONCE = 100
"""DescribeTasks takes no more (ECS API Reference)."""
SERVICES = ("web", "worker")
NEEDED = (
    "clusterName",
    "deploymentAlarmNames",
    "healthAlarmName",
    "registryUrl",
    "targetGroupArn",
    "webServiceName",
    "webTaskDefinition",
    "workerServiceName",
    "workerTaskDefinition",
)
"""Outputs that a verdict relies on."""


@dataclass(frozen=True)
class Look:
    """A stack's deployment, as one moment shows it."""

    place: Place
    digest: str
    """Of the release that is to run."""

    def __post_init__(self) -> None:
        """Refuse a stack whose services were never brought up."""
        missing = [name for name in NEEDED if not self.place.outputs.get(name)]
        if missing:
            raise OperationError(
                f"{self.place.stack}: the stack has no output {', '.join(missing)}: "
                "bring it up first"
            )

    def lines(self) -> list[Line]:
        """Return a line for each thing; OperationError where AWS can't be asked at all."""
        seen = {name: self._service(name) for name in SERVICES}
        asleep = seen["web"].asleep if seen["web"] else False
        lines = []
        for name, each in seen.items():
            definition = str(self.place.outputs[f"{name}TaskDefinition"])
            lines += service_lines(name, each, definition, self._same(each))
        lines.append(target_line(self._targets(), asleep=asleep))
        names = [*self.place.outputs["deploymentAlarmNames"], self.place.outputs["healthAlarmName"]]
        return [*lines, *alarm_lines(names, self._alarms(names))]

    def _service(self, name: str) -> Seen | None:
        place = self.place
        cluster, service = place.outputs["clusterName"], place.outputs[f"{name}ServiceName"]
        ecs = place.client("ecs")
        shown = ask(ecs, "describe_services", cluster=cluster, services=[service])["services"]
        living = [each for each in shown if each.get("status") == "ACTIVE"]
        if not living:
            return None
        return Seen(living[0], list(self._tasks(ecs, cluster, service)), self._asleep(name))

    def _tasks(self, ecs: Any, cluster: str, service: str) -> Iterator[dict[str, Any]]:
        arns: list[str] = []
        more: dict[str, str] = {}
        while True:
            found = ask(ecs, "list_tasks", cluster=cluster, serviceName=service, **more)
            arns += found["taskArns"]
            if not found.get("nextToken"):
                break
            more = {"nextToken": found["nextToken"]}
        for first in range(0, len(arns), TASKS_AT_ONCE):
            some = arns[first : first + TASKS_AT_ONCE]
            yield from ask(ecs, "describe_tasks", cluster=cluster, tasks=some)["tasks"]

    def _asleep(self, name: str) -> bool:
        """Tell whether off hours hold the service at no task.

        Their scheduled action sets the upper bound to 0, and nothing else does so.
        """
        off = self.place.settings.scale.off_hours
        least = {"web": off.web_min, "worker": off.worker_min}[name]
        if least > 0 or name in off.keep_running:
            return False
        outputs = self.place.outputs
        resource = f"service/{outputs['clusterName']}/{outputs[f'{name}ServiceName']}"
        found = ask(
            self.place.client("application-autoscaling"),
            "describe_scalable_targets",
            ServiceNamespace="ecs",
            ResourceIds=[resource],
        )["ScalableTargets"]
        return bool(found) and all(each["MaxCapacity"] == 0 for each in found)

    def _same(self, seen: Seen | None) -> dict[str, Word]:
        """Return of each image that runs whether it is the release's."""
        tasks = seen.tasks if seen else []
        containers = [each for task in tasks for each in task.get("containers", [])]
        return {image_of(each): self._is_release(each) for each in containers}

    def _is_release(self, container: dict[str, Any]) -> Word:
        """Tell whether a container runs the release.

        What is named by the release's digest can be nothing else. ECS may still show another one
        for it: that of the platform's manifest, where the digest is of a list of manifests.
        """
        image, pulled = str(container.get("image", "")), container.get("imageDigest")
        named = image.endswith(f"@{self.digest}")
        if pulled == self.digest or (named and not pulled):
            return "pass"
        if not named or not pulled:
            return "fail"
        return self._is_listed(str(pulled))

    def _is_listed(self, digest: str) -> Word:
        repository = str(self.place.outputs["registryUrl"]).partition("/")[2]
        try:
            found = ask(
                self.place.client("ecr"),
                "batch_get_image",
                repositoryName=repository,
                imageIds=[{"imageDigest": self.digest}],
            )["images"]
        except AwsRefusedError:
            return "unknown"
        if not found:
            return "unknown"
        return "pass" if any(digest in each["imageManifest"] for each in found) else "fail"

    def _targets(self) -> Sequence[dict[str, Any]]:
        arn = self.place.outputs["targetGroupArn"]
        found = ask(self.place.client("elbv2"), "describe_target_health", TargetGroupArn=arn)
        return list(found["TargetHealthDescriptions"])

    def _alarms(self, names: Sequence[str]) -> dict[str, tuple[str, str]]:
        found = ask(
            self.place.client("cloudwatch"),
            "describe_alarms",
            AlarmNames=list(names),
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        )
        return {
            each["AlarmName"]: (
                each["StateValue"],
                " ".join(str(each.get("StateReason", "")).split()),
            )
            for kind in ("MetricAlarms", "CompositeAlarms")
            for each in found.get(kind, [])
        }


def judged(look: Look, *, minutes: float, poll: float, tell: Callable[[str], None]) -> list[Line]:
    """Look until every line passed or one is lost for good, at most so many minutes."""
    until = time.monotonic() + minutes * 60
    told = ""
    while True:
        lines = look.lines()
        if not unsettled(lines) or time.monotonic() + poll > until:
            return lines
        waits = "; ".join(f"{each.what} {each.words}" for each in lines if each.verdict != "pass")
        if waits != told:
            tell(f"waits: {waits}")
            told = waits
        time.sleep(poll)
