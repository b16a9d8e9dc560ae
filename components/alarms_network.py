"""Alarms of the NAT gateways: ports that run out, packets that are dropped.

Source: Amazon VPC User Guide, "Monitor NAT gateways with Amazon CloudWatch".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import Alarm, AlarmArgs, AlarmSet, Metric, healthy_silence

DROPPED_PERCENT = 0.01
"""Share of packets from which AWS asks to look for a fault of its own."""
LEAST_DROPPED = 100
"""Packets in five minutes; of little traffic one packet is already a large share."""


@dataclass(frozen=True, kw_only=True)
class NetworkAlarmsArgs(AlarmArgs):
    """The NAT gateways."""

    nat_gateway_ids: Mapping[str, Input[str]]
    """Id of each gateway, by the letter of its zone."""

    def __post_init__(self) -> None:
        """Refuse a gateway that is named by position."""
        super().__post_init__()
        wrong = [zone for zone in self.nat_gateway_ids if not re.fullmatch("[a-z]", zone)]
        if wrong or not self.nat_gateway_ids:
            raise ValueError(
                "nat_gateway_ids must be named by the letter of their zone, at least one, "
                f"got {wrong or 'none'}"
            )


class NetworkAlarms(AlarmSet):
    """Two alarms for each NAT gateway.

    Scale: as many as there are gateways, named by zone; the limits are the same for all.
    """

    def __init__(
        self, name: str, args: NetworkAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        alarms = [
            alarm
            for zone, gateway in sorted(args.nat_gateway_ids.items())
            for alarm in (_ports(zone, gateway), _dropped(zone, gateway))
        ]
        super().__init__("understudy:monitoring:NetworkAlarms", name, args, alarms, opts)
        self.register_outputs({"names": self.names})


def _ports(zone: str, gateway: Input[str]) -> Alarm:
    return Alarm(
        key=f"nat-{zone}-ports",
        says="The NAT gateway has no port left for a new connection: calls to others fail.",
        first="look for a task that opens a connection for each call to the same address.",
        metrics={"errors": _metric(gateway, "ErrorPortAllocation")},
        period=60,
        comparison="GreaterThanThreshold",
        threshold=0,
        periods=5,
        breaching=3,
        silence=healthy_silence("a gateway without traffic refuses nothing"),
    )


def _dropped(zone: str, gateway: Input[str]) -> Alarm:
    return Alarm(
        key=f"nat-{zone}-dropped",
        says="The NAT gateway drops packets, which is mostly a fault of AWS in that zone.",
        first="open the AWS Health Dashboard, then compare with the other zones.",
        metrics={
            "dropped": _metric(gateway, "PacketsDropCount"),
            "out": _metric(gateway, "PacketsInFromSource"),
            "back": _metric(gateway, "PacketsInFromDestination"),
        },
        expression=f"IF(dropped >= {LEAST_DROPPED}, 100 * dropped / (out + back), 0)",
        period=300,
        comparison="GreaterThanThreshold",
        threshold=DROPPED_PERCENT,
        periods=3,
        silence=healthy_silence("a gateway without traffic drops nothing"),
    )


def _metric(gateway: Input[str], metric: str) -> Metric:
    return Metric(
        namespace="AWS/NATGateway",
        name=metric,
        dimensions={"NatGatewayId": gateway},
        statistic="Sum",
    )
