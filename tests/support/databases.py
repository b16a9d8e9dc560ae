"""A database at staging's and at production's size, for its tests."""

from dataclasses import replace
from typing import Any

import pytest

from components.database import Database, DatabaseArgs
from policies.monitor import Monitor
from tests.support.graph import Graph, Node, once, record

INSTANCE = "aws:rds/instance:Instance"
KEY = "arn:aws:kms:eu-west-1:000000000000:key/x"
TAGS = {"Owner": "platform"}
STAGING = DatabaseArgs(
    identifier="storefront-test",
    account="000000000000",
    engine_version="16.8",
    database_name="storefront",
    master_username="storefront_owner",
    port=5432,
    parameters={"log_statement": "ddl", "shared_preload_libraries": "pg_stat_statements"},
    backup_window="02:00-03:00",
    maintenance_window="sun:03:30-sun:04:30",
    ca_certificate="rds-ca-rsa2048-g1",
    instance_class="db.t4g.medium",
    storage_gib=50,
    max_storage_gib=100,
    multi_az=False,
    read_replicas=0,
    backup_days=7,
    monitoring_seconds=60,
    log_retention_days=365,
    subnet_ids=["subnet-a", "subnet-b"],
    security_group_ids=["sg-db"],
    kms_key_arn=KEY,
    topic_arn="arn:aws:sns:eu-west-1:000000000000:alerts",
    password_rotation="2026-q1",
    secret_recovery_days=7,
    backup_tag="storefront-test",
    protect=False,
    keep_final_snapshot=False,
    tags=TAGS,
)
PRODUCTION = replace(
    STAGING,
    instance_class="db.r7g.xlarge",
    storage_gib=500,
    max_storage_gib=1000,
    multi_az=True,
    backup_days=35,
    protect=True,
    keep_final_snapshot=True,
)
WITH_REPLICAS = replace(PRODUCTION, read_replicas=2)


@once
def deploy(args: DatabaseArgs) -> Graph:
    """Record one database."""
    return record(lambda: Database("database", args))


def primary(args: DatabaseArgs) -> Node:
    """Return the instance that takes the writes."""
    return deploy(args).one(INSTANCE, "database-instance")


def asked(args: DatabaseArgs) -> dict[str, Any]:
    """Record one database; return each request to the engine, with options the graph leaves out."""
    seen: dict[str, Any] = {}
    answer: Any = Monitor.RegisterResource

    def remember(self: Monitor, request: Any) -> Any:
        seen[request.name] = request
        return answer(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Monitor, "RegisterResource", remember)
        record(lambda: Database("database", args))
    return seen
