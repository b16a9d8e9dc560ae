"""Checks across stacks: what must differ between two environments, and what must not."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from settings.direction import bigger
from settings.errors import Problem
from settings.networks import overlap
from settings.stack import REFERENCE, Stack
from settings.stackfile import PROJECT


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
        yield from _shared(stack, reference)
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
    for mine, theirs in ((one, other), (other, one)):
        yield from _archived_apart(mine, theirs)
    yield from _domains(one, other)


def _archived_apart(one: Stack, other: Stack) -> Iterator[Problem]:
    """Who takes over an environment's account must not reach another's last copies with it."""
    if one.identity is None or other.identity is None:
        return
    if one.identity.archive_account == other.identity.account:
        yield one.problem(
            "identity.archiveAccount",
            f"must be no environment's account, got {other.file}'s {other.identity.account}",
        )


def _domains(one: Stack, other: Stack) -> Iterator[Problem]:
    if one.identity is None or other.identity is None:
        return
    mine, theirs = one.identity.dns, other.identity.dns
    if f".{mine.domain}".endswith(f".{theirs.domain}") or theirs.domain.endswith(f".{mine.domain}"):
        yield one.problem(
            "identity.dns.domain",
            f"must neither be nor hold nor lie inside {other.file}'s {theirs.domain}, "
            f"got {mine.domain}",
        )
    if mine.parent_domain != theirs.parent_domain:
        return
    for key, here, there in (
        ("parentZoneId", mine.parent_zone_id, theirs.parent_zone_id),
        ("parentAccount", mine.parent_account, theirs.parent_account),
    ):
        if here != there:
            yield one.problem(
                f"identity.dns.{key}",
                f"must be {other.file}'s {there}, since both have the parent "
                f"{mine.parent_domain}, got {here}",
            )


def _shared(mirror: Stack, reference: Stack) -> Iterator[Problem]:
    """Yield a mirror that takes over what the reference does not share with it."""
    if mirror.identity is None or reference.identity is None:
        return
    key, account = mirror.identity.data_refresh.shared_key, reference.identity.account
    if not key:
        return
    if key.split(":")[4] != account:
        yield mirror.problem(
            "identity.dataRefresh.sharedKey",
            f"must be a key of {reference.file}'s account {account}, got {key!r}",
        )
    elif reference.identity.data_refresh.shared_with != mirror.identity.account:
        yield mirror.problem(
            "identity.dataRefresh.sharedKey",
            f"must be empty unless {reference.file} shares with {mirror.identity.account}, "
            f"got {key!r}",
        )


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
