"""Alarms of what Route 53 knows: DNSSEC of the zone, and health checks from outside.

Route 53 reports to CloudWatch in us-east-1 only (Amazon Route 53 Developer Guide, "Monitoring
hosted zones using Amazon CloudWatch"), so these alarms, and their topic, are in that region.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi import Input, ResourceOptions

from components.alarm import (
    Alarm,
    AlarmArgs,
    AlarmSet,
    Metric,
    check_keys,
    failing_silence,
    lasting_silence,
)

REGION = "us-east-1"


@dataclass(frozen=True, kw_only=True)
class DnsAlarmsArgs(AlarmArgs):
    """The zone and the health checks; ``topic_arn`` is of a topic in us-east-1."""

    zone_id: Input[str]
    health_check_ids: Mapping[str, Input[str]] = field(default_factory=dict)
    """Id of each Route 53 health check, by what it checks (``web``, ``payments``)."""

    def __post_init__(self) -> None:
        """Refuse a health check whose name could not end an alarm's name."""
        super().__post_init__()
        check_keys("health_check_ids", self.health_check_ids)


class DnsAlarms(AlarmSet):
    """Two alarms on DNSSEC, and one for each health check, which are shape."""

    def __init__(self, name: str, args: DnsAlarmsArgs, opts: ResourceOptions | None = None) -> None:
        alarms = [
            _dnssec(
                args,
                "dnssec-failure",
                "DNSSECInternalFailure",
                "Route 53 cannot sign the zone: resolvers that validate get no answer soon.",
            ),
            _dnssec(
                args,
                "dnssec-key",
                "DNSSECKeySigningKeysNeedingAction",
                "Route 53 cannot use the zone's signing key: the zone fails when signatures end.",
            ),
            *(_health(key, check) for key, check in args.health_check_ids.items()),
        ]
        super().__init__("understudy:monitoring:DnsAlarms", name, args, alarms, opts, region=REGION)
        self.register_outputs({"names": self.names})


def _dnssec(args: DnsAlarmsArgs, key: str, metric: str, says: str) -> Alarm:
    return Alarm(
        key=key,
        says=says,
        first="check that the signing key in us-east-1 is enabled and its policy unchanged.",
        metrics={
            "failures": Metric(
                namespace="AWS/Route53",
                name=metric,
                dimensions={"HostedZoneId": args.zone_id},
                statistic="Maximum",
            )
        },
        period=3_600,
        comparison="GreaterThanThreshold",
        threshold=0,
        periods=1,
        silence=lasting_silence("Route 53 reports only every few hours"),
    )


def _health(key: str, check: Input[str]) -> Alarm:
    return Alarm(
        key=f"{key}-unreachable",
        says=f"Seen from outside AWS, {key} does not answer as it should.",
        first="open the address from outside; then compare with the load balancer's alarms.",
        metrics={
            "status": Metric(
                namespace="AWS/Route53",
                name="HealthCheckStatus",
                dimensions={"HealthCheckId": check},
                statistic="Minimum",
            )
        },
        period=60,
        comparison="LessThanThreshold",
        threshold=1,
        periods=3,
        silence=failing_silence("a health check that exists reports every minute"),
    )
