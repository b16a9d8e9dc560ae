"""An ECS task as the target of a schedule or of an event rule: both write it alike."""

from collections.abc import Mapping
from typing import Any

from sandbox.services.ec2_tags import tag_list
from sandbox.services.forms import spelled

STRATEGIES = ("orderedPlacementStrategies", "placementStrategies")
"""What event rules and what schedules call the order of placement."""


def encoded_task(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a task in AWS's form."""
    renamed = {"capacityProviderStrategies": "CapacityProviderStrategy"}
    renamed.update(dict.fromkeys(STRATEGIES, "PlacementStrategy"))
    encoded = {renamed.get(key, key): value for key, value in task.items()}
    if network := task.get("networkConfiguration"):
        public = network.get("assignPublicIp")
        shown = {"assignPublicIp": "ENABLED" if public in {True, "true"} else "DISABLED"}
        encoded["networkConfiguration"] = {"awsvpcConfiguration": {**network, **shown}}
    if task.get("tags"):
        encoded["tags"] = tag_list(task["tags"])
    return encoded


def decoded_task(shown: Mapping[str, Any], strategies: str) -> dict[str, Any]:
    """Return the parameters of a task as Pulumi writes them."""
    task: dict[str, Any] = spelled("enableEcsManagedTags")(shown)
    for old, new in (
        ("capacityProviderStrategy", "capacityProviderStrategies"),
        ("placementStrategy", strategies),
    ):
        if old in task:
            task[new] = task.pop(old)
    if "networkConfiguration" in task:
        network = task["networkConfiguration"]["awsvpcConfiguration"]
        public = network.get("assignPublicIp") == "ENABLED"
        task["networkConfiguration"] = {**network, "assignPublicIp": public}
    if "tags" in task:
        task["tags"] = {tag["key"]: tag["value"] for tag in task["tags"]}
    return task
