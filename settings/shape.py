"""The shape: what every environment has alike, written once in ``Pulumi.yaml``."""

from collections.abc import Iterator
from typing import Annotated, Literal

from settings.alarms import Alarms
from settings.baseline import Baseline
from settings.catalogue import (
    choices,
    database_majors,
    database_parameters,
    engine_version_problem,
    rule_group_problem,
)
from settings.cron import every_day_problem, every_month_problem, every_week_problem
from settings.kinds import (
    NO_REPEATS,
    NOT_EMPTY,
    SHORT_NAME,
    Checked,
    Cron,
    DayWindow,
    Domain,
    Label,
    PostgresName,
    TagValue,
    Timezone,
    WeekWindow,
    at_least,
    between,
    hint,
    none_of,
    one_of,
    text,
)
from settings.postgres import parameter_problems
from settings.refresh import DataRefresh, RestoreTest
from settings.section import Section
from settings.services import Dependency, Job, Migration, Web, Worker
from settings.times import windows_overlap
from settings.variables import Variable

RETENTION_DAYS = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""CloudWatch Logs keeps events only for certain numbers of days (API, PutRetentionPolicy);
a shorter one than a year fails the house rule on log retention."""

COMMON_USERS = ("admin", "administrator", "master", "postgres", "rdsadmin", "root")
"""What everybody tries first."""


class Network(Section):
    """Where the environment stands within its region."""

    zones: Annotated[tuple[Literal["a", "b", "c", "d"], ...], NO_REPEATS, hint(minItems=2)]
    """Letters of the availability zones; the address plan has room for four."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield too few zones for a load balancer or a database subnet group."""
        if len(self.zones) < 2:  # noqa: PLR2004  (AWS's own minimum)
            yield "zones", f"must name at least 2 zones, got {len(self.zones)}"
        if list(self.zones) != sorted(self.zones):
            yield "zones", f"must be in order, got {', '.join(self.zones)}"


_PARAMETERS = sorted(set().union(*map(database_parameters, database_majors())))


class Database(Section):
    """The PostgreSQL database, whatever its size."""

    engine_version: Annotated[
        str, Checked(engine_version_problem, choices("postgresql_versions.json", "offered"))
    ]
    """Version of PostgreSQL with its minor, as RDS spells it."""
    name: PostgresName
    """Name of the database on the instance."""
    user: PostgresName
    """The role that the application logs in as, by IAM."""
    master_user: Annotated[
        PostgresName,
        at_least(3, "what RDS asks for"),
        none_of(COMMON_USERS, "what everybody tries first"),
    ]
    """The owner of the database; migrations log in as it. Its password is kept by RDS."""
    port: Annotated[int, between(1150, 65535)]
    """RDS takes none below 1150 (RDS API, CreateDBInstance)."""
    parameters: Annotated[dict[str, str], hint(propertyNames={"enum": _PARAMETERS})]
    """PostgreSQL parameters; TLS is always forced, and is no choice."""
    backup_window: DayWindow
    maintenance_window: WeekWindow
    ca_certificate: Literal["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"]

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield windows that meet, which RDS refuses, and a parameter that is not for choosing."""
        if windows_overlap(self.backup_window, self.maintenance_window):
            yield "backupWindow", f"must not overlap maintenanceWindow, got {self.backup_window!r}"
        if self.master_user == self.user:
            yield "masterUser", f"must not be the application's, got {self.master_user!r}"
        for name, message in parameter_problems(self.parameters, self.engine_version):
            yield f"parameters.{name}", message


class Tls(Section):
    """How the load balancer speaks TLS."""

    policy: Literal[
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
    ]
    subdomains: Annotated[
        tuple[Annotated[Label, none_of(["apex"], "the domain itself goes by it")], ...], NO_REPEATS
    ]
    """Names below the domain that the certificate and the load balancer also serve."""


class Dns(Section):
    """The environment's own zone."""

    caa_issuers: Annotated[
        tuple[Domain, ...], NOT_EMPTY, NO_REPEATS, hint(contains={"const": "amazon.com"})
    ]
    """Certificate authorities that may issue for the domain."""
    ttl_seconds: Annotated[int, between(60, 86400, "seconds")]

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield issuers without AWS, which issues the certificate."""
        if "amazon.com" not in self.caa_issuers:
            yield "caaIssuers", "must hold amazon.com: the certificate is issued by AWS"


_AGAINST_LOG4J = "AWSManagedRulesKnownBadInputsRuleSet"


class WebFirewall(Section):
    """What stands before the load balancer."""

    managed_rule_groups: Annotated[
        tuple[
            Annotated[str, Checked(rule_group_problem, choices("waf_rule_groups.json", "groups"))],
            ...,
        ],
        NOT_EMPTY,
        NO_REPEATS,
        hint(contains={"const": _AGAINST_LOG4J}),
    ]
    requests_per_5_minutes: Annotated[int, between(10, 2_000_000_000)]
    """From one address; more are blocked."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield a list without the group that stops Log4j and its like."""
        if _AGAINST_LOG4J not in self.managed_rule_groups:
            yield "managedRuleGroups", f"must hold {_AGAINST_LOG4J}"


