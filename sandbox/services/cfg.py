"""AWS Config: the recorder of a region, where it delivers to, and whether it runs."""

from collections.abc import Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, by, member
from sandbox.provider.resource import ResourceType
from sandbox.provider.values import Props
from sandbox.services.documents import allows, principals
from sandbox.services.references import require_key, require_role, statements

SERVICE = "config.amazonaws.com"
RECORDER, CHANNEL = "ConfigurationRecorder", "DeliveryChannel"
GROUP = ("allSupported", "includeGlobalResourceTypes", "resourceTypes")
"""What is carried of a recording group; AWS Config adds to it what follows from these."""


class Recorder(ResourceType):
    """A recorder; its id is its name, and a region has one at most."""

    token = "aws:cfg/recorder:Recorder"
    service = "config"
    creates = updates = "put_configuration_recorder"
    describe = Describe(
        "describe_configuration_recorders",
        lambda name: {"ConfigurationRecorderNames": [name]},
        "ConfigurationRecorders[0]",
    )
    deletes = "delete_configuration_recorder"
    identified = "ConfigurationRecorderName"
    inputs = {
        "name": member(f"{RECORDER}.name", read="name"),
        "recordingGroup": member(
            f"{RECORDER}.recordingGroup",
            read="recordingGroup",
            decode=lambda shown: {name: shown[name] for name in GROUP if shown.get(name) != []},
        ),
        "roleArn": member(f"{RECORDER}.roleARN", read="roleARN"),
    }

    def create(self, aws: Aws, new: Props) -> str:
        """Put the recorder, whose role must let AWS Config take it on."""
        self._put(aws, new)
        return str(new["name"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put the whole recorder anew: a request says all of it."""
        self._put(aws, new)

    def _put(self, aws: Aws, new: Props) -> None:
        request = "config.put_configuration_recorder"
        require_role(aws, request, new["roleArn"], SERVICE)
        aws.call(request, **self.params(self.creates, new))

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the name of the recorder, if it is there with our role."""
        name = str(inputs["name"])
        found = self.read(aws, name, inputs)
        return name if found and found["roleArn"] == inputs["roleArn"] else None


class DeliveryChannel(ResourceType):
    """Where the recorder delivers to; its id is its name, and a region has one at most."""

    token = "aws:cfg/deliveryChannel:DeliveryChannel"
    service = "config"
    creates = updates = "put_delivery_channel"
    describe = Describe(
        "describe_delivery_channels",
        lambda name: {"DeliveryChannelNames": [name]},
        "DeliveryChannels[0]",
    )
    deletes = "delete_delivery_channel"
    identified = "DeliveryChannelName"
    inputs = {
        "name": member(f"{CHANNEL}.name", read="name"),
        "s3BucketName": member(f"{CHANNEL}.s3BucketName", read="s3BucketName"),
        "s3KeyPrefix": member(f"{CHANNEL}.s3KeyPrefix", read="s3KeyPrefix"),
        "s3KmsKeyArn": member(f"{CHANNEL}.s3KmsKeyArn", read="s3KmsKeyArn"),
        "snapshotDeliveryProperties": member(
            f"{CHANNEL}.configSnapshotDeliveryProperties", read="configSnapshotDeliveryProperties"
        ),
        "snsTopicArn": member(f"{CHANNEL}.snsTopicARN", read="snsTopicARN"),
    }

    def create(self, aws: Aws, new: Props) -> str:
        """Put the channel; AWS Config tries at once whether it may write there."""
        self._put(aws, new)
        return str(new["name"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put the whole channel anew: a request says all of it."""
        self._put(aws, new)

    def _put(self, aws: Aws, new: Props) -> None:
        request = "config.put_delivery_channel"
        require_key(aws, request, new.get("s3KmsKeyArn"))
        bucket = str(new["s3BucketName"])
        policy = aws.find("s3.get_bucket_policy", "Policy", Bucket=bucket)
        if policy is None or not any(_lets_in(each) for each in statements(policy)):
            raise SandboxError(
                f"{request}: InsufficientDeliveryPolicyException: the policy of bucket {bucket} "
                f"does not let {SERVICE} write to it"
            )
        aws.call(request, **self.params(self.creates, new))

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the name of the channel, if it is there with our bucket."""
        name = str(inputs["name"])
        found = self.read(aws, name, inputs)
        return name if found and found["s3BucketName"] == inputs["s3BucketName"] else None


class RecorderStatus(ResourceType):
    """Whether a recorder runs; its id is the recorder's name."""

    token = "aws:cfg/recorderStatus:RecorderStatus"
    service = "config"
    describe = Describe(
        "describe_configuration_recorder_status",
        lambda name: {"ConfigurationRecorderNames": [name]},
        "ConfigurationRecordersStatus[0]",
    )
    inputs = {
        "isEnabled": by("start_configuration_recorder", read="recording"),
        "name": by("start_configuration_recorder", "ConfigurationRecorderName", read="name"),
    }

    def create(self, aws: Aws, new: Props) -> str:
        """Let it run, or not."""
        _switch(aws, str(new["name"]), on=new["isEnabled"] is True)
        return str(new["name"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Let it run, or not."""
        _switch(aws, id_, on=new["isEnabled"] is True)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Stop it."""
        _switch(aws, id_, on=False)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the recorder's name, if it runs as is wanted."""
        name = str(inputs["name"])
        found = self.read(aws, name, inputs)
        return name if found and found["isEnabled"] == inputs["isEnabled"] else None


def _switch(aws: Aws, name: str, *, on: bool) -> None:
    request = "start" if on else "stop"
    aws.call(f"config.{request}_configuration_recorder", ConfigurationRecorderName=name)


def _lets_in(statement: Mapping[str, Any]) -> bool:
    return SERVICE in principals(statement, "Service") and allows(statement, "s3:PutObject")
