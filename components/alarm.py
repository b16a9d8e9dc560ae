"""What every alarm has alike: a name, who is told, what to do first, and what silence means.

A set of alarms is a component of its own (``alarms_*.py``); this file only says how one is made.
It leaves out which metrics are worth an alarm, and who reads the topic.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch

from components.tags import child_tags

DESCRIPTION_HOLDS = 1024
"""Characters of an alarm's description (Amazon CloudWatch API Reference, PutMetricAlarm)."""

QUERIES_HOLD = 20
"""Metric queries of one alarm; the provider accepts no more."""

Comparison = Literal[
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
]


@dataclass(frozen=True, kw_only=True)
class AlarmArgs:
    """What every set of alarms must be told."""

    prefix: str
    """Start of each physical name: ``<prefix>-<key>``. Two sets that share it share no key."""
    topic_arn: Input[str]
    """SNS topic in the region of the alarms, which CloudWatch requires."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a prefix that would not be readable as part of a name and of a rule."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,98}", self.prefix):
            raise ValueError(
                f"prefix must be 1 to 99 letters, digits or hyphens, got {self.prefix!r}"
            )


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric of one object."""

    namespace: str
    name: str
    dimensions: Mapping[str, Input[str]]
    statistic: str
    """``Sum``, ``Average``, ``Minimum``, ``Maximum``, ``SampleCount``, or a percentile: ``p95``."""


@dataclass(frozen=True, kw_only=True)
class Silence:
    """What it means that a metric has no data, and why."""

    treatment: Literal["notBreaching", "breaching", "missing", "ignore"]
    reason: str
    """Completes the sentence "No data counts as ..., because ..."."""

    @property
    def meaning(self) -> str:
        """The treatment in words for the person who reads the alarm."""
        return {
            "notBreaching": "healthy",
            "breaching": "failure",
            "missing": "unknown",
            "ignore": "what was reported last",
        }[self.treatment]


def healthy_silence(reason: str) -> Silence:
    """Return the silence of what reports only when something happens."""
    return Silence(treatment="notBreaching", reason=reason)


def failing_silence(reason: str) -> Silence:
    """Return the silence of what must report for as long as it works."""
    return Silence(treatment="breaching", reason=reason)


def unknown_silence(reason: str) -> Silence:
    """Return the silence that people are told of, without calling it a failure."""
    return Silence(treatment="missing", reason=reason)


