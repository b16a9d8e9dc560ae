"""Identity: who one environment is; nothing in it may be the same thing twice."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict

from settings.catalogue import choices, region_problem
from settings.kinds import (
    NO_REPEATS,
    NOT_EMPTY,
    AccountId,
    Checked,
    Cidr,
    Domain,
    Email,
    EnvironmentName,
    Image,
    OpenText,
    RoleName,
    UpperSnake,
    ZoneId,
    at_most,
    text,
)
from settings.networks import (
    EVERYONE,
    INNER_PATTERN,
    VPC_PATTERN,
    public_problem,
    vpc_problem,
)
from settings.refresh import Operations, RefreshSides
from settings.section import Section
from settings.times import MOMENT_PATTERN, moment_problem

Region = Annotated[str, Checked(region_problem, choices("regions.json", "regions"))]


class Dns(Section):
    """The environment's domain, and the parent zone that delegates it."""

    domain: Annotated[Domain, at_most(64, "the common name of a certificate")]
    """A certificate is made out to it (ACM API, RequestCertificate, DomainName)."""
    parent_domain: Domain
    parent_zone_id: ZoneId
    parent_account: AccountId
    delegation_role: RoleName
    """Assumed in the parent's account; may change the delegation's records alone."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield a domain outside the only zone that could delegate it."""
        if not self.domain.endswith(f".{self.parent_domain}"):
            yield "domain", f"must lie inside {self.parent_domain}, got {self.domain!r}"


class Access(Section):
    """Who may reach the environment."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"networks": {"contains": {"const": EVERYONE}}}},
            "then": {"properties": {"networks": {"maxItems": 1}}},
            "else": {"properties": {"indexed": {"const": False}}},
        }
    )

    networks: Annotated[
        tuple[Annotated[Cidr, Checked(public_problem, {"not": {"pattern": INNER_PATTERN}})], ...],
        NOT_EMPTY,
        NO_REPEATS,
    ]
    """Public addresses that the firewall lets in; 0.0.0.0/0 is everyone."""
    indexed: bool
    """Whether search engines may list it."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield an environment that is closed to the public and yet invites it."""
        everyone = EVERYONE in self.networks
        if everyone and len(self.networks) > 1:
            yield "networks", f"must be {EVERYONE} alone or not hold it"
        if self.indexed and not everyone:
            yield "indexed", f"must be false where access.networks is not {EVERYONE}"


class Release(Section):
    """What runs."""

    image: Image
    version: Annotated[str, text(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,63}", "a version like 1.4.2")]


class Notifications(Section):
    """Who is told of alarms."""

    emails: Annotated[tuple[Email, ...], NOT_EMPTY, NO_REPEATS]


class Secrets(Section):
    """The generated secrets, and the password of the database's master user."""

    rotation: Annotated[str, text(r"[a-z0-9][a-z0-9.-]{0,31}", "a short text like 2026-q1")]
    """Another text gives every generated secret of this environment a new value."""


SNAPSHOT_NAME = r"(rds:|awsbackup:)?[A-Za-z](-?[A-Za-z0-9]){0,254}"
"""RDS API, CreateDBSnapshot; with a prefix those that RDS and AWS Backup make by themselves."""
SNAPSHOT_ARN = rf"arn:aws:rds:[a-z0-9-]+:[0-9]{{12}}:snapshot:{SNAPSHOT_NAME}"


class Restore(Section):
    """Where the database's data come from; all empty for a database of its own beginning.

    Kept as long as the restored database lives: taken away, a new and empty one is asked for.
    """

    suffix: Annotated[str, text(r"[a-z0-9]{0,11}", "up to 11 of a-z and 0-9")]
    """Ends the new database's identifier: it stands beside the one that it replaces."""
    snapshot: Annotated[
        str, text(f"({SNAPSHOT_ARN}|{SNAPSHOT_NAME})?", '"" or the name or ARN of a snapshot')
    ]
    """Name or ARN of a snapshot in this account and region."""
    database: Annotated[
        str, text(r"([a-z](-?[a-z0-9]){0,62})?", '"" or the identifier of a database')
    ]
    """Identifier of another living database."""
    deleted_database: Annotated[str, text(r"(db-[A-Z0-9]{8,})?", '"" or a resource id, db-…')]
    """Resource id, db-..., of a deleted one whose automated backups were kept."""
    time: Annotated[str, Checked(moment_problem, {"pattern": f"^({MOMENT_PATTERN})?$"})]
    """The moment of that database; empty for the latest."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield several sources, or a part of what a restore needs."""
        sources = [each for each in (self.snapshot, self.database, self.deleted_database) if each]
        if len(sources) > 1:
            yield "", f"must name one source, got {' and '.join(sources)}"
        if bool(sources) != bool(self.suffix):
            yield "suffix", "must be given with a source, and only then"
        if self.time and (self.snapshot or not sources):
            yield "time", "must be empty unless another database is the source"


class AdoptedName(Section):
    """A resource that was there before, under a name that AWS can't change."""

    logical_name: Annotated[
        str, text(r"[a-z][a-z0-9-]{0,127}", "a logical name like database-subnets")
    ]
    """Of a load balancer, target group, subnet group, secret or role of the program's."""
    physical_name: Annotated[str, text(r"[A-Za-z0-9/_+=.@-]{1,255}", "a name as AWS has it")]


class Identity(Section):
    """Who one environment is."""

    name: EnvironmentName
    """The same as the stack's."""
    account: AccountId
    """The only account that the provider accepts."""
    deployer_role: RoleName
    """Assumed in the account for every change."""
    region: Region
    copy_region: Region
    """Where copies of backups go."""
    archive_account: AccountId
    """Where further copies of backups go, out of this account's reach."""
    archive_role: RoleName
    """Assumed in the archive account."""
    cidr: Annotated[Cidr, Checked(vpc_problem, {"pattern": VPC_PATTERN})]
    """The VPC's range, /16 to /20."""
    dns: Dns
    access: Access
    release: Release
    operations: Operations
    notifications: Notifications
    secrets: Secrets
    restore: Restore
    data_refresh: RefreshSides
    variables: dict[UpperSnake, OpenText]
    """Values of the variables that the shape marks perEnvironment."""
    adopted: tuple[AdoptedName, ...]
    """What was imported and keeps its name; the program names everything else by itself."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield copies that go nowhere else."""
        if self.copy_region == self.region:
            yield "copyRegion", f"must differ from region, got {self.copy_region!r}"
        if self.archive_account == self.account:
            yield "archiveAccount", f"must differ from account, got {self.archive_account!r}"
        names = [each.logical_name for each in self.adopted]
        if twice := sorted({each for each in names if names.count(each) > 1}):
            yield "adopted", f"must not repeat {', '.join(twice)}"
