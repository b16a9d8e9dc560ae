"""Errors that the application and the database write to their logs, counted as metrics.

A metric filter sees one line. What is not written as one line with a level, such as a traceback
over many lines, is counted only if its first line has one. The alarms are in ``alarms_log``: they
need no log group, so they can exist before the service whose log is counted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, ResourceOptions

from components.alarm import Metric
from components.audit_events import PATTERN_HOLDS
from components.counted_log import check_namespace, count_lines, counted_lines

_LEVELS = ("error", "ERROR", "critical", "CRITICAL", "fatal", "FATAL")

JSON_ERRORS = "{ " + " || ".join(f'($.level = "{level}")' for level in _LEVELS) + " }"
"""Lines of JSON whose ``level`` says that something failed."""

POSTGRESQL_ERRORS = '?"FATAL:" ?"PANIC:"'
"""PostgreSQL's own: a connection or the whole server had to stop. An ERROR is the client's."""


@dataclass(frozen=True, kw_only=True)
class LogSource:
    """One log group, and which of its lines are errors."""

    log_group_name: Input[str]
    pattern: str = JSON_ERRORS
    """CloudWatch Logs filter pattern, at most 1024 characters."""

    def __post_init__(self) -> None:
        """Refuse a pattern that CloudWatch Logs would refuse or that counts every line."""
        if not 1 <= len(self.pattern) <= PATTERN_HOLDS:
            raise ValueError(
                f"pattern must be 1 to {PATTERN_HOLDS} characters, got {len(self.pattern)}"
            )


@dataclass(frozen=True, kw_only=True)
class LogErrorsArgs:
    """Which logs, and where their errors are counted. A filter takes no tags."""

    sources: Mapping[str, LogSource]
    """By who writes it: ``web``, ``worker``, ``database``."""
    metric_namespace: str
    """``storefront/staging/logs``; the same as that of the alarms."""

    def __post_init__(self) -> None:
        """Refuse what could not be part of a metric's name."""
        check_namespace(self.metric_namespace)
        check_sources(self.sources)


class LogErrors(pulumi.ComponentResource):
    """A metric filter for each log group; the sources are shape, not scale."""

    metrics: dict[str, Metric]
    """What counts the errors, by source: for the dashboard."""

    def __init__(self, name: str, args: LogErrorsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:monitoring:LogErrors", name, None, opts)
        self.metrics = {key: error_metric(args.metric_namespace, key) for key in args.sources}
        for key, source in args.sources.items():
            count_lines(
                f"{name}-{key}-filter",
                parent=self,
                log_group_name=source.log_group_name,
                pattern=source.pattern,
                metric_namespace=args.metric_namespace,
                metric_name=self.metrics[key].name,
            )
        self.register_outputs(
            {"metric_names": {key: metric.name for key, metric in self.metrics.items()}}
        )


def error_metric(metric_namespace: str, source: str) -> Metric:
    """Return the metric that counts the errors of ``source``."""
    return counted_lines(metric_namespace, f"{source}-errors")


def check_sources(sources: Mapping[str, object]) -> None:
    """Raise ValueError unless there is a source and each name can end a metric's name."""
    wrong = [key for key in sources if not re.fullmatch("[a-z0-9-]+", key)]
    if wrong or not sources:
        raise ValueError(
            "sources must be named by small letters, digits or -, at least one, "
            f"got {wrong or 'none'}"
        )
