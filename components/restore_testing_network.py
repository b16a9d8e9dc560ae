"""Who may talk to a database that was restored for a test: the check, and nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions

from components.group_rules import GroupRules
from components.known_once import known_once
from components.network import ANYWHERE
from components.security_groups import HTTPS

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
        made = GroupRules(name=name, vpc_id=args.vpc_id, tags=args.tags, parent=self)
        groups = {part: made.group(part, about).id for part, about in GROUPS.items()}
        restored, check = groups["restored"], groups["check"]
        port, endpoints = args.database_port, args.endpoints_group_id
        from_check = made.let_in(
            "restored-from-check", restored, port, f"From check on {port}", source=check
        )
        around = [
            made.let_in(
                "endpoints-from-check", endpoints, HTTPS, f"From check on {HTTPS}", source=check
            ),
            made.let_out(
                "check-to-restored",
                check,
                port,
                f"To restored database on {port}",
                target=restored,
            ),
            made.let_out(
                "check-to-endpoints", check, HTTPS, f"To AWS on {HTTPS}", target=endpoints
            ),
            # AWS Backup and RDS are asked over the NAT gateway: they have no endpoint here.
            made.let_out(
                "check-to-world-https",
                check,
                HTTPS,
                f"To AWS Backup and RDS on {HTTPS}",
                cidr=ANYWHERE,
            ),
        ]

        self.restored_id = known_once(restored, from_check)
        self.check_id = known_once(check, from_check, *around)
        self.register_outputs({"restoredId": self.restored_id, "checkId": self.check_id})
