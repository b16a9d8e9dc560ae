"""What the engine's stacks hold already: this one, and every other one that can be read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.adopt.inventory import Item
from operations.engine import last_line, run
from operations.errors import OperationError


@dataclass(frozen=True)
class State:
    """The resources of one stack, by URN."""

    stack: str
    resources: Mapping[str, Mapping[str, Any]]

    def holder(self, item: Item) -> str:
        """Return the URN of whoever has an object; empty where nobody has."""
        for urn, resource in self.resources.items():
            if resource["type"] != item.type:
                continue
            outputs = resource.get("outputs") or {}
            known = {str(resource.get("id")), *map(str, (outputs.get("arn"),))}
            if item.words & known or outputs.get("identifier") == item.id:
                return urn
        return ""


def engine(root: Path, pulumi: Sequence[str], *words: str) -> str:
    """Return what the engine prints; OperationError with its last line where it fails."""
    command = [*pulumi, *words]
    done = run(root, command)
    if done.returncode != 0:
        last = last_line(done.stderr or done.stdout, f"it ended with {done.returncode}")
        raise OperationError(f"pulumi {' '.join(words[:2])}: {last}")
    return done.stdout


def exported(root: Path, pulumi: Sequence[str], stack: str) -> State:
    """Return a stack's state; OperationError where it can't be had."""
    try:
        told = json.loads(engine(root, pulumi, "stack", "export", "--stack", stack))
        found = told["deployment"].get("resources") or []
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OperationError(f"{stack}: pulumi stack export: no state that can be read") from None
    return State(stack, {each["urn"]: each for each in found if not each.get("delete")})


def others(root: Path, pulumi: Sequence[str], mine: State) -> list[State]:
    """Return the state of every other stack of the backend; OperationError where one can't be.

    A stack of another project may have the same name: then its whole name is listed.
    """
    try:
        listed = json.loads(engine(root, pulumi, "stack", "ls", "--all", "--json"))
        names = [str(each["name"]) for each in listed]
    except (ValueError, KeyError, TypeError):
        raise OperationError("pulumi stack ls: no list that can be read") from None
    found = [exported(root, pulumi, name) for name in names if name != mine.stack]
    return [each for each in found if each.resources.keys() != mine.resources.keys()]
