"""Alarms on errors in logs, which ``log_errors`` counts.

They know a metric's name only, not the log group: a service that is to be rolled back by the
errors it logs can name its alarm before its log exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import ResourceOptions

from components.alarm import Alarm, AlarmArgs, AlarmSet, check_positive, healthy_silence
from components.counted_log import check_namespace
from components.log_errors import check_sources, error_metric


@dataclass(frozen=True, kw_only=True)
class LogAlarmsArgs(AlarmArgs):
    """Whose errors, and how many are too many."""

    sources: Mapping[str, int]
    """By who writes them: how many errors in five minutes are still nothing to ring for.

    Not derived from size: an error in a log is a fault in code at any size, and the share of
    requests that fail has its own alarm.
    """
    metric_namespace: str
    """``storefront/staging/logs``; the same as that of the filters."""

    def __post_init__(self) -> None:
        """Refuse what could not be part of a metric's or an alarm's name."""
        super().__post_init__()
        check_namespace(self.metric_namespace)
        check_sources(self.sources)
        for key, most in self.sources.items():
            check_positive(f"sources.{key}", most)


class LogAlarms(AlarmSet):
    """One alarm for each log, named ``<source>-log-errors``; the sources are shape, not scale."""

    def __init__(self, name: str, args: LogAlarmsArgs, opts: ResourceOptions | None = None) -> None:
        alarms = [_alarm(args, key, most) for key, most in args.sources.items()]
        super().__init__("understudy:monitoring:LogAlarms", name, args, alarms, opts)
        self.register_outputs({"names": self.names})


def _alarm(args: LogAlarmsArgs, source: str, most: int) -> Alarm:
    return Alarm(
        key=f"{source}-log-errors",
        says=f"The log of {source} holds many errors.",
        first="open the log group at the time of the alarm and take the first error, not the last.",
        metrics={"errors": error_metric(args.metric_namespace, source)},
        period=300,
        comparison="GreaterThanThreshold",
        threshold=most,
        periods=1,
        silence=healthy_silence("what writes nothing, as at night, writes no errors"),
    )
