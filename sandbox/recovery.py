"""After a crash: adopt what was created but not recorded, so that nothing is created twice.

The engine notes each operation before it begins. A create whose end it never learned is looked up
in the cloud: found, the object enters the state under its id; not found, the note is dropped and
the next update creates it. Everything else that was under way is told right by a refresh.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Find = Callable[[dict[str, Any], dict[str, Any], set[str]], str | None]
"""From a resource, its provider's inputs and the ids known already to the object's id, or None."""


@dataclass
class Adopted:
    """What became of the operations that were under way."""

    found: dict[str, str] = field(default_factory=dict)
    """URN to id of objects that exist and are now in the state."""
    dropped: list[str] = field(default_factory=list)
    """URNs whose create left nothing behind."""
    interrupted: list[str] = field(default_factory=list)
    """URNs that were being updated, deleted or read: the refresh decides."""


def adopt(export: dict[str, Any], find: Find) -> Adopted:
    """Settle the pending operations of an exported stack, in place."""
    deployment = export["deployment"]
    resources: list[dict[str, Any]] = deployment.setdefault("resources", [])
    done = Adopted()
    for operation in deployment.pop("pending_operations", None) or []:
        resource, kind = operation["resource"], operation["type"]
        urn = resource["urn"]
        if kind != "creating":
            done.interrupted.append(urn)
            continue
        known = {
            entry["id"]
            for entry in resources
            if entry.get("id") and entry["type"] == resource["type"] and not _gone(entry)
        }
        id_ = find(resource, _provider_inputs(resource, resources), known)
        if id_ is None or id_ in known:
            done.dropped.append(urn)
            continue
        _record(resources, {**resource, "id": id_, "outputs": resource.get("inputs", {})})
        done.found[urn] = id_
    return done


def _gone(entry: dict[str, Any]) -> bool:
    """Return whether the object was deleted already, to be replaced by one not yet created."""
    return bool(entry.get("pendingReplacement"))


def _record(resources: list[dict[str, Any]], made: dict[str, Any]) -> None:
    """Put an adopted resource into the state, in place of one that it was to replace.

    The replaced one is noted as still to be deleted, as the engine does it after such a create, and
    stands behind; each resource stands behind what it depends on.
    """
    for replaced in list(resources):
        if replaced["urn"] != made["urn"]:
            continue
        if _gone(replaced):
            resources.remove(replaced)
        else:
            replaced["delete"] = True
    living = {entry["urn"]: entry for entry in resources if not entry.get("delete")}
    living[made["urn"]] = made
    ordered: list[dict[str, Any]] = []
    met: set[str] = set()

    def place(urn: str) -> None:
        if urn in living and urn not in met:
            met.add(urn)
            for needed in _needed(living[urn]):
                place(needed)
            ordered.append(living[urn])

    for entry in [*resources, made]:
        place(entry["urn"])
        for needed in _needed(entry):
            place(needed)
        if entry.get("delete"):
            ordered.append(entry)
    resources[:] = ordered


def _needed(resource: dict[str, Any]) -> list[str]:
    """Return the URNs that must stand before a resource in the state."""
    by_property = resource.get("propertyDependencies") or {}
    return [
        resource.get("parent", ""),
        resource.get("provider", "").rpartition("::")[0],
        resource.get("deletedWith", ""),
        *(resource.get("dependencies") or []),
        *(urn for urns in by_property.values() for urn in urns or []),
    ]


def _provider_inputs(resource: dict[str, Any], resources: list[dict[str, Any]]) -> dict[str, Any]:
    urn = resource.get("provider", "").rpartition("::")[0]
    for entry in resources:
        if entry["urn"] == urn:
            inputs: dict[str, Any] = entry.get("inputs", {})
            return inputs
    return {}
