"""Security groups without rules, and rules for one port: what each component that has some makes.

A group begins empty: the provider takes away the rule that AWS puts in. Rules are resources of
their own, so that two groups can name one another.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_aws import ec2, vpc

from components.tags import child_tags


@dataclass(frozen=True, kw_only=True)
class GroupRules:
    """Makes the groups and rules of one component, named after it."""

    name: str
    """The component's."""
    vpc_id: Input[str]
    tags: Mapping[str, str]
    parent: Resource

    def group(self, part: str, about: str) -> ec2.SecurityGroup:
        """Make a group with no rules; EC2 cannot change its description."""
        child = f"{self.name}-{part}"
        return ec2.SecurityGroup(
            child,
            vpc_id=self.vpc_id,
            description=about,
            tags=child_tags(self.tags, self.name, child),
            opts=ResourceOptions(parent=self.parent),
        )

    def let_in(
        self,
        key: str,
        group_id: Input[str],
        port: int,
        about: str,
        *,
        source: Input[str] | None = None,
        cidr: str | None = None,
    ) -> Output[str]:
        """Let connections into a group, from another group or from addresses; return the id."""
        child = f"{self.name}-{key}"
        return vpc.SecurityGroupIngressRule(
            child,
            security_group_id=group_id,
            referenced_security_group_id=source,
            cidr_ipv4=cidr,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=about,
            tags=child_tags(self.tags, self.name, child),
            opts=ResourceOptions(parent=self.parent),
        ).id

    def let_out(
        self,
        key: str,
        group_id: Input[str],
        port: int,
        about: str,
        *,
        target: Input[str] | None = None,
        cidr: str | None = None,
        prefix_list: Input[str] | None = None,
    ) -> Output[str]:
        """Let connections out of a group, to another group or to addresses; return the id."""
        child = f"{self.name}-{key}"
        return vpc.SecurityGroupEgressRule(
            child,
            security_group_id=group_id,
            referenced_security_group_id=target,
            cidr_ipv4=cidr,
            prefix_list_id=prefix_list,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=about,
            tags=child_tags(self.tags, self.name, child),
            opts=ResourceOptions(parent=self.parent),
        ).id
