"""What is deployed, as the engine's state has it: secrets stay encrypted."""

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from operations import engine
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
    done = engine.run(root, command)
    if done.returncode != 0:
        words = engine.last_line(done.stderr, "the engine failed")
        raise OperationError(f"{stack}: no export: {words}")
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
