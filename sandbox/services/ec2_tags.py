"""Tags as EC2 takes them: with the create request, and by requests of their own later."""

from typing import Any, ClassVar

import jmespath

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Carry
from sandbox.provider.resource import ResourceType
from sandbox.provider.values import Props


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Return tags as AWS lists them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tag_map(tags: list[dict[str, str]]) -> dict[str, str]:
    """Return a list of AWS's tags as an object, without those that AWS itself sets."""
    pairs = ((tag.get("Key", ""), tag.get("Value", "")) for tag in tags)
    return {key: value for key, value in pairs if not key.startswith("aws:")}


EC2_TAGS = Carry(
    read="Tags", decode=tag_map, operation="create_tags", member="Tags", encode=tag_list, exact=True
)

GONE = frozenset({"deleted", "deleting", "failed"})
"""States in which EC2 goes on listing what is no more."""


class Ec2Type(ResourceType):
    """A resource type of EC2: tagged at creation, retagged by id."""

    service = "ec2"
    kind: ClassVar[str]
    """EC2's own name of the kind of resource: ``vpc``, ``natgateway``."""
    lists: ClassVar[tuple[str, str, str]]
    """The request that lists objects by tag, the JMESPath of the list, and of the id in an item."""
    filters: ClassVar[str] = "Filters"
    """The member of that request that takes filters."""
    arn_kind: ClassVar[str] = ""
    """What stands before the id in the ARN, where EC2 does not show the ARN itself."""

    def tagged(self, new: Props) -> dict[str, Any]:
        """Return the parameter that tags the object while it is created."""
        if not new.get("tags"):
            return {}
        tags = tag_list(new["tags"])
        return {"TagSpecifications": [{"ResourceType": self.kind, "Tags": tags}]}

    def create(self, aws: Aws, new: Props) -> str:
        """Create the object with its tags and return its id."""
        params = {**self.params(self.creates, new), **self.tagged(new)}
        answer = aws.call(f"ec2.{self.creates}", **params)
        return str(jmespath.search(self.created, answer))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Bring tags and then everything else up to date."""
        if "tags" in changed:
            self.retag(aws, id_, old.get("tags", {}), new.get("tags", {}))
        super().update(aws, id_, old, new, changed - {"tags"})

    def retag(self, aws: Aws, id_: str, old: dict[str, str], new: dict[str, str]) -> None:
        """Take away the tags that went and set those that came."""
        gone = [{"Key": key} for key in old if key not in new]
        if gone:
            aws.call("ec2.delete_tags", Resources=[id_], Tags=gone)
        if new:
            aws.call("ec2.create_tags", Resources=[id_], Tags=tag_list(new))

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return what EC2 shows; an object that is still listed after its end is gone."""
        found = super().item(aws, id_, saved)
        if found is None or not self.alive(found):
            return None
        found.setdefault("Tags", [])
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the ARN, which EC2 shows of few kinds."""
        return {"arn": aws.arn("ec2", f"{self.arn_kind}/{id_}")} if self.arn_kind else {}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the one living object that carries exactly the tags of the inputs.

        The tags are compared here too: not every list of moto's heeds a filter.
        """
        operation, items, id_path = self.lists
        tags = inputs.get("tags", {})
        filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
        if not filters:
            return None
        found = aws.find(f"ec2.{operation}", items, **{self.filters: filters}) or []
        ids = [
            str(jmespath.search(id_path, item))
            for item in found
            if self.alive(item) and tag_map(item.get("Tags", [])) == tags
        ]
        return aws.only(ids)

    def alive(self, item: dict[str, Any]) -> bool:
        """Return whether an item still listed is really there."""
        return item.get("State") not in GONE


def own_items(aws: Aws, operation: str, path: str, **filters: str) -> list[dict[str, Any]]:
    """Return what a list of EC2's holds under filters; ``vpc_id`` stands for ``vpc-id``."""
    wanted = [
        {"Name": name.replace("__", ".").replace("_", "-"), "Values": [value]}
        for name, value in filters.items()
    ]
    return aws.find(f"ec2.{operation}", path, **({"Filters": wanted} if wanted else {})) or []
