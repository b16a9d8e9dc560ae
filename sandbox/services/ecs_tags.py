"""What the types of ECS have alike: tags by ARN, in lower case."""

from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.values import Props
from sandbox.services.tagging import TaggedType, Tagging

ECS_TAGGING = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="resourceArn",
    member="tags",
    keys="tagKeys",
    pair=("key", "value"),
)


class EcsType(TaggedType):
    """A resource type of ECS; its id is its ARN."""

    service = "ecs"
    tagging = ECS_TAGGING

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return what ECS shows of the object while it is active."""
        found = self.shown(aws, id_, saved)
        if found is None or found.get("status") == "INACTIVE":
            return None
        return {**found, "Tags": found.get("tags", [])}

    def shown(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return what ECS describes under the id, whatever its status."""
        raise NotImplementedError


def same_target(arn: str, named: object) -> bool:
    """Return whether a name, or a part of an ARN that ECS takes for all of it, means the ARN."""
    return isinstance(named, str) and (arn == named or arn.endswith(f"/{named}"))


def active_services(aws: Aws, cluster: str) -> list[dict[str, Any]]:
    """Return the services of a cluster that are not deleted."""
    arns = aws.find("ecs.list_services", "serviceArns", cluster=cluster) or []
    found: list[dict[str, Any]] = []
    # The request takes ten services at most.
    for start in range(0, len(arns), 10):
        some = arns[start : start + 10]
        found += aws.find("ecs.describe_services", "services", cluster=cluster, services=some) or []
    return [service for service in found if service["status"] == "ACTIVE"]
