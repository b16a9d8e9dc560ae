"""Security Hub: switched on in a region, and the standards that it holds the account against."""

from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import kept, same
from sandbox.provider.resource import ResourceType
from sandbox.provider.values import Props

NOT_IN_MOTO = "moto has no standards of Security Hub"


class Account(ResourceType):
    """Security Hub in a region; its id is the account."""

    token = "aws:securityhub/account:Account"
    service = "securityhub"
    creates = "enable_security_hub"
    inputs = {
        "autoEnableControls": kept("moto has no request that changes it"),
        "controlFindingGenerator": kept("moto takes it and shows one value always"),
        "enableDefaultStandards": same(unseen="Security Hub does not show it"),
    }
    outputs = {"arn": "HubArn"}

    def create(self, aws: Aws, new: Props) -> str:
        """Switch it on where it is off; moto takes a second time."""
        if self._hub(aws) is not None:
            raise SandboxError(
                "securityhub.enable_security_hub: ResourceConflictException: Account is already "
                "subscribed to Security Hub"
            )
        aws.call("securityhub.enable_security_hub", **self.params(self.creates, new))
        return aws.account

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Switch it off."""
        if self._hub(aws) is not None:
            aws.call("securityhub.disable_security_hub")

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return what the region's hub is like."""
        return self._hub(aws)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the account where Security Hub is on."""
        return None if self._hub(aws) is None else aws.account

    def _hub(self, aws: Aws) -> dict[str, Any] | None:
        """Return the hub; that it is off is called an invalid access."""
        try:
            found: dict[str, Any] = aws.call("securityhub.describe_hub")
        except AwsError as error:
            if error.code != "InvalidAccessException":
                raise
            return None
        return found


class StandardsSubscription(ResourceType):
    """One standard."""

    token = "aws:securityhub/standardsSubscription:StandardsSubscription"
    service = "securityhub"
    inputs = {"standardsArn": kept(NOT_IN_MOTO)}
    kept = NOT_IN_MOTO