def lasting_silence(reason: str) -> Silence:
    """Return the silence of what reports seldom: what it last said holds until it says another."""
    return Silence(treatment="ignore", reason=reason)


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm, before it is a resource."""

    key: str
    """End of its physical and its logical name."""
    says: str
    """What is the matter when it rings: one sentence."""
    first: str
    """What to do first: one sentence."""
    metrics: Mapping[str, Metric]
    """By the id that ``expression`` uses."""
    expression: str = ""
    """Metric math over ``metrics``; empty: there is one metric, and it is what is compared."""
    period: int
    """Seconds of one data point."""
    comparison: Comparison
    threshold: float
    periods: int
    """How many of the last data points are looked at."""
    breaching: int | None = None
    """How many of them must breach; None: all."""
    silence: Silence

    def __post_init__(self) -> None:
        """Refuse what CloudWatch would refuse only once it is being created."""
        if not self.expression and len(self.metrics) != 1:
            raise ValueError(
                f"{self.key}: metrics must be one when there is no expression, "
                f"got {len(self.metrics)}"
            )
        if self.expression and len(self.metrics) >= QUERIES_HOLD:
            raise ValueError(
                f"{self.key}: metrics must be fewer than {QUERIES_HOLD} beside an expression, "
                f"got {len(self.metrics)}"
            )
        wrong = [key for key in self.metrics if not re.fullmatch(r"[a-z][A-Za-z0-9_]*", key)]
        if wrong:
            raise ValueError(
                f"{self.key}: metric ids must be a small letter, then letters, digits or _, "
                f"got {wrong}"
            )
        if len(self.description) > DESCRIPTION_HOLDS:
            raise ValueError(
                f"{self.key}: description must be at most {DESCRIPTION_HOLDS} characters, "
                f"got {len(self.description)}"
            )

    @property
    def description(self) -> str:
        """What the message says: what is the matter, what to do, what silence would mean."""
        silence = f"No data counts as {self.silence.meaning}, because {self.silence.reason}."
        return f"{self.says} First: {self.first} {silence}"


class AlarmSet(pulumi.ComponentResource):
    """Alarms of one kind of thing: each tells the topic when it rings and when it is over.

    Where silence is neither health nor failure the topic is told of that too. Which alarms there
    are depends on no size; what counts things that are scale says so in its own docstring.
    """

    names: dict[str, Output[str]]
    """Physical name by key."""
    arns: dict[str, Output[str]]

    def __init__(
        self,
        token: str,
        name: str,
        args: AlarmArgs,
        alarms: Iterable[Alarm],
        opts: ResourceOptions | None,
        *,
        region: str | None = None,
    ) -> None:
        super().__init__(token, name, None, opts)
        self.names = {}
        self.arns = {}
        for alarm in alarms:
            made = self._make(name, args, alarm, region)
            self.names[alarm.key] = made.name
            self.arns[alarm.key] = made.arn

    def _make(
        self, name: str, args: AlarmArgs, alarm: Alarm, region: str | None
    ) -> cloudwatch.MetricAlarm:
        """Register one alarm as a child of this set."""
        plain = None if alarm.expression else next(iter(alarm.metrics.values()))
        percentile = plain is not None and plain.statistic.startswith("p")
        told = [args.topic_arn]
        logical = f"{name}-{alarm.key}"
        return cloudwatch.MetricAlarm(
            logical,
            name=f"{args.prefix}-{alarm.key}",
            alarm_description=alarm.description,
            namespace=plain.namespace if plain else None,
            metric_name=plain.name if plain else None,
            dimensions=plain.dimensions if plain else None,
            statistic=plain.statistic if plain and not percentile else None,
            extended_statistic=plain.statistic if plain and percentile else None,
            period=alarm.period if plain else None,
            metric_queries=None if plain else _queries(alarm),
            comparison_operator=alarm.comparison,
            threshold=alarm.threshold,
            evaluation_periods=alarm.periods,
            datapoints_to_alarm=alarm.breaching or alarm.periods,
            treat_missing_data=alarm.silence.treatment,
            actions_enabled=True,
            alarm_actions=told,
            ok_actions=told,
            insufficient_data_actions=told if alarm.silence.treatment == "missing" else None,
            region=region,
            tags=child_tags(args.tags, name, logical),
            opts=ResourceOptions(parent=self),
        )


def _queries(alarm: Alarm) -> list[cloudwatch.MetricAlarmMetricQueryArgs]:
    """Return the expression, whose result is compared, and the metrics that it is made from."""
    result = cloudwatch.MetricAlarmMetricQueryArgs(
        id="result", expression=alarm.expression, label=alarm.key, return_data=True
    )
    parts = [
        cloudwatch.MetricAlarmMetricQueryArgs(
            id=key,
            return_data=False,
            metric=cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=metric.dimensions,
                stat=metric.statistic,
                period=alarm.period,
            ),
        )
        for key, metric in alarm.metrics.items()
    ]
    return [result, *parts]


def check_share(field: str, percent: float) -> None:
    """Raise ValueError unless ``percent`` is more than 0 and at most 100."""
    if not 0 < percent <= 100:  # noqa: PLR2004  (a share of a whole)
        raise ValueError(f"{field} must be more than 0 and at most 100, got {percent}")


def check_positive(field: str, value: float) -> None:
    """Raise ValueError unless ``value`` is more than 0."""
    if value <= 0:
        raise ValueError(f"{field} must be more than 0, got {value}")


def check_keys(field: str, keys: Iterable[str]) -> None:
    """Raise ValueError unless each key can be part of an alarm's name."""
    if wrong := [key for key in keys if not re.fullmatch("[a-z0-9-]+", key)]:
        raise ValueError(f"{field} must be named by small letters, digits or -, got {wrong}")
