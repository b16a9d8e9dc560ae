"""Alarms of what is seen from outside: the entrance, and the third parties that are relied on.

Route 53 reports to CloudWatch in us-east-1 only (Amazon Route 53 Developer Guide, "Monitoring
health checks using CloudWatch"), so these alarms, and their topic, are in that region. A composite
alarm takes alarms of its own region alone: none of these is part of "the service is down".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import Alarm, AlarmArgs, AlarmSet, Metric, check_keys, failing_silence
from components.zone import ROUTE53_REGION

ENTRANCE = "entrance"

SOON, LATE = 3, 15
"""Minutes without an answer after which it rings: for what users need, and for the rest."""


@dataclass(frozen=True, kw_only=True)
class OutsideAlarmsArgs(AlarmArgs):
    """The health checks, by id; ``topic_arn`` is of a topic in us-east-1."""

    entrance: Input[str]
    required: Mapping[str, Input[str]]
    """Third parties without which users cannot use the service, by name."""
    optional: Mapping[str, Input[str]]
    """Third parties without which it does less."""

    def __post_init__(self) -> None:
        """Refuse a name that could not begin an alarm's, or is another's."""
        super().__post_init__()
        names = [ENTRANCE, *self.required, *self.optional]
        check_keys("required and optional", names)
        if len(set(names)) != len(names):
            raise ValueError(f"required and optional must each be named once, got {names}")


class OutsideAlarms(AlarmSet):
    """One alarm for the entrance and for each third party, which are shape.

    The entrance's keeps quiet while an environment sleeps: what it asks the load balancer answers.
    """

    def __init__(
        self, name: str, args: OutsideAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        alarms = [
            _unreachable(
                ENTRANCE,
                args.entrance,
                SOON,
                says="Seen from outside AWS, the load balancer does not answer at its own name.",
                first="look up the name from outside: delegation, zone, certificate, firewall.",
            ),
            *(
                _unreachable(
                    key,
                    check,
                    SOON,
                    says=f"Seen from outside AWS, {key} does not answer, and users need it.",
                    first="read its status page and tell users; no release of ours mends it.",
                )
                for key, check in args.required.items()
            ),
            *(
                _unreachable(
                    key,
                    check,
                    LATE,
                    says=f"Seen from outside AWS, {key} does not answer; the service does less.",
                    first="read its status page; it can wait until somebody is at work.",
                )
                for key, check in args.optional.items()
            ),
        ]
        super().__init__(
            "understudy:monitoring:OutsideAlarms", name, args, alarms, opts, region=ROUTE53_REGION
        )
        self.register_outputs({"names": self.names})


def outside_status(check: Input[str]) -> Metric:
    """Return 1 while Route 53 counts what is checked as healthy, and 0 while it does not."""
    return Metric(
        namespace="AWS/Route53",
        name="HealthCheckStatus",
        dimensions={"HealthCheckId": check},
        statistic="Minimum",
    )


def _unreachable(key: str, check: Input[str], minutes: int, *, says: str, first: str) -> Alarm:
    return Alarm(
        key=f"{key}-unreachable",
        says=says,
        first=first,
        metrics={"status": outside_status(check)},
        period=60,
        comparison="LessThanThreshold",
        threshold=1,
        periods=minutes,
        silence=failing_silence("a health check that exists reports every minute"),
    )
