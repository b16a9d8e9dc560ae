"""Checks across the sections of one stack: what each is told must suit the others."""

import ipaddress
import re
from collections.abc import Iterator

from settings.catalogue import database_class, zones_problem
from settings.errors import Problem
from settings.identity import Identity
from settings.kinds import DOMAIN_PATTERN
from settings.networks import MOST_LET_IN, too_open
from settings.scale import Scale
from settings.shape import Shape
from settings.stack import REFERENCE, Stack

HTTPS_PATTERN = rf"https://{DOMAIN_PATTERN}(:[0-9]{{1,5}})?(/[A-Za-z0-9._~-]+)*"
_PORTS = 65_535
_LONGEST_ASKED = 255
"""Characters of the path of a health check (Amazon Route 53 API, HealthCheckConfig)."""
_RESERVED = 5
"""Addresses of each subnet that AWS keeps (VPC User Guide, "Subnet sizing")."""
_ENDPOINTS = 16
"""Addresses by zone for interface endpoints, jobs and the migration; generous."""
_PRIVATE_SHARE = 3
"""A zone's private subnet is this many bits smaller than the VPC: see the address plan."""


def within(shape: Shape | None, stack: Stack) -> Iterator[Problem]:
    """Yield what is wrong between the shape and one stack's identity and scale."""
    identity, scale = stack.identity, stack.scale
    if identity is not None and identity.name != stack.name:
        message = f"must be the stack's name, {stack.name}, got {identity.name!r}"
        yield stack.problem("identity.name", message)
    if identity is not None and stack.name != REFERENCE:
        yield from _closed(identity, stack)
    if identity is not None:
        yield from _refresh(identity, stack)
    if shape is None:
        return
    if identity is not None:
        yield from _variables(shape, identity, stack)
        yield from _dependencies(shape, identity, stack)
        yield from _image(shape, identity, stack)
        yield from _restore(shape, identity, stack)
        if (problem := zones_problem(identity.region, shape.network.zones)) is not None:
            yield stack.problem("identity.region", problem)
    if scale is not None:
        yield from _zones(shape, scale, stack)
        yield from _database(shape, scale, stack)
        yield from _releases(shape, scale, stack)
    if identity is not None and scale is not None:
        yield from _room(shape, identity, scale, stack)


def _closed(identity: Identity, stack: Stack) -> Iterator[Problem]:
    """Only production is for everybody."""
    if identity.access.indexed:
        yield stack.problem(
            "identity.access.indexed", f"must be false outside {REFERENCE}, got true"
        )
    if (addresses := too_open(identity.access.networks)) is not None:
        yield stack.problem(
            "identity.access.networks",
            f"must not be open to the world outside {REFERENCE}: at most the {MOST_LET_IN} "
            f"addresses of a /8 together, got {addresses}",
        )


def _variables(shape: Shape, identity: Identity, stack: Stack) -> Iterator[Problem]:
    wanted = {each.name for each in shape.variables if each.per_environment}
    for name in sorted(wanted - set(identity.variables)):
        yield stack.problem(f"identity.variables.{name}", "is missing; shape.variables asks for it")
    listed = {each.name for each in shape.variables}
    for name in sorted(set(identity.variables) - wanted):
        why = "is not marked perEnvironment in" if name in listed else "does not stand in"
        yield stack.problem(f"identity.variables.{name}", f"{why} shape.variables")


def _dependencies(shape: Shape, identity: Identity, stack: Stack) -> Iterator[Problem]:
    """Yield an address that a dependency's path can't be put behind."""
    for name in sorted({each.url_variable for each in shape.dependencies}):
        got = identity.variables.get(name)
        if got is not None and not re.fullmatch(HTTPS_PATTERN, got):
            yield stack.problem(
                f"identity.variables.{name}",
                "must be an address like https://api.example.com, "
                f"which shape.dependencies asks, got {got!r}",
            )
            continue
        paths = [each.path for each in shape.dependencies if each.url_variable == name]
        if got is not None and (problem := _unasked(got, max(paths, key=len))) is not None:
            yield stack.problem(f"identity.variables.{name}", problem)


def _unasked(url: str, path: str) -> str | None:
    """Return why nobody could ask a path behind an address."""
    host, _, behind = url.removeprefix("https://").partition("/")
    port = host.partition(":")[2]
    if port and not 1 <= int(port) <= _PORTS:
        return f"must have a port between 1 and {_PORTS}, got {port}"
    length = len(behind) + len(path) + 1
    if length > _LONGEST_ASKED:
        return (
            f"must be shorter: with its path in shape.dependencies at most {_LONGEST_ASKED} "
            f"characters come after the host, got {length}"
        )
    return None


