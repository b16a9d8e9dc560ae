"""EC2: a security group's rules, each a resource of its own."""

from collections.abc import Iterator
from typing import Any, ClassVar

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Carry, Describe
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.ec2_permissions import PEERS, port_problems, protocol_named, text_problems
from sandbox.services.ec2_tags import EC2_TAGS, Ec2Type, own_items, tag_map
from sandbox.services.shown import emptied

SOURCES = {
    "cidrIpv4": ("cidrBlocks", "CidrIpv4"),
    "cidrIpv6": ("ipv6CidrBlocks", "CidrIpv6"),
    "prefixListId": ("prefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("securityGroups", "ReferencedGroupId"),
}
"""The four forms of the other end, to the permission's list and the member of a change."""

IN_RULE = "modify_security_group_rules"


class SecurityGroupRule(Ec2Type):
    """One rule in one direction; a group has it once, so it can be known by what it says."""

    kind = arn_kind = "security-group-rule"
    describe = Describe(
        "describe_security_group_rules",
        lambda id_: {"SecurityGroupRuleIds": [id_]},
        "SecurityGroupRules[0]",
    )
    identified = "SecurityGroupRuleIds"
    direction: ClassVar[str]
    inputs = {
        "cidrIpv4": Carry(operation=IN_RULE, read="CidrIpv4"),
        "cidrIpv6": Carry(operation=IN_RULE, read="CidrIpv6"),
        "description": Carry(operation=IN_RULE, read="Description"),
        "fromPort": Carry(operation=IN_RULE, read="FromPort", default=-1),
        "ipProtocol": Carry(operation=IN_RULE, read="IpProtocol"),
        "prefixListId": Carry(operation=IN_RULE, read="PrefixListId"),
        "referencedSecurityGroupId": Carry(operation=IN_RULE, read="ReferencedGroupId"),
        "securityGroupId": Carry(operation=IN_RULE, read="GroupId"),
        "tags": EC2_TAGS,
        "toPort": Carry(operation=IN_RULE, read="ToPort", default=-1),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        given = [name for name in SOURCES if name in props]
        if len(given) != 1:
            yield "cidrIpv4", f"exactly one of {', '.join(SOURCES)} is needed"
        ports = (props.get("fromPort"), props.get("toPort"))
        yield from port_problems(props.get("ipProtocol"), *ports, "fromPort")
        yield from text_problems("description", props.get("description"))

    def create(self, aws: Aws, new: Props) -> str:
        """Add the rule to its group."""
        answer = aws.call(
            f"ec2.authorize_security_group_{self.direction}",
            GroupId=new["securityGroupId"],
            IpPermissions=[self._permission(new)],
            **self.tagged(new),
        )
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def _permission(self, new: Props) -> dict[str, Any]:
        name = next(name for name in SOURCES if new.get(name))
        listed, peer = PEERS[SOURCES[name][0]]
        account, _, group = str(new[name]).rpartition("/")
        entry = {peer: new[name]}
        if account and name == "referencedSecurityGroupId":
            entry = {peer: group, "UserId": account}
        if new.get("description"):
            entry["Description"] = new["description"]
        return {**self._ends(new), listed: [entry]}

    def _ends(self, new: Props) -> dict[str, Any]:
        ends: dict[str, Any] = {"IpProtocol": protocol_named(new["ipProtocol"])}
        for name, member in (("fromPort", "FromPort"), ("toPort", "ToPort")):
            if new.get(name) is not None:
                ends[member] = int(new[name])
        return ends

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Retag, and write the rule anew under its id."""
        super().update(aws, id_, old, new, changed & {"tags"})
        if not changed - {"tags"}:
            return
        name = next(name for name in SOURCES if new.get(name))
        rule = {**self._ends(new), SOURCES[name][1]: str(new[name]).rpartition("/")[2]}
        if name.startswith("cidr"):
            rule[SOURCES[name][1]] = new[name]
        rule["Description"] = new.get("description", "")
        aws.call(
            "ec2.modify_security_group_rules",
            GroupId=new["securityGroupId"],
            SecurityGroupRules=[{"SecurityGroupRuleId": id_, "SecurityGroupRule": rule}],
        )

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        aws.call(
            f"ec2.revoke_security_group_{self.direction}",
            GroupId=old["securityGroupId"],
            SecurityGroupRuleIds=[id_],
        )

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the rule as the inputs are written."""
        found = super().item(aws, id_, saved)
        if found is None or found.get("IsEgress") != (self.direction == "egress"):
            return None
        group = found.get("ReferencedGroupInfo") or {}
        if group.get("GroupId"):
            found["ReferencedGroupId"] = self._peer(aws, group, saved)
        if protocol_named(saved.get("ipProtocol", "")) == found["IpProtocol"]:
            found["IpProtocol"] = saved["ipProtocol"]
        if found.get("PrefixListId"):
            # moto forgets what was said of a prefix list.
            found.setdefault("Description", saved.get("description"))
        members = {
            **{name: name[:1].upper() + name[1:] for name in SOURCES},
            "referencedSecurityGroupId": "ReferencedGroupId",
            "description": "Description",
        }
        emptied(found, saved, members)
        return found

    def _peer(self, aws: Aws, group: dict[str, Any], saved: Props) -> str:
        """Return the group at the other end, with its account where the program wrote that."""
        if "/" in str(saved.get("referencedSecurityGroupId", "")):
            return f"{group.get('UserId', aws.account)}/{group['GroupId']}"
        return str(group["GroupId"])

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {**super().computed(aws, id_, props), "securityGroupRuleId": id_}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the rule of the group that says the same and carries the same tags."""
        path = "SecurityGroupRules"
        group = str(inputs["securityGroupId"])
        for rule in own_items(aws, "describe_security_group_rules", path, group_id=group):
            if tag_map(rule.get("Tags", [])) != inputs.get("tags", {}):
                continue
            id_ = str(rule["SecurityGroupRuleId"])
            found = self.read(aws, id_, {**inputs})
            names = {*SOURCES, "ipProtocol", "fromPort", "toPort"} & set(inputs)
            if found is not None and all(found[name] == inputs[name] for name in names):
                return id_
        return None


class SecurityGroupIngressRule(SecurityGroupRule):
    """A rule that lets something in."""

    token = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    direction = "ingress"


class SecurityGroupEgressRule(SecurityGroupRule):
    """A rule that lets something out."""

    token = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    direction = "egress"
