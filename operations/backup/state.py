"""Pulumi's state after a swap: it knows an instance by its resource id, which no renaming changes.

So after a swap the state still means the database put aside: a refresh would find it renamed, and
an update would ask for a second one of the live name, which RDS refuses. Here the state is led to
the database that bears the name now. All else in it stays as it is, encrypted secrets too.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from operations import engine
from operations.errors import OperationError
from operations.place import Place

INSTANCE = "aws:rds/instance:Instance"
WITH_ID = ("id", "resourceId")
"""Outputs that hold the resource id. The others a refresh brings."""


def led(deployment: dict[str, Any], name: str, old: str, new: str) -> str | None:
    """Lead an exported stack's instance from one resource id to another, in place.

    Returns the URN of what was changed, None where it means the new one already. Raises
    OperationError where the instance can't be told for sure, or an update is half done.
    """
    resources = deployment.get("deployment", {}).get("resources", [])
    if deployment.get("deployment", {}).get("pending_operations"):
        raise OperationError("the state has pending operations: finish or recover the update first")
    means = [each for each in resources if each.get("type") == INSTANCE and not each.get("delete")]
    if any(each.get("id") == new for each in means):
        return None
    found = [each for each in means if each.get("id") == old]
    if len(found) != 1:
        raise OperationError(f"the state has {len(found)} instances {old} ({name}), must be one")
    found[0]["id"] = new
    for key in WITH_ID:
        if key in found[0].get("outputs", {}):
            found[0]["outputs"][key] = new
    return str(found[0]["urn"])


def lead(place: Place, old: str, new: str) -> str | None:
    """Lead the stack's state from one instance to another; return the URN that was changed.

    Raises OperationError where the engine refuses; the state is then as it was.
    """
    exported = _engine(place, "export")
    try:
        deployment = json.loads(exported)
    except ValueError:
        raise OperationError(f"{place.stack}: the engine exports no state") from None
    urn = led(deployment, place.identifier, old, new)
    if urn is None:
        return None
    with tempfile.TemporaryDirectory(prefix="understudy-state-") as folder:
        file = Path(folder) / "state.json"
        file.write_text(json.dumps(deployment), encoding="utf-8")
        _engine(place, "import", "--file", str(file))
    return urn


def _engine(place: Place, *words: str) -> str:
    command = [*place.pulumi, "stack", *words, "--stack", place.stack]
    done = engine.run(place.root, command)
    if done.returncode != 0:
        said = engine.last_line(done.stderr, "failed")
        raise OperationError(f"{place.stack}: stack {words[0]}: {said}")
    return done.stdout
