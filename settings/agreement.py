"""Checks across sections and across stacks: what each is told must suit the others."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from settings.catalogue import database_class
from settings.direction import bigger
from settings.errors import Problem
from settings.identity import Identity
from settings.networks import overlap
from settings.scale import Scale
from settings.shape import Shape
from settings.stackfile import PROJECT, stack_file

REFERENCE = "production"
"""The stack that the others are held against."""

_RESERVED = 5
"""Addresses of each subnet that AWS keeps (VPC User Guide, "Subnet sizing")."""
_ENDPOINTS = 16
"""Addresses by zone for interface endpoints, jobs and the migration; generous."""
_PRIVATE_SHARE = 3
"""A zone's private subnet is this many bits smaller than the VPC: see the address plan."""


@dataclass(frozen=True)
class Stack:
    """One stack file as far as it could be read."""

    name: str
    raw: dict[str, Any]
    identity: Identity | None
    scale: Scale | None

    @property
    def file(self) -> str:
        """The stack file's name."""
        return stack_file(self.name)

    def problem(self, path: str, message: str) -> Problem:
        """Return a problem of this file."""
        return Problem(self.file, path, message)


def within(shape: Shape | None, stack: Stack) -> Iterator[Problem]:
    """Yield what is wrong between the shape and one stack's identity and scale."""
    identity, scale = stack.identity, stack.scale
    if identity is not None and identity.name != stack.name:
        message = f"must be the stack's name, {stack.name}, got {identity.name!r}"
        yield stack.problem("identity.name", message)
    if shape is None:
        return
    if identity is not None:
        yield from _variables(shape, identity, stack)
        yield from _image(shape, identity, stack)
    if scale is not None:
        yield from _zones(shape, scale, stack)
        yield from _database(shape, scale, stack)
    if identity is not None and scale is not None:
        yield from _room(shape, identity, scale, stack)


def _variables(shape: Shape, identity: Identity, stack: Stack) -> Iterator[Problem]:
    wanted = {each.name for each in shape.variables if each.per_environment}
    for name in sorted(wanted - set(identity.variables)):
        yield stack.problem(f"identity.variables.{name}", "is missing; shape.variables asks for it")
    listed = {each.name for each in shape.variables}
    for name in sorted(set(identity.variables) - wanted):
        why = "is not marked perEnvironment in" if name in listed else "does not stand in"
        yield stack.problem(f"identity.variables.{name}", f"{why} shape.variables")


def _image(shape: Shape, identity: Identity, stack: Stack) -> Iterator[Problem]:
    """Tasks may pull from the environment's own repository alone."""
    host = f"{identity.account}.dkr.ecr.{identity.region}.amazonaws.com"
    repository, got = f"{host}/{shape.application}", identity.release.image
    if got.partition("@")[0] != repository:
        yield stack.problem(
            "identity.release.image", f"must come from the repository {repository}, got {got!r}"
        )


def _zones(shape: Shape, scale: Scale, stack: Stack) -> Iterator[Problem]:
    zones, gateways = len(shape.network.zones), scale.network.nat_gateways
    if gateways not in (1, zones):
        message = f"must be 1 or the number of zones, {zones}, got {gateways}"
        yield stack.problem("scale.network.natGateways", message)


def _database(shape: Shape, scale: Scale, stack: Stack) -> Iterator[Problem]:
    offered = database_class(scale.database.instance_class)
    major = shape.database.engine_version.partition(".")[0]
    if offered is not None and major not in offered.majors:
        yield stack.problem(
            "scale.database.instanceClass",
            f"must be offered for PostgreSQL {major}, got {offered.name!r} "
            f"(offered for {', '.join(offered.majors)})",
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


def between(stacks: list[Stack]) -> Iterator[Problem]:
    """Yield what is wrong between the stacks, always said of the smaller one."""
    reference = next((stack for stack in stacks if stack.name == REFERENCE), None)
    others = [stack for stack in stacks if stack is not reference]
    for one, other in combinations([*others, *([reference] if reference else [])], 2):
        yield from _apart(one, other)
    for stack in others:
        if reference is None:
            continue
        yield from _same_keys(stack, reference)
        if stack.scale is not None and reference.scale is not None:
            for path, message in bigger(stack.scale, reference.scale):
                yield stack.problem(f"scale.{path}", message)


def _apart(one: Stack, other: Stack) -> Iterator[Problem]:
    if one.identity is None or other.identity is None:
        return
    for key in ("account", "cidr", "name"):
        mine, theirs = getattr(one.identity, key), getattr(other.identity, key)
        clash = overlap(mine, theirs) if key == "cidr" else mine == theirs
        if clash:
            verb = "not overlap" if key == "cidr" else "differ from"
            yield one.problem(f"identity.{key}", f"must {verb} {other.file}'s {theirs}, got {mine}")
    if one.identity.dns.domain == other.identity.dns.domain:
        domain = one.identity.dns.domain
        yield one.problem("identity.dns.domain", f"must differ from {other.file}'s, got {domain}")


def _same_keys(one: Stack, other: Stack) -> Iterator[Problem]:
    mine, theirs = _paths(one.raw), _paths(other.raw)
    for path in theirs - mine:
        if path.rpartition(".")[0] in mine:
            yield one.problem(path, f"is missing; {other.file} has it")
    for path in mine - theirs:
        if path.rpartition(".")[0] in theirs:
            yield other.problem(path, f"is missing; {one.file} has it")


def _paths(raw: dict[str, Any]) -> set[str]:
    """Every key path of identity and scale, each section included; lists are values."""
    found: set[str] = set()
    for section in ("identity", "scale"):
        if (key := f"{PROJECT}:{section}") in raw:
            found |= set(_below(raw[key], section))
    return found


def _below(value: Any, path: str) -> Iterator[str]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _below(inner, f"{path}.{key}")
