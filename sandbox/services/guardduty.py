"""GuardDuty: the detector of a region."""

from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Describe, kept, same
from sandbox.provider.resource import ResourceType
from sandbox.provider.values import Props


class Detector(ResourceType):
    """A detector; a region has one at most."""

    token = "aws:guardduty/detector:Detector"
    service = "guardduty"
    creates = "create_detector"
    created = "DetectorId"
    describe = Describe("get_detector", lambda id_: {"DetectorId": id_}, "@")
    updates = "update_detector"
    deletes = "delete_detector"
    identified = "DetectorId"
    inputs = {
        "enable": same(read="Status", decode=lambda status: status == "ENABLED"),
        "findingPublishingFrequency": same(default="SIX_HOURS"),
        "tags": kept("moto has no requests for the tags of a detector"),
    }

    def create(self, aws: Aws, new: Props) -> str:
        """Create the detector where there is none; moto takes a second one."""
        if aws.call("guardduty.list_detectors")["DetectorIds"]:
            raise SandboxError(
                "guardduty.create_detector: BadRequestException: a detector already exists for the "
                "current account"
            )
        return super().create(aws, new)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the detector; GuardDuty calls one that is gone a bad request."""
        try:
            return super().item(aws, id_, saved)
        except AwsError as error:
            if error.code != "BadRequestException":
                raise
            return None

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"accountId": aws.account, "arn": aws.arn("guardduty", f"detector/{id_}")}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the region's detector."""
        return aws.only(aws.call("guardduty.list_detectors")["DetectorIds"])
