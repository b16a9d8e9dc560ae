"""A plan that waits for its review: what it is of is written beside it, and held to when applied.

The file is the engine's plan and five facts. Its secrets are encrypted by the stack's own key, as
in the state; everything else of the environment is readable in it.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Literal

import pydantic

from operations.errors import OperationError
from operations.json_file import first_fault
from operations.update_plan import differing
from policies.files import Model

SHOWN = 3
"""Names that fit a line."""


class Reviewed(Model):
    """What a plan is of, and the plan."""

    stack: str
    commit: str
    image: str
    version: str
    state: str
    """SHA-256 of the stack's state that it was made from."""
    plan: str
    role: str = ""
    """The role that only reads by which the plan was made; empty where that was the program's."""
    form: Literal[1] = 1

    def hold(self, *, stack: str, commit: str, state: str) -> None:
        """Raise OperationError where it is a plan of something else than is here now."""
        for what, planned, here in (
            ("stack", self.stack, stack),
            ("commit", self.commit, commit),
            ("state", self.state, state),
        ):
            if planned != here:
                raise OperationError(
                    f"--plan: is of the {what} {planned[:12]}, and here it is {here[:12]}; "
                    "plan and review it again"
                )

    def differs(self, plan: str) -> str:
        """Return why a plan that was made now is not the reviewed one, or nothing."""
        try:
            other = differing(self.plan, plan)
        except ValueError as error:
            raise OperationError(f"--plan: {error}") from None
        if not other:
            return ""
        more = f" and {len(other) - SHOWN} more" if len(other) > SHOWN else ""
        return (
            f"what was reviewed is not what would be done now to {', '.join(other[:SHOWN])}{more}; "
            "plan and review it again; nothing was changed"
        )


def read_reviewed(file: Path) -> Reviewed:
    """Return what a file holds; OperationError where it is not one that ``--plan-only`` wrote."""
    try:
        return Reviewed.model_validate_json(file.read_bytes())
    except OSError as error:
        raise OperationError(f"--plan: {file}: can't be read: {error.strerror}") from None
    except pydantic.ValidationError as error:
        where, words = first_fault(error, "it")
        raise OperationError(
            f"--plan: {file}: is not what --plan-only writes: {where}: {words}"
        ) from None


def write_reviewed(file: Path, reviewed: Reviewed) -> None:
    """Write it whole, for its owner alone."""
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(reviewed.model_dump_json(indent=1))
        beside.replace(file)
    except OSError as error:
        raise OperationError(f"--plan-only: {file}: can't be written: {error.strerror}") from None


def version_of(state: dict[str, Any]) -> str:
    """Return what tells one state of a stack from every other."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
