"""The network, its private ways to AWS, and who may talk to whom in it."""

from pulumi import Output

from blueprint import addresses
from blueprint.basis import Basis
from blueprint.foundation import Foundation
from components.endpoints import Endpoints, EndpointsArgs
from components.known_once import known_once
from components.network import Network, NetworkArgs
from components.security_groups import SecurityGroups, SecurityGroupsArgs


class NetworkArea:
    """The network of one environment."""

    def __init__(self, basis: Basis, foundation: Foundation) -> None:
        self.network = Network(
            "network",
            NetworkArgs(
                account_id=basis.account,
                region=basis.region,
                cidr=basis.identity.cidr,
                subnets=addresses.plan(basis.identity.cidr, basis.shape.network.zones),
                nat_gateways=basis.scale.network.nat_gateways,
                flow_log_group_name=basis.names.log_group("flow-logs"),
                flow_log_retention_days=basis.log_days,
                kms_key_arn=foundation.keys.main.arn,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
        self.groups = SecurityGroups(
            "security-groups",
            SecurityGroupsArgs(
                vpc_id=self.network.vpc_id,
                web_port=basis.shape.web.port,
                database_port=basis.shape.database.port,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
        self.endpoints = Endpoints(
            "endpoints",
            EndpointsArgs(
                account_id=basis.account,
                region=basis.region,
                vpc_id=self.network.vpc_id,
                # The first zones, which have the gateways too: one failed zone is one failure.
                subnet_ids=list(self.network.private_subnet_ids.values())[
                    : basis.scale.network.endpoint_zones
                ],
                # The isolated subnets too: tasks of the data refresh fetch their image there.
                route_table_ids=[
                    *self.network.private_route_table_ids.values(),
                    self.network.isolated_route_table_id,
                ],
                security_group_id=self.groups.endpoints_id,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    @property
    def public_subnet_ids(self) -> list[Output[str]]:
        """One in each zone."""
        return list(self.network.public_subnet_ids.values())

    @property
    def isolated_subnet_ids(self) -> list[Output[str]]:
        """One in each zone."""
        return list(self.network.isolated_subnet_ids.values())

    @property
    def task_subnet_ids(self) -> list[Output[str]]:
        """Private subnets, one in each zone, known once a task in them can start.

        A task fetches its image and its secrets before it runs: without endpoints and the way out
        it fails, and the first deployment with it.
        """
        ways = [
            self.endpoints.s3_id,
            *self.endpoints.interface_ids.values(),
            *self.network.ways_out,
        ]
        return [known_once(subnet, *ways) for subnet in self.network.private_subnet_ids.values()]

    @property
    def isolated_task_subnet_ids(self) -> list[Output[str]]:
        """Isolated subnets, one in each zone, known once a task in them can start.

        There is no way to the world in them; the image comes over the endpoints.
        """
        ways = [self.endpoints.s3_id, *self.endpoints.interface_ids.values()]
        return [known_once(subnet, *ways) for subnet in self.isolated_subnet_ids]
