"""EBS: whether a region's new volumes are encrypted."""

from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import same
from sandbox.provider.resource import ResourceType
from sandbox.provider.values import Props


class EncryptionByDefault(ResourceType):
    """The one switch of a region; to delete it switches it off."""

    token = "aws:ebs/encryptionByDefault:EncryptionByDefault"
    service = "ec2"
    inputs = {"enabled": same(read="EbsEncryptionByDefault")}

    def create(self, aws: Aws, new: Props) -> str:
        """Put the switch; the real provider invents an id too, and another each time."""
        _put(aws, on=new.get("enabled") is not False)
        return f"{aws.account}-{aws.region}"

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put the switch."""
        _put(aws, on=new.get("enabled") is not False)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Switch it off."""
        _put(aws, on=False)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return how the switch stands."""
        found: dict[str, Any] = aws.call("ec2.get_ebs_encryption_by_default")
        return found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the id where the switch stands as it is wanted."""
        wanted = inputs.get("enabled") is not False
        on = aws.call("ec2.get_ebs_encryption_by_default")["EbsEncryptionByDefault"]
        return f"{aws.account}-{aws.region}" if on is wanted else None


def _put(aws: Aws, *, on: bool) -> None:
    request = "enable" if on else "disable"
    aws.call(f"ec2.{request}_ebs_encryption_by_default")
