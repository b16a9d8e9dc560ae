"""What AWS offers, from the data files in ``settings/aws``; each names its sources.

Nothing here asks AWS: a class or version that is newer than the files has to be added to them.
"""

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "aws"


@cache
def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return data


def choices(name: str, key: str) -> dict[str, Any]:
    """Return a list of a data file as JSON Schema has it."""
    return {"enum": list(_read(name)[key])}


@dataclass(frozen=True)
class DatabaseClass:
    """The power of one RDS instance class."""

    name: str
    vcpu: int
    memory_gib: float
    majors: tuple[str, ...]
    """The PostgreSQL major versions it is offered for."""


def database_class(name: str) -> DatabaseClass | None:
    """Return the RDS instance class of that name, or None where it isn't offered."""
    row = _read("database_classes.json")["classes"].get(name)
    if row is None:
        return None
    return DatabaseClass(name, row["vcpu"], row["memoryGib"], tuple(row["majors"]))


def database_class_problem(name: str) -> str | None:
    """Return why a name is no RDS instance class, with the nearest that are."""
    known = _read("database_classes.json")["classes"]
    return _unknown(name, known, "an RDS instance class for PostgreSQL")


def engine_version_problem(version: str) -> str | None:
    """Return why a PostgreSQL version can't be had on RDS for a new instance."""
    data = _read("postgresql_versions.json")
    offered: list[str] = data["offered"]
    if version in offered:
        return None
    major = version.partition(".")[0]
    same = [one for one in offered if one.partition(".")[0] == major]
    choice = f"; offered: {', '.join(same or offered)}"
    if version in data["withdrawn"]:
        return f"must be a version that RDS still offers, got {version!r}, withdrawn{choice}"
    return f"must be a PostgreSQL version of RDS with its minor, got {version!r}{choice}"


def database_majors() -> list[str]:
    """Return the major versions of PostgreSQL that are offered."""
    versions: list[str] = _read("postgresql_versions.json")["offered"]
    return list(dict.fromkeys(version.partition(".")[0] for version in versions))


def database_parameters(major: str) -> frozenset[str]:
    """Return the parameters that may be set for a major version of PostgreSQL on RDS."""
    groups: dict[str, list[str]] = _read("postgresql_parameters.json")["namesByMajors"]
    return frozenset(
        name for majors, names in groups.items() if major in majors.split() for name in names
    )


def database_parameter_problem(name: str, major: str) -> str | None:
    """Return why a name is no parameter of that major version, with the nearest that are."""
    known = sorted(database_parameters(major))
    return _unknown(name, known, f"a parameter of PostgreSQL {major} that may be set on RDS")


def sql_words() -> list[str]:
    """Return the names that PostgreSQL keeps for its own language."""
    words: list[str] = _read("postgresql_words.json")["reserved"]
    return words


def rule_group_problem(name: str) -> str | None:
    """Return why a name is no managed rule group of AWS WAF that works as it is."""
    data = _read("waf_rule_groups.json")
    if name in data["needConfiguration"]:
        return f"must be a managed rule group that needs no configuration of its own, got {name!r}"
    return _unknown(name, data["groups"], "a managed rule group of AWS WAF")


def region_problem(name: str) -> str | None:
    """Return why a name is no AWS region."""
    return _unknown(name, _read("regions.json")["regions"], "an AWS region")


def zones_problem(region: str, zones: Sequence[str]) -> str | None:
    """Return why a region has not these zones; None where it is no region at all."""
    data = _read("zones.json")
    letters: str = data["letters"].get(region, "")
    most: int = data["fewerByAccount"].get(region, len(letters))
    if not letters or (set(zones) <= set(letters) and len(zones) <= most):
        return None
    has = (
        f"{most} of {', '.join(letters)}, by account" if most < len(letters) else ", ".join(letters)
    )
    return (
        f"must have the zones of shape.network.zones, {', '.join(zones)}, got {region} with {has}"
    )


def fargate_memory() -> dict[int, list[int]]:
    """Return by CPU units the memory in MiB that Fargate allows with them."""
    sizes: dict[str, list[int]] = _read("fargate_sizes.json")["memoryMibByCpu"]
    return {int(units): allowed for units, allowed in sizes.items()}


def fargate_problem(cpu: int, memory_mib: int) -> tuple[str, str] | None:
    """Return (key, message) where Fargate has no task of that size."""
    sizes = fargate_memory()
    if cpu not in sizes:
        return "cpu", f"must be one of {', '.join(map(str, sizes))} CPU units on Fargate, got {cpu}"
    if memory_mib in sizes[cpu]:
        return None
    allowed = ", ".join(map(str, sizes[cpu]))
    return (
        "memoryMib",
        f"must be one of {allowed} with {cpu} CPU units on Fargate, got {memory_mib}",
    )


def _unknown(name: str, known: Iterable[str], what: str) -> str | None:
    names = list(known)
    if name in names:
        return None
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"must be {what}, got {name!r}{hint}"
