"""Alarms of what Route 53 knows of the zone: its DNSSEC.

Route 53 reports to CloudWatch in us-east-1 only (Amazon Route 53 Developer Guide, "Monitoring
hosted zones using Amazon CloudWatch"), so these alarms, and their topic, are in that region.
"""

from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import Alarm, AlarmArgs, AlarmSet, Metric, lasting_silence
from components.zone import ROUTE53_REGION


@dataclass(frozen=True, kw_only=True)
class DnsAlarmsArgs(AlarmArgs):
    """The zone; ``topic_arn`` is of a topic in us-east-1."""

    zone_id: Input[str]


class DnsAlarms(AlarmSet):
    """Two alarms on DNSSEC, the same in every environment."""

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
        ]
        super().__init__(
            "understudy:monitoring:DnsAlarms", name, args, alarms, opts, region=ROUTE53_REGION
        )
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
