"""EC2: security group, and the default one of a VPC."""

from collections.abc import Iterator
from typing import Any, ClassVar

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, by, kept, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services import ec2_references
from sandbox.services.ec2_permissions import (
    Rule,
    block_problems,
    from_blocks,
    from_permissions,
    text_problems,
    to_blocks,
)
from sandbox.services.ec2_tags import EC2_TAGS, Ec2Type, own_items, tag_map
from sandbox.services.naming import NAME_PREFIX, prefixed

DEFAULT_DESCRIPTION = "Managed by Pulumi"
"""What pulumi-aws writes where the program gives no description; EC2 wants one."""
DIRECTIONS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}


class SecurityGroup(Ec2Type):
    """A security group, with the rules that the program writes inside it.

    The rule by which AWS lets a new group's members out is taken away, as the real provider does.
    """

    token = "aws:ec2/securityGroup:SecurityGroup"
    kind = "security-group"
    creates = "create_security_group"
    created = "GroupId"
    describe = Describe(
        "describe_security_groups", lambda id_: {"GroupIds": [id_]}, "SecurityGroups[0]"
    )
    lists = ("describe_security_groups", "SecurityGroups", "GroupId")
    deletes = "delete_security_group"
    identified = "GroupId"
    autoname: ClassVar[Autoname | None] = Autoname()
    inputs = {
        "description": same(),
        "egress": by("authorize_security_group_egress", read="EgressBlocks"),
        "ingress": by("authorize_security_group_ingress", read="IngressBlocks"),
        "name": member("GroupName"),
        "namePrefix": NAME_PREFIX,
        "revokeRulesOnDelete": kept("a setting of the provider's own; deleting heeds it"),
        "tags": EC2_TAGS,
        "vpcId": same(),
    }
    outputs = {"arn": "SecurityGroupArn", "ownerId": "OwnerId"}

    def check(self, props: Props) -> Iterator[Problem]:
        for name in ("name", "description"):
            yield from text_problems(name, props.get(name))
        if str(props.get("name", "")).startswith("sg-"):
            yield "name", "must not begin with sg-"
        for name in DIRECTIONS:
            yield from block_problems(name, props.get(name))

    def create(self, aws: Aws, new: Props) -> str:
        """Create the group; where no VPC is named it belongs to the default one."""
        description = new.get("description", DEFAULT_DESCRIPTION)
        return super().create(aws, {**prefixed(new), "description": description})

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Put the program's rules in place of AWS's own."""
        for direction in DIRECTIONS:
            wanted = from_blocks(new.get(direction) or [], id_)
            self._sync(aws, id_, direction, self._rules(aws, id_, direction), wanted)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Retag, and bring the rules up to date."""
        super().update(aws, id_, old, new, changed - set(DIRECTIONS))
        for direction in DIRECTIONS:
            if direction in changed:
                had = from_blocks(old.get(direction) or [], id_)
                wanted = from_blocks(new.get(direction) or [], id_)
                self._sync(aws, id_, direction, had, wanted)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the group, without its rules first where the program asks for that."""
        if old.get("revokeRulesOnDelete"):
            for direction in DIRECTIONS:
                self._sync(aws, id_, direction, self._rules(aws, id_, direction), set())
        super().delete(aws, id_, old)

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        return ec2_references.of_group(aws, id_)

    def _rules(self, aws: Aws, id_: str, direction: str) -> set[Rule]:
        path = f"SecurityGroups[0].{DIRECTIONS[direction]}"
        return from_permissions(
            aws.find("ec2.describe_security_groups", path, GroupIds=[id_]) or []
        )

    def _sync(self, aws: Aws, id_: str, direction: str, had: set[Rule], wanted: set[Rule]) -> None:
        for verb, rules in (("revoke", had - wanted), ("authorize", wanted - had)):
            permissions = [rule.permission() for rule in sorted(rules, key=repr)]
            if permissions:
                request = f"ec2.{verb}_security_group_{direction}"
                aws.call(request, GroupId=id_, IpPermissions=permissions)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the group with its rules as blocks: the saved ones while they say the same."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        for direction, shown in DIRECTIONS.items():
            rules = from_permissions(found.get(shown, []))
            blocks = saved.get(direction) or []
            same_rules = rules == from_blocks(blocks, id_)
            name = f"{direction.capitalize()}Blocks"
            found[name] = blocks if same_rules else to_blocks(rules, id_)
        return found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the group of this name in the VPC, if it carries the tags of the inputs."""
        groups = own_items(aws, "describe_security_groups", "SecurityGroups")
        ids = [
            str(group["GroupId"])
            for group in groups
            if group["GroupName"] == inputs.get("name")
            and group["VpcId"] == inputs.get("vpcId", group["VpcId"])
            and tag_map(group.get("Tags", [])) == inputs.get("tags", {})
        ]
        if "name" not in inputs:
            return super().find(aws, inputs)
        return aws.only(ids)


class DefaultSecurityGroup(SecurityGroup):
    """The group that AWS makes with each VPC, taken into the program's hands.

    AWS neither creates nor deletes it on request. Deleting it from the program leaves the group
    and its rules as they are, as the real provider does.
    """

    token = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    autoname = None
    inputs = {
        name: SecurityGroup.inputs[name]
        for name in ("egress", "ingress", "revokeRulesOnDelete", "tags", "vpcId")
    }
    outputs = {
        **SecurityGroup.outputs,
        "description": "Description",
        "name": "GroupName",
    }

    def create(self, aws: Aws, new: Props) -> str:
        """Look the group up."""
        found = self._of_vpc(aws, new)
        if found is None:
            raise SandboxError(f"{new.get('vpcId', 'the default VPC')} has no default group")
        return str(found["GroupId"])

    def _of_vpc(self, aws: Aws, new: Props) -> dict[str, Any] | None:
        vpc = new.get("vpcId")
        if vpc is None:
            default = own_items(aws, "describe_vpcs", "Vpcs[?IsDefault].VpcId")
            vpc = default[0] if default else ""
        path = "SecurityGroups[?GroupName=='default']"
        groups = own_items(aws, "describe_security_groups", path, vpc_id=str(vpc))
        return groups[0] if groups else None

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Put the program's rules in place of AWS's own, and its tags."""
        super().finish(aws, id_, new)
        self.retag(aws, id_, {}, new.get("tags", {}))

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Do nothing: the group goes with its VPC."""

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        return None

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the VPC's default group, if it has been taken over with these tags already."""
        found = self._of_vpc(aws, inputs)
        if found is None or tag_map(found.get("Tags", [])) != inputs.get("tags", {}):
            return None
        return str(found["GroupId"])
