"""What the next update would do to what was imported, by the engine's own preview."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations import engine
from operations.adopt.keeping import HOLDS_DATA
from operations.errors import OperationError
from sandbox.errors import SandboxError
from sandbox.services import resource_type

ENDING = frozenset({"delete", "delete-replaced", "discard-replaced"})
REPLACING = frozenset({"replace", "create-replacement", *ENDING})


@dataclass(frozen=True)
class Loss:
    """One resource that would be replaced or deleted."""

    urn: str
    type: str
    name: str
    op: str
    """``replaced`` or ``deleted``."""
    forced_by: tuple[str, ...]
    """The properties for which there must be another one."""
    known: bool
    """Whether the measured facts of AWS's provider say the same of each of them."""

    @property
    def holds_data(self) -> bool:
        """Whether something is lost with it."""
        return self.type in HOLDS_DATA


@dataclass(frozen=True)
class Preview:
    """What a preview says."""

    losses: tuple[Loss, ...]
    counts: Mapping[str, int]
    failed: tuple[str, ...]
    """The engine's own errors; with one of them the preview says too little."""

    @property
    def passed(self) -> bool:
        """Whether no data would be lost, and the preview came to its end."""
        return not self.failed and not any(each.holds_data for each in self.losses)


def preview(root: Path, pulumi: Sequence[str], stack: str) -> Preview:
    """Preview a stack; OperationError where the engine says nothing that can be read."""
    command = [*pulumi, "preview", "--stack", stack, "--json", "--non-interactive"]
    done = engine.run(root, command)
    try:
        told = json.loads(done.stdout)
        steps = told.get("steps") or []
    except (ValueError, AttributeError):
        words = engine.last_line(done.stderr, "the engine says nothing")
        raise OperationError(f"{stack}: no preview: {words}") from None
    return read(told, steps, done.returncode)


def read(told: Mapping[str, Any], steps: Sequence[Mapping[str, Any]], code: int) -> Preview:
    """Return what a preview's JSON says."""
    failed = [
        " ".join(str(each.get("message", "")).split())
        for each in told.get("diagnostics") or []
        if each.get("severity") == "error"
    ]
    if code != 0 and not failed:
        failed = [f"the engine ended with {code}"]
    losses: dict[str, Loss] = {}
    for step in steps:
        if step.get("op") in REPLACING:
            urn = str(step["urn"])
            found = _loss(step)
            if urn not in losses or len(found.forced_by) > len(losses[urn].forced_by):
                losses[urn] = found
    return Preview(tuple(losses.values()), dict(told.get("changeSummary") or {}), tuple(failed))


def _loss(step: Mapping[str, Any]) -> Loss:
    urn = str(step["urn"])
    type_ = urn.split("::")[2].rpartition("$")[2]
    reasons = tuple(str(each) for each in step.get("replaceReasons") or ())
    op = "deleted" if step["op"] == "delete" else "replaced"
    return Loss(urn, type_, urn.split("::", 3)[3], op, reasons, _measured(type_, reasons))


def _measured(type_: str, reasons: Sequence[str]) -> bool:
    try:
        inputs = resource_type(type_).facts.inputs
    except (SandboxError, KeyError):
        return False
    return bool(reasons) and all(name in inputs and inputs[name].replace for name in reasons)
