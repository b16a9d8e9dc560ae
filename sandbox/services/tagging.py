"""Tags of services other than EC2: with the create request, later by requests of their own.

The services differ in how such a request names the object and in how a tag is written; each type
says both in one line.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Carry
from sandbox.provider.resource import ResourceType
from sandbox.provider.values import Props


@dataclass(frozen=True)
class Tagging:
    """How one kind of object is tagged, in boto3's spelling of the requests."""

    tags: str
    untags: str
    named: str
    """The member by which the requests name the object."""
    lists: str = ""
    """The request that shows the tags, where the object's description does not."""
    listed: str = "Tags"
    """Where the tags stand in its answer."""
    member: str = "Tags"
    keys: str = "TagKeys"
    pair: tuple[str, str] | None = ("Key", "Value")
    """What key and value are called in a list of tags; None where tags are a plain object."""

    def encoded(self, tags: dict[str, str]) -> Any:
        """Return tags in the form of the requests."""
        if self.pair is None:
            return tags
        key_name, value_name = self.pair
        return [{key_name: key, value_name: value} for key, value in tags.items()]

    def decoded(self, tags: Any) -> dict[str, str]:
        """Return tags as an object, without those that AWS itself sets."""
        if self.pair is not None:
            key_name, value_name = self.pair
            tags = {tag[key_name]: tag.get(value_name, "") for tag in tags}
        return {key: value for key, value in tags.items() if not key.startswith("aws:")}

    def carried(self) -> Carry:
        """Return how the create request takes the tags, and where the type's item holds them."""
        return Carry(
            member=self.member, encode=self.encoded, decode=self.decoded, read="Tags", exact=True
        )


class TaggedType(ResourceType):
    """A resource type whose tags have requests of their own."""

    tagging: ClassVar[Tagging]

    def target(self, aws: Aws, id_: str) -> Any:
        """Return what the tag requests name the object by."""
        return id_

    def tags_shown(self, aws: Aws, id_: str) -> Any:
        """Return the object's tags as AWS lists them; an object without tags has an empty list."""
        tagging = self.tagging
        operation = f"{self.service}.{tagging.lists}"
        shown = aws.find(operation, tagging.listed, **{tagging.named: self.target(aws, id_)})
        return shown or ([] if tagging.pair else {})

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return what AWS shows of the object, with its tags."""
        found = super().item(aws, id_, saved)
        if found is not None:
            if self.tagging.lists:
                found["Tags"] = self.tags_shown(aws, id_)
            found.setdefault("Tags", [] if self.tagging.pair else {})
        return found

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Bring tags and then everything else up to date."""
        if "tags" in changed:
            self.retag(aws, id_, old.get("tags") or {}, new.get("tags") or {})
        super().update(aws, id_, old, new, changed - {"tags"})

    def retag(self, aws: Aws, id_: str, old: dict[str, str], new: dict[str, str]) -> None:
        """Take away the tags that went and set those that came."""
        tagging = self.tagging
        named = {tagging.named: self.target(aws, id_)}
        gone = [key for key in old if key not in new]
        if gone:
            aws.call(f"{self.service}.{tagging.untags}", **named, **{tagging.keys: gone})
        if new:
            tags = {tagging.member: tagging.encoded(new)}
            aws.call(f"{self.service}.{tagging.tags}", **named, **tags)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the id by name, but only of an object that carries the tags of the inputs."""
        return self.mine(aws, super().find(aws, inputs), inputs)

    def mine(self, aws: Aws, id_: str | None, inputs: Props) -> str | None:
        """Return the id of an object, if that carries the tags of the inputs."""
        found = self.read(aws, id_, {}) if id_ else None
        same = found is not None and (found.get("tags") or {}) == (inputs.get("tags") or {})
        return id_ if same else None
