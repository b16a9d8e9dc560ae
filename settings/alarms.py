"""When alarms go off: shares of what there is, so that one limit suits both sizes."""

from typing import Annotated

from settings.kinds import Percent, between
from settings.section import Section

Seconds = Annotated[int, between(1, 60, "seconds")]
Count = Annotated[int, between(1, 100_000)]


class DeploymentAlarms(Section):
    """What undoes a release."""

    error_percent: Percent
    """Of requests that the application answers with 5xx."""
    latency_seconds: Seconds
    """The 95th percentile of the time to answer."""


class WebAlarms(Section):
    """What users feel."""

    slowest_seconds: Seconds
    """The 99th percentile of the time to answer."""


class ServiceAlarms(Section):
    """The tasks of any service."""

    cpu_percent: Percent
    memory_percent: Percent


class DatabaseAlarms(Section):
    """The database; each a share of what its class and storage give."""

    cpu_percent: Percent
    connections_percent: Percent
    free_storage_percent: Percent
    free_memory_percent: Percent
    replica_lag_seconds: Annotated[int, between(1, 86_400, "seconds")]


class CertificateAlarms(Section):
    """The certificate."""

    days_left: Annotated[int, between(7, 45, "days")]
    """AWS renews 60 days before the end, so that fewer are left only when renewal fails."""


class BackupAlarms(Section):
    """The backups."""

    longest_gap_hours: Annotated[int, between(25, 168, "hours")]
    """Since the last recovery point; a day, and the time that a backup may take."""


class FirewallAlarms(Section):
    """What the firewall blocks."""

    blocked_percent: Percent


class LogAlarms(Section):
    """Errors in five minutes that are still nothing to ring for, by whose log it is."""

    web: Count
    worker: Count
    jobs: Count
    database: Count


class SpendingAlarms(Section):
    """What is spent: shares of ``scale.budget``, and costs that are unusual."""

    actual_percent: Percent
    """Of the month's budget, spent."""
    forecast_percent: Annotated[int, between(1, 200, "percent")]
    """Of the month's budget, expected by its end."""
    anomaly_usd: Annotated[int, between(1, 1_000_000, "US dollars")]
    """What an unusual cost has added up to."""


class Alarms(Section):
    """When alarms go off."""

    deployment: DeploymentAlarms
    web: WebAlarms
    services: ServiceAlarms
    database: DatabaseAlarms
    certificate: CertificateAlarms
    backup: BackupAlarms
    firewall: FirewallAlarms
    logged_errors: LogAlarms
    spending: SpendingAlarms
