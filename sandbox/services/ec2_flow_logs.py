"""EC2: flow log."""

from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, by, kept, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.ec2_tags import EC2_TAGS, Ec2Type

SUBJECTS = {
    "eniId": ("NetworkInterface", "eni-"),
    "subnetId": ("Subnet", "subnet-"),
    "transitGatewayAttachmentId": ("TransitGatewayAttachment", "tgw-attach-"),
    "transitGatewayId": ("TransitGateway", "tgw-"),
    "vpcId": ("VPC", "vpc-"),
}
"""What a flow log can watch, to EC2's kind of resource and the beginning of its ids."""
TO_LOGS, TO_S3 = "cloud-watch-logs", "s3"
INTERVALS = (60, 600)


class FlowLog(Ec2Type):
    """A flow log of a VPC, subnet, interface or transit gateway."""

    token = "aws:ec2/flowLog:FlowLog"
    kind = arn_kind = "vpc-flow-log"
    creates = "create_flow_logs"
    describe = Describe("describe_flow_logs", lambda id_: {"FlowLogIds": [id_]}, "FlowLogs[0]")
    lists = ("describe_flow_logs", "FlowLogs", "FlowLogId")
    filters = "Filter"
    inputs = {
        **{
            name: by("create_flow_logs", read=f"[ResourceId][?starts_with(@, '{begin}')] | [0]")
            for name, (_, begin) in SUBJECTS.items()
        },
        "deliverCrossAccountRole": same(),
        "destinationOptions": kept(
            "moto drops it", operation="create_flow_logs", name="DestinationOptions"
        ),
        "iamRoleArn": member("DeliverLogsPermissionArn"),
        "logDestination": same(),
        "logDestinationType": same(),
        "logFormat": same(),
        "maxAggregationInterval": same(),
        "tags": EC2_TAGS,
        "trafficType": same(),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        given = [name for name in SUBJECTS if name in props]
        if len(given) != 1:
            yield "vpcId", f"exactly one of {', '.join(SUBJECTS)} is needed"
        kind = props.get("logDestinationType", TO_LOGS)
        if "logDestination" not in props:
            yield "logDestination", "is required"
        if kind == TO_LOGS and "iamRoleArn" not in props:
            yield "iamRoleArn", f"is required to write to {TO_LOGS}"
        if kind == TO_S3 and "iamRoleArn" in props:
            yield "iamRoleArn", f"cannot be given with {TO_S3}"
        if "trafficType" not in props and not {"transitGatewayId", *given} <= {"transitGatewayId"}:
            yield "trafficType", "is required"
        interval = props.get("maxAggregationInterval", INTERVALS[0])
        if isinstance(interval, int) and interval not in INTERVALS:
            yield "maxAggregationInterval", f"must be 60 or 600 seconds, got {interval}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the flow log; EC2 answers 200 also where it did not."""
        self._refuse_role(aws, new)
        subject = next(name for name in SUBJECTS if new.get(name))
        params = self.params(self.creates, new)
        destination = params["LogDestination"]
        if new.get("logDestinationType", TO_LOGS) == TO_LOGS:
            # moto calls a delivery failed unless the group is named as well.
            params["LogGroupName"] = destination.removesuffix(":*").rpartition("log-group:")[2]
        elif new["logDestinationType"] == TO_S3:
            # moto takes a folder for a part of the bucket's name.
            params["LogDestination"] = destination.partition("/")[0]
        answer = aws.call(
            f"ec2.{self.creates}",
            ResourceIds=[new[subject]],
            ResourceType=SUBJECTS[subject][0],
            **params,
            **self.tagged(new),
        )
        for failed in answer.get("Unsuccessful", []):
            error = failed["Error"]
            raise SandboxError(f"{failed['ResourceId']}: {error['Code']}: {error['Message']}")
        return str(answer["FlowLogIds"][0])

    def _refuse_role(self, aws: Aws, new: Props) -> None:
        role = new.get("iamRoleArn")
        if not role:
            return
        name = role.rpartition("/")[2]
        if aws.find("iam.get_role", "Role.RoleName", RoleName=name) is None:
            raise SandboxError(f"{role} does not exist (AWS: InvalidParameter)")

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Retag: everything else replaces the flow log."""
        super().update(aws, id_, old, new, changed & {"tags"})

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        aws.call("ec2.delete_flow_logs", FlowLogIds=[id_])

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the flow log; a folder in the bucket is only in Pulumi's state."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        given = str(saved.get("logDestination", ""))
        if given.partition("/")[0] == found.get("LogDestination") and ":s3:" in given:
            found["LogDestination"] = given
        return found