def _image(shape: Shape, identity: Identity, stack: Stack) -> Iterator[Problem]:
    """Tasks may pull from the environment's own repository alone."""
    host = f"{identity.account}.dkr.ecr.{identity.region}.amazonaws.com"
    for key, repository, got in (
        ("release", f"{host}/{shape.application}", identity.release.image),
        ("operations", f"{host}/{shape.application}-operations", identity.operations.image),
    ):
        if got.partition("@")[0] != repository:
            yield stack.problem(
                f"identity.{key}.image", f"must come from the repository {repository}, got {got!r}"
            )


def _refresh(identity: Identity, stack: Stack) -> Iterator[Problem]:
    """Yield data that would leave a mirror, and a snapshot that is elsewhere."""
    sides = identity.data_refresh
    if sides.shared_with and stack.name != REFERENCE:
        yield stack.problem(
            "identity.dataRefresh.sharedWith",
            f"must be empty outside {REFERENCE}, got {sides.shared_with!r}",
        )
    if sides.shared_with == identity.account:
        yield stack.problem(
            "identity.dataRefresh.sharedWith",
            f"must be another account than its own, got {sides.shared_with!r}",
        )
    if sides.shared_key and sides.shared_key.split(":")[3] != identity.region:
        yield stack.problem(
            "identity.dataRefresh.sharedKey",
            f"must be a key in {identity.region}, got {sides.shared_key!r}",
        )


def _zones(shape: Shape, scale: Scale, stack: Stack) -> Iterator[Problem]:
    zones, gateways = len(shape.network.zones), scale.network.nat_gateways
    if gateways not in (1, zones):
        message = f"must be 1 or the number of zones, {zones}, got {gateways}"
        yield stack.problem("scale.network.natGateways", message)
    if (endpoints := scale.network.endpoint_zones) > zones:
        message = f"must be at most the number of zones, {zones}, got {endpoints}"
        yield stack.problem("scale.network.endpointZones", message)


def _database(shape: Shape, scale: Scale, stack: Stack) -> Iterator[Problem]:
    offered = database_class(scale.database.instance_class)
    major = shape.database.engine_version.partition(".")[0]
    if offered is not None and major not in offered.majors:
        yield stack.problem(
            "scale.database.instanceClass",
            f"must be offered for PostgreSQL {major}, got {offered.name!r} "
            f"(offered for {', '.join(offered.majors)})",
        )


def _restore(shape: Shape, identity: Identity, stack: Stack) -> Iterator[Problem]:
    """RDS restores a snapshot where it lies, and makes a new database beside its source."""
    restore = identity.restore
    here = f"arn:aws:rds:{identity.region}:{identity.account}:snapshot:"
    if restore.snapshot.startswith("arn:") and not restore.snapshot.startswith(here):
        yield stack.problem(
            "identity.restore.snapshot",
            f"must begin with {here} (copy it there first), got {restore.snapshot!r}",
        )
    if restore.database == f"{shape.application}-{identity.name}-{restore.suffix}":
        yield stack.problem(
            "identity.restore.database",
            f"must be another than the new database; choose another suffix, "
            f"got {restore.database!r}",
        )


def _releases(shape: Shape, scale: Scale, stack: Stack) -> Iterator[Problem]:
    """ECS rounds what may run down and what must stay up: where both meet, a release hangs.

    Source: ECS API, DeploymentConfiguration.
    """
    most, least = shape.deployment.maximum_percent, shape.deployment.minimum_healthy_percent
    night = scale.off_hours
    for key, tasks in (
        ("web.min", scale.web.min),
        ("worker.min", scale.worker.min),
        ("offHours.webMin", night.web_min),
        ("offHours.workerMin", night.worker_min),
    ):
        if tasks and tasks * most // 100 <= -(-tasks * least // 100):
            yield stack.problem(
                f"scale.{key}",
                f"must leave room for a release between shape.deployment's {least} and {most} "
                f"percent, which is less than one task more, got {tasks}",
            )


def _room(shape: Shape, identity: Identity, scale: Scale, stack: Stack) -> Iterator[Problem]:
    """During a release up to ``maximumPercent`` of the tasks run, each with an address."""
    prefix = ipaddress.IPv4Network(identity.cidr).prefixlen + _PRIVATE_SHARE
    zones = len(shape.network.zones)
    room = (2 ** (32 - prefix) - _RESERVED - _ENDPOINTS) * zones
    tasks = (scale.web.max + scale.worker.max) * shape.deployment.maximum_percent // 100
    if tasks > room:
        yield stack.problem(
            "identity.cidr",
            f"must have room for {tasks} tasks in its private subnets, got {identity.cidr} "
            f"with room for {room}",
        )
