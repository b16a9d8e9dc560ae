"""What is deployed, as the engine's state has it: secrets stay encrypted."""

import contextlib
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from operations.errors import OperationError
from policies.export import graph
from policies.graph import Graph

Exported = dict[str, Any]
"""A resource as ``pulumi stack export`` prints it."""


def exported(root: Path, stack: str, pulumi: Sequence[str]) -> list[Exported]:
    """Return the stack's resources, without those that wait to be deleted.

    Raises OperationError where the engine fails, or the stack holds nothing.
    """
    command = [*pulumi, "stack", "export", "--stack", stack]
    try:
        done = subprocess.run(  # noqa: S603  (the engine)
            command, cwd=root, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise OperationError(f"{command[0]}: there is no such command") from None
    if done.returncode != 0:
        words = done.stderr.strip().splitlines()
        raise OperationError(f"{stack}: no export: {words[-1] if words else 'the engine failed'}")
    found: list[Exported] = []
    with contextlib.suppress(ValueError, KeyError, TypeError):
        resources = json.loads(done.stdout)["deployment"].get("resources") or []
        found = [each for each in resources if not each.get("delete")]
    if not found:
        raise OperationError(f"{stack}: nothing is deployed: bring it up first")
    return found


def deployed_graph(resources: Sequence[Exported], stack: str, *, reference: str) -> Graph:
    """Return the graph of what is deployed; OperationError where it can't be read as one."""
    try:
        return graph(resources, reference=reference)
    except (ValueError, KeyError, TypeError, IndexError):
        raise OperationError(f"{stack}: the export is not what `pulumi stack export` has") from None
