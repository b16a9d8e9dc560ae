"""The database's parameter group: what the caller wants, and TLS for every connection."""

from collections.abc import Mapping

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import rds

from components.tags import child_tags

# PostgreSQL reads these at start only, so RDS takes them with the method pending-reboot alone
# (AWS docs "Working with parameters on your RDS for PostgreSQL DB instance"). A change of one
# waits for the next reboot, which a person decides.
STATIC = frozenset(
    {
        "autovacuum_freeze_max_age",
        "autovacuum_max_workers",
        "autovacuum_multixact_freeze_max_age",
        "huge_pages",
        "max_connections",
        "max_files_per_process",
        "max_locks_per_transaction",
        "max_logical_replication_workers",
        "max_pred_locks_per_transaction",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "rds.logical_replication",
        "rds.restrict_password_commands",
        "shared_buffers",
        "shared_preload_libraries",
        "superuser_reserved_connections",
        "track_activity_query_size",
        "track_commit_timestamp",
        "wal_buffers",
    }
)
# A value equal to the family's own default is answered by RDS with pending-reboot whatever was
# asked, and would differ at each refresh. From PostgreSQL 15 on that is so for this one.
FORCE_TLS = "rds.force_ssl"


def check_parameters(parameters: Mapping[str, str]) -> None:
    """Refuse a parameter that is not the caller's to decide."""
    if FORCE_TLS in parameters:
        raise ValueError(f"parameters must leave out {FORCE_TLS}: it is always 1 here")


def parameter_group(
    name: str,
    *,
    family: str,
    parameters: Mapping[str, str],
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> rds.ParameterGroup:
    """Return the group of the database ``name``.

    AWS names the group, so a new major version's group stands beside the old one until the
    instance has moved.
    """
    child = f"{name}-parameters"
    wanted = {**parameters, FORCE_TLS: "1"}
    return rds.ParameterGroup(
        child,
        family=family,
        description=f"Settings of the database {name}, TLS forced",
        parameters=[
            rds.ParameterGroupParameterArgs(
                name=key,
                value=value,
                apply_method="pending-reboot" if key in STATIC | {FORCE_TLS} else "immediate",
            )
            for key, value in sorted(wanted.items())
        ],
        tags=child_tags(tags, name, child),
        opts=ResourceOptions(parent=parent),
    )
