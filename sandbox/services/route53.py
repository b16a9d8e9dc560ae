"""Route 53: zones."""

import hashlib
import secrets
from collections.abc import Iterator
from typing import Any, ClassVar

from sandbox.provider.aws import CURRENT, Aws, AwsError
from sandbox.provider.carry import Carry, Describe, by, kept, member
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.forms import known_keys
from sandbox.services.tagging import TaggedType, Tagging

TAGGING = Tagging(
    tags="change_tags_for_resource",
    untags="change_tags_for_resource",
    named="ResourceId",
    lists="list_tags_for_resource",
)
TAGS = Carry(
    operation="change_tags_for_resource",
    member="AddTags",
    encode=TAGGING.encoded,
    decode=TAGGING.decoded,
    read="Tags",
    exact=True,
)


class Route53Type(TaggedType):
    """A type whose tags one request changes, by kind and id."""

    service = "route53"
    tagging = TAGGING
    kind: ClassVar[str]
    """Route 53's name of the kind of object in requests about tags."""

    def tags_shown(self, aws: Aws, id_: str) -> Any:
        answer = aws.find(
            "route53.list_tags_for_resource",
            "ResourceTagSet.Tags",
            ResourceType=self.kind,
            ResourceId=id_,
        )
        return answer or []

    def retag(self, aws: Aws, id_: str, old: dict[str, str], new: dict[str, str]) -> None:
        gone = [key for key in old if key not in new]
        changes: dict[str, Any] = {"AddTags": self.tagging.encoded(new)} if new else {}
        if gone:
            changes["RemoveTagKeys"] = gone
        if changes:
            aws.call(
                "route53.change_tags_for_resource",
                ResourceType=self.kind,
                ResourceId=id_,
                **changes,
            )

    def reference(self) -> str:
        """Return what the reference of a create request begins with.

        By it an object is known to be this resource's also before it is tagged. It goes on at
        random, since Route 53 does not take the reference of a deleted health check again.
        """
        return hashlib.sha256(f"{self.token}/{CURRENT.get()}".encode()).hexdigest()[:16]

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Tag the object: the create request takes no tags."""
        self.retag(aws, id_, {}, new.get("tags") or {})


class Zone(Route53Type):
    """A hosted zone, public or of VPCs."""

    token = "aws:route53/zone:Zone"
    kind = "hostedzone"
    creates = "create_hosted_zone"
    describe = Describe("get_hosted_zone", lambda id_: {"Id": id_}, "@")
    updates = "update_hosted_zone_comment"
    deletes = "delete_hosted_zone"
    identified = "Id"
    inputs = {
        "comment": member("HostedZoneConfig.Comment", read="HostedZone.Config.Comment"),
        "delegationSetId": member("DelegationSetId", unseen="moto does not show it"),
        "enableAcceleratedRecovery": kept("moto has no accelerated recovery"),
        "forceDestroy": kept("says only what a deletion does"),
        "name": member("Name", read="HostedZone.Name", decode=lambda name: name.rstrip(".")),
        "tags": TAGS,
        "vpcs": by(
            "associate_vpc_with_hosted_zone",
            read="VPCs",
            decode=lambda vpcs: [
                {"vpcId": vpc["VPCId"], "vpcRegion": vpc["VPCRegion"]} for vpc in vpcs
            ],
        ),
    }
    outputs = {
        "nameServers": "DelegationSet.NameServers",
        "primaryNameServer": "DelegationSet.NameServers[0]",
    }

    def check(self, props: Props) -> Iterator[Problem]:
        yield from known_keys("vpcs", props.get("vpcs"), ("vpcId", "vpcRegion"))

    def create(self, aws: Aws, new: Props) -> str:
        """Create the zone; with a VPC it is private."""
        vpcs = new.get("vpcs") or []
        params = self.params(self.creates, new)
        if vpcs:
            params["VPC"] = _vpc(aws, vpcs[0])
            params.setdefault("HostedZoneConfig", {})["PrivateZone"] = True
        reference = f"{self.reference()}-{secrets.token_hex(8)}"
        answer = aws.call("route53.create_hosted_zone", CallerReference=reference, **params)
        return str(answer["HostedZone"]["Id"]).removeprefix("/hostedzone/")

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Tag the zone and let the other VPCs see it."""
        super().finish(aws, id_, new)
        for vpc in (new.get("vpcs") or [])[1:]:
            self._associate(aws, id_, _vpc(aws, vpc))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change tags, comment and VPCs."""
        if "tags" in changed:
            self.retag(aws, id_, old.get("tags") or {}, new.get("tags") or {})
        if "comment" in changed:
            comment = new.get("comment", "")
            aws.call("route53.update_hosted_zone_comment", Id=id_, Comment=comment)
        if "vpcs" not in changed:
            return
        # As AWS has them: of a zone that was not finished, the old inputs say more.
        before = aws.call("route53.get_hosted_zone", Id=id_).get("VPCs") or []
        after = [_vpc(aws, vpc) for vpc in new.get("vpcs") or []]
        if not before or not after:
            raise AwsError(
                "route53.update_hosted_zone", "PublicZoneVPCAssociation", "replace the zone"
            )
        for vpc in after:
            if vpc not in before:
                self._associate(aws, id_, vpc)
        for vpc in before:
            if vpc not in after:
                named = {"HostedZoneId": id_, "VPC": vpc}
                aws.call("route53.disassociate_vpc_from_hosted_zone", **named)

    def _associate(self, aws: Aws, id_: str, vpc: Props) -> None:
        aws.call("route53.associate_vpc_with_hosted_zone", HostedZoneId=id_, VPC=vpc)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the zone, with ``forceDestroy`` its records first."""
        if old.get("forceDestroy"):
            zone = aws.call("route53.get_hosted_zone", Id=id_)["HostedZone"]["Name"]
            for record in record_sets(aws, id_):
                if record["Name"] != zone or record["Type"] not in {"NS", "SOA"}:
                    change = {"Action": "DELETE", "ResourceRecordSet": record}
                    aws.call(
                        "route53.change_resource_record_sets",
                        HostedZoneId=id_,
                        ChangeBatch={"Changes": [change]},
                    )
        super().delete(aws, id_, old)

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {
            "arn": aws.arn("route53", f"hostedzone/{id_}", region=False, account=False),
            "zoneId": id_,
        }

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the one zone of the name that was made for this resource."""
        name, reference = str(inputs["name"]).rstrip("."), f"{self.reference()}-"
        zones = aws.call("route53.list_hosted_zones_by_name", DNSName=name)["HostedZones"]
        return aws.only(
            zone["Id"].removeprefix("/hostedzone/")
            for zone in zones
            if zone["Name"].rstrip(".") == name and zone["CallerReference"].startswith(reference)
        )


def record_sets(aws: Aws, zone: str, **start: str) -> list[dict[str, Any]]:
    """Return the record sets of a zone, from a name on if one is given."""
    params: dict[str, Any] = dict(start)
    found: list[dict[str, Any]] = []
    while True:
        answer = aws.call("route53.list_resource_record_sets", HostedZoneId=zone, **params)
        found += answer["ResourceRecordSets"]
        if start or not answer["IsTruncated"]:
            return found
        params = {
            "StartRecordName": answer["NextRecordName"],
            "StartRecordType": answer["NextRecordType"],
        }


def _vpc(aws: Aws, vpc: Props) -> dict[str, str]:
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion", aws.region)}
