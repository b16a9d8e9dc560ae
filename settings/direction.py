"""Which way each scale key may differ: staging is nowhere bigger than production.

A test proves that every key of the scale stands here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic.alias_generators import to_snake

from settings.catalogue import database_class
from settings.scale import Scale


class Direction(Enum):
    """How staging's value stands to production's."""

    NOT_MORE = "staging must not be bigger"
    NOT_LESS = "staging must not be smaller"
    FREE = "either may be bigger"


@dataclass(frozen=True)
class Allowance:
    """A key's direction, and the reason where it is not the usual one."""

    direction: Direction
    reason: str


_SIZE = Allowance(Direction.NOT_MORE, "a size: a smaller staging costs less")

DIRECTIONS: dict[str, Allowance] = {
    "network.natGateways": _SIZE,
    "network.endpointZones": _SIZE,
    "database.instanceClass": _SIZE,
    "database.storageGib": _SIZE,
    "database.maxStorageGib": _SIZE,
    "database.multiAz": _SIZE,
    "database.readReplicas": _SIZE,
    "database.backupDays": _SIZE,
    "database.monitoringSeconds": Allowance(
        Direction.NOT_LESS, "more seconds between readings are fewer readings"
    ),
    "web.cpu": _SIZE,
    "web.memoryMib": _SIZE,
    "web.min": _SIZE,
    "web.max": _SIZE,
    "web.spotPercent": Allowance(
        Direction.NOT_LESS, "Spot is cheaper and less sure: staging meets its interruptions first"
    ),
    "worker.cpu": _SIZE,
    "worker.memoryMib": _SIZE,
    "worker.min": _SIZE,
    "worker.max": _SIZE,
    "worker.spotPercent": Allowance(
        Direction.NOT_LESS, "Spot is cheaper and less sure: staging meets its interruptions first"
    ),
    "jobs.cpu": _SIZE,
    "jobs.memoryMib": _SIZE,
    "backup.dailyDays": _SIZE,
    "backup.weeklyDays": _SIZE,
    "backup.monthlyDays": _SIZE,
    "offHours.webMin": _SIZE,
    "offHours.workerMin": _SIZE,
    "offHours.keepRunning": Allowance(
        Direction.FREE, "production keeps its size off hours by its minima, not by exceptions"
    ),
    "offHours.pausedUntil": Allowance(Direction.FREE, "a moment in time, not a size"),
    "budget.monthlyUsd": _SIZE,
    "protection.deletion": _SIZE,
    "protection.recoveryDays": _SIZE,
}


def value_at(scale: Scale, path: str) -> Any:
    """Return the value of a scale key, by its path in the file."""
    value: Any = scale.model_dump(by_alias=True)
    for key in path.split("."):
        value = value[key]
    return value


def taking(scale: Scale, path: str, other: Scale) -> Scale:
    """Return ``scale`` with one key's value taken from ``other``, without checking the whole.

    So parity finds out what a single key changes. The mixture need not be one that loads.
    """
    part, _, key = path.partition(".")
    field, inner = to_snake(part), to_snake(key)
    changed = getattr(scale, field).model_copy(
        update={inner: getattr(getattr(other, field), inner)}
    )
    return scale.model_copy(update={field: changed})


def bigger(staging: Scale, production: Scale) -> Iterator[tuple[str, str]]:
    """Yield (key, message) for each scale key in which staging outgrows production."""
    for path, allowance in DIRECTIONS.items():
        ours, theirs = value_at(staging, path), value_at(production, path)
        match allowance.direction:
            case Direction.NOT_MORE if any(map(_more, _sizes(ours), _sizes(theirs))):
                yield path, f"must not be more than production's {_shown(theirs)}, {_got(ours)}"
            case Direction.NOT_LESS if any(map(_more, _sizes(theirs), _sizes(ours))):
                yield (
                    path,
                    f"must not be less than production's {_shown(theirs)}, {_got(ours)}: "
                    f"{allowance.reason}",
                )
            case _:
                pass


def _more(one: float, other: float) -> bool:
    return one > other


def _sizes(value: Any) -> tuple[float, ...]:
    """Return the numbers a value is compared by; for an instance class vCPU and memory."""
    if isinstance(value, str) and (power := database_class(value)) is not None:
        return (power.vcpu, power.memory_gib)
    return (float(value),)


def _shown(value: Any) -> str:
    if isinstance(value, str) and (power := database_class(value)) is not None:
        return f"{value} ({power.vcpu} vCPU, {power.memory_gib:g} GiB)"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _got(value: Any) -> str:
    return f"got {_shown(value)}"
