"""Alarm of the web firewall: it blocks an unusual share of what may come in.

Source: AWS WAF Developer Guide, "AWS WAF metrics and dimensions".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import (
    QUERIES_HOLD,
    Alarm,
    AlarmArgs,
    AlarmSet,
    Metric,
    check_positive,
    check_share,
    healthy_silence,
)


@dataclass(frozen=True, kw_only=True)
class FirewallAlarmsArgs(AlarmArgs):
    """The web ACL, its rules, and what is still good."""

    region: str
    web_acl_metric: Input[str]
    """``metric_name`` of the web ACL's own visibility configuration."""
    rule_metrics: Sequence[Input[str]]
    """``metric_name`` of each rule that looks at the request; not of the one on networks."""
    blocked_percent: float = 20
    least_blocked: int = 100
    """Fewer blocked requests than this in five minutes never ring."""

    def __post_init__(self) -> None:
        """Refuse an alarm that nothing could set off, or more rules than one alarm may read."""
        super().__post_init__()
        check_share("blocked_percent", self.blocked_percent)
        check_positive("least_blocked", self.least_blocked)
        if not 1 <= len(self.rule_metrics) < QUERIES_HOLD - 1:
            raise ValueError(
                f"rule_metrics must be 1 to {QUERIES_HOLD - 2}, got {len(self.rule_metrics)}"
            )


class FirewallAlarms(AlarmSet):
    """One alarm, the same for an open environment and a closed one.

    It counts only what the rules on the request itself block. An environment closed to the public
    turns away every scanner by its rule on networks; counted in, that would ring for ever.
    """

    def __init__(
        self, name: str, args: FirewallAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:monitoring:FirewallAlarms", name, args, [_blocked(args)], opts)
        self.register_outputs({"names": self.names})


def _blocked(args: FirewallAlarmsArgs) -> Alarm:
    rules = {
        f"blocked{number}": _metric(args, "BlockedRequests", rule)
        for number, rule in enumerate(args.rule_metrics)
    }
    blocked = "(" + " + ".join(f"FILL({key}, 0)" for key in rules) + ")"
    return Alarm(
        key="blocked",
        says="The web firewall blocks a large share of the requests that may come in.",
        first="find the rule and the addresses in its log: an attack, or a release it dislikes.",
        metrics={"allowed": _metric(args, "AllowedRequests", "ALL"), **rules},
        expression=(
            f"IF({blocked} >= {args.least_blocked}, "
            f"100 * {blocked} / ({blocked} + FILL(allowed, 0)), 0)"
        ),
        period=300,
        comparison="GreaterThanThreshold",
        threshold=args.blocked_percent,
        periods=3,
        silence=healthy_silence("the firewall reports only what it has seen"),
    )


def _metric(args: FirewallAlarmsArgs, metric: str, rule: Input[str]) -> Metric:
    dimensions: Mapping[str, Input[str]] = {
        "WebACL": args.web_acl_metric,
        "Region": args.region,
        "Rule": rule,
    }
    return Metric(namespace="AWS/WAFV2", name=metric, dimensions=dimensions, statistic="Sum")