class Logs(Section):
    """How long logs are kept."""

    retention_days: Annotated[int, one_of(*RETENTION_DAYS)]


class Deployment(Section):
    """How many tasks run while a release replaces another, as a share of the wanted number."""

    minimum_healthy_percent: Annotated[int, between(100, 100, "percent")]
    """Fewer would mean less than the wanted number of tasks during a release."""
    maximum_percent: Annotated[int, between(150, 200, "percent")]


class OffHours(Section):
    """When services go down to their off-hours size and come back."""

    stop: Cron
    start: Cron
    timezone: Timezone

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield one moment for both, which would leave the result to chance."""
        if self.stop == self.start:
            yield "start", f"must differ from stop, got {self.start!r}"


class DailyBackup(Section):
    """The tier of the days."""

    schedule: Annotated[Cron, Checked(every_day_problem)]
    """In UTC."""


class WeeklyBackup(Section):
    """The tier of the weeks."""

    schedule: Annotated[Cron, Checked(every_week_problem)]
    """In UTC."""


class MonthlyBackup(Section):
    """The tier of the months."""

    schedule: Annotated[Cron, Checked(every_month_problem)]
    """In UTC."""


class Backup(Section):
    """The tiers of backups; how long each is kept is scale."""

    daily: DailyBackup
    weekly: WeeklyBackup
    monthly: MonthlyBackup
    restore_test: RestoreTest


class Registry(Section):
    """The image registry."""

    keep_images: Annotated[int, between(5, 1000)]


class Shape(Section):
    """Everything that both environments have alike."""

    application: Annotated[str, text(SHORT_NAME, "2 to 16 of a-z, 0-9 and single -")]
    """Prefix of every physical name."""
    owner: TagValue
    """The team that answers for the environment; a tag."""
    repository: TagValue
    """Where this description is kept; a tag."""
    network: Network
    database: Database
    tls: Tls
    dns: Dns
    web_firewall: WebFirewall
    web: Web
    worker: Worker
    jobs: tuple[Job, ...]
    migration: Migration
    variables: tuple[Variable, ...]
    dependencies: tuple[Dependency, ...]
    logs: Logs
    alarms: Alarms
    deployment: Deployment
    off_hours: OffHours
    baseline: Baseline
    backup: Backup
    data_refresh: DataRefresh
    registry: Registry

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield names used twice, and a dependency whose address no variable holds."""
        yield from _repeated("jobs", [job.name for job in self.jobs])
        yield from _repeated("dependencies", [each.name for each in self.dependencies])
        yield from _repeated("variables", [each.name for each in self.variables])
        urls = {each.name for each in self.variables if each.per_environment}
        for index, dependency in enumerate(self.dependencies):
            if dependency.url_variable not in urls:
                yield (
                    f"dependencies[{index}].urlVariable",
                    f"must name a variable that is perEnvironment, got {dependency.url_variable!r}",
                )


def _repeated(key: str, names: list[str]) -> Iterator[tuple[str, str]]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f"{key}[{index}].name", f"must be unique, got {name!r} again"
