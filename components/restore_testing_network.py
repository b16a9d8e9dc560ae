"""Who may talk to a database that was restored for a test: the check, and nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2, vpc

from components.known_once import known_once
from components.network import ANYWHERE
from components.security_groups import HTTPS
from components.tags import child_tags

GROUPS = {
    "restored": "Database restored for a test: takes connections of its check, opens none",
    "check": "Check of restored databases: nothing connects to it",
}
"""The description of each group. EC2 can't change one: a new text replaces the group."""


@dataclass(frozen=True, kw_only=True)
class RestoreTestingNetworkArgs:
    """The network that is there."""

    vpc_id: Input[str]
    endpoints_group_id: Input[str]
    database_port: int
    tags: Mapping[str, str]


class RestoreTestingNetwork(pulumi.ComponentResource):
    """A group for the restored database, whose only way in is the check's."""

    restored_id: Output[str]
    check_id: Output[str]

    def __init__(
        self, name: str, args: RestoreTestingNetworkArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:backup:RestoreTestingNetwork", name, None, opts)
        self._name = name
        self._args = args
        self._child = ResourceOptions(parent=self)
        groups = {part: self._group(part, about) for part, about in GROUPS.items()}
        restored, check, port = groups["restored"].id, groups["check"].id, args.database_port
        into = [
            self._let_in("restored-from-check", restored, check, port, "From check"),
            self._let_in(
                "endpoints-from-check", args.endpoints_group_id, check, HTTPS, "From check"
            ),
        ]
        out = [
            self._let_out("check-to-restored", check, port, "To restored database", restored),
            self._let_out("check-to-endpoints", check, HTTPS, "To AWS", args.endpoints_group_id),
            # AWS Backup and RDS are asked over the NAT gateway: they have no endpoint here.
            self._let_out("check-to-world-https", check, HTTPS, "To AWS Backup and RDS", None),
        ]

        self.restored_id = known_once(restored, into[0])
        self.check_id = known_once(check, *into, *out)
        self.register_outputs({"restoredId": self.restored_id, "checkId": self.check_id})

    def _group(self, part: str, about: str) -> ec2.SecurityGroup:
        child = f"{self._name}-{part}"
        return ec2.SecurityGroup(
            child,
            vpc_id=self._args.vpc_id,
            description=about,
            tags=child_tags(self._args.tags, self._name, child),
            opts=self._child,
        )

    def _let_in(
        self, key: str, group: Input[str], source: Input[str], port: int, about: str
    ) -> Output[str]:
        child = f"{self._name}-{key}"
        return vpc.SecurityGroupIngressRule(
            child,
            security_group_id=group,
            referenced_security_group_id=source,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{about} on {port}",
            tags=child_tags(self._args.tags, self._name, child),
            opts=self._child,
        ).id

    def _let_out(
        self, key: str, group: Input[str], port: int, about: str, target: Input[str] | None
    ) -> Output[str]:
        child = f"{self._name}-{key}"
        return vpc.SecurityGroupEgressRule(
            child,
            security_group_id=group,
            referenced_security_group_id=target,
            cidr_ipv4=None if target is not None else ANYWHERE,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{about} on {port}",
            tags=child_tags(self._args.tags, self._name, child),
            opts=self._child,
        ).id
