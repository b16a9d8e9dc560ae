"""What ECS refuses of a task definition and moto takes: sizes, names and references inside it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.provider.resource import Problem
from sandbox.provider.values import Props, is_known

MEMORY_MIB: Mapping[int, Sequence[int]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
"""CPU units to the memory that Fargate allows with them (ECS Developer Guide, "Task CPU and
memory")."""
SIZE = re.compile(r"(\d*\.?\d+)\s*(vcpu|gb)?", re.IGNORECASE)
EPHEMERAL_GIB = (21, 200)
LONGEST_STOP_SECONDS = 120
CHECK_BOUNDS = {
    "interval": (5, 300),
    "timeout": (2, 120),
    "retries": (1, 10),
    "startPeriod": (0, 300),
}


def size(value: Any) -> int | None:
    """Return CPU units or MiB of ``512``, ``"512"``, ``"0.5 vCPU"`` or ``"1 GB"``."""
    found = SIZE.fullmatch(str(value).strip())
    if found is None:
        return None
    number = float(found[1])
    return int(number * 1024) if found[2] else int(number)


def task_problems(props: Props, containers: list[dict[str, Any]] | None) -> Iterator[Problem]:
    """Yield what is wrong with a task definition; ``containers`` is None where not known yet."""
    fargate = "FARGATE" in (props.get("requiresCompatibilities") or [])
    if fargate:
        yield from _fargate_problems(props)
    for number, container in enumerate(containers or []):
        where = f"containerDefinitions[{number}]"
        for path, reason in _container_problems(container, props, fargate=fargate):
            yield f"{where}{path}", reason
    if containers is not None:
        yield from _together(props, containers)


def _fargate_problems(props: Props) -> Iterator[Problem]:
    if props.get("networkMode", "awsvpc") != "awsvpc" and is_known(props["networkMode"]):
        yield "networkMode", f"must be awsvpc with FARGATE, got {props['networkMode']}"
    for name in ("cpu", "memory"):
        if name not in props:
            yield name, "is required with FARGATE"
    if is_known(props.get("cpu")) and is_known(props.get("memory")):
        yield from _pair_problems(props)
    gib = (props.get("ephemeralStorage") or {}).get("sizeInGib")
    low, high = EPHEMERAL_GIB
    if isinstance(gib, int) and not low <= gib <= high:
        yield "ephemeralStorage", f"must be between {low} and {high} GiB, got {gib}"


def _pair_problems(props: Props) -> Iterator[Problem]:
    if "cpu" not in props or "memory" not in props:
        return
    cpu, memory = size(props["cpu"]), size(props["memory"])
    if cpu is None or cpu not in MEMORY_MIB:
        known = ", ".join(str(each) for each in MEMORY_MIB)
        yield "cpu", f"must be one of {known} with FARGATE, got {props['cpu']}"
    elif memory not in MEMORY_MIB[cpu]:
        allowed = ", ".join(str(each) for each in MEMORY_MIB[cpu])
        yield "memory", f"must be one of {allowed} with cpu {cpu}, got {props['memory']}"


def _container_problems(
    container: dict[str, Any], props: Props, *, fargate: bool
) -> Iterator[Problem]:
    for name in ("name", "image"):
        if not container.get(name):
            yield f".{name}", "is required"
    if fargate and container.get("privileged"):
        yield ".privileged", "is not supported on FARGATE"
    stop = container.get("stopTimeout")
    if fargate and isinstance(stop, int) and stop > LONGEST_STOP_SECONDS:
        yield ".stopTimeout", f"must be at most {LONGEST_STOP_SECONDS} on FARGATE, got {stop}"
    for port in container.get("portMappings", []):
        host, inside = port.get("hostPort"), port.get("containerPort")
        if props.get("networkMode") == "awsvpc" and host not in (None, inside):
            yield ".portMappings", f"hostPort must equal containerPort {inside}, got {host}"
    for name, (low, high) in CHECK_BOUNDS.items():
        value = (container.get("healthCheck") or {}).get(name)
        if isinstance(value, int) and not low <= value <= high:
            yield f".healthCheck.{name}", f"must be between {low} and {high}, got {value}"
    yield from _variable_problems(container, props)
    yield from _volume_problems(container, props)


def _variable_problems(container: dict[str, Any], props: Props) -> Iterator[Problem]:
    secret = [each.get("name") for each in container.get("secrets", [])]
    plain = {each.get("name") for each in container.get("environment", [])}
    for name in sorted({str(name) for name in secret if name in plain or secret.count(name) > 1}):
        yield (
            ".secrets",
            "the secret name must be unique and not shared with any new or existing"
            f" environment variables set on the container, such as '{name}'",
        )
    if "executionRoleArn" in props:
        return
    if secret:
        yield ".secrets", "need executionRoleArn"
    if (container.get("logConfiguration") or {}).get("logDriver") == "awslogs":
        yield ".logConfiguration", "log driver awslogs needs executionRoleArn"


def _volume_problems(container: dict[str, Any], props: Props) -> Iterator[Problem]:
    volumes = props.get("volumes", [])
    if not is_known(volumes):
        return
    known = {volume.get("name") for volume in volumes}
    for mount in container.get("mountPoints", []):
        if mount.get("sourceVolume") not in known:
            yield ".mountPoints", f"unknown volume '{mount.get('sourceVolume')}'"


def _together(props: Props, containers: list[dict[str, Any]]) -> Iterator[Problem]:
    names = [container.get("name") for container in containers]
    if not containers:
        yield "containerDefinitions", "must not be empty"
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield "containerDefinitions", f"container name {name} is used twice"
    if containers and not any(container.get("essential", True) for container in containers):
        yield "containerDefinitions", "one container must be essential"
    for container in containers:
        for other in container.get("dependsOn", []):
            if other.get("containerName") not in names:
                yield "containerDefinitions", f"dependsOn names {other.get('containerName')}"
    total = sum(each.get("memory") or each.get("memoryReservation") or 0 for each in containers)
    whole = size(props["memory"]) if is_known(props.get("memory")) and "memory" in props else None
    if whole is not None and total > whole:
        yield (
            "containerDefinitions",
            f"the total memory of containers ({total} MiB) is more than that of the task"
            f" ({whole} MiB)",
        )
