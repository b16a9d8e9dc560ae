"""A data refresh and a restore test as an environment would have them, for their tests."""

from dataclasses import replace

from components.data_refresh import TASKS, DataRefreshArgs
from components.data_refresh_network import DataRefreshNetworkArgs
from components.data_refresh_rights import RefreshNames
from components.database_password import MasterSecret
from components.restore_testing import RestoreTestingArgs
from components.restore_testing_network import RestoreTestingNetworkArgs
from components.task import TaskArgs
from tests.support.tasks import ACCOUNT, CLUSTER, KEY, PLACE, REGION, SMALL_TASK, TAGS

MIRROR = "999999999999"
SHARING = f"arn:aws:kms:{PLACE}:key/sharing"
BUCKET = "arn:aws:s3:::storefront-live-refresh"
TOPIC = f"arn:aws:sns:{PLACE}:alerts"
NAMES = RefreshNames(
    account=ACCOUNT, region=REGION, prefix="storefront-live", snapshot_prefix="sanitised-storefront"
)
NETWORK = DataRefreshNetworkArgs(
    vpc_id="vpc-1",
    subnet_ids=["isolated-a", "isolated-b"],
    endpoints_group_id="sg-endpoints",
    s3_prefix_list_id="pl-s3",
    database_port=5432,
    tags=TAGS,
)


def task(family: str) -> TaskArgs:
    """Return a task of operations, before its secrets and rights are added."""
    return replace(
        SMALL_TASK,
        family=family,
        command=["operations.refresh", family],
        secrets={},
        secret_key_arns=[],
        database=None,
        port=None,
        check=None,
    )


def refresh_args() -> DataRefreshArgs:
    """Return the arguments of a data refresh that nobody starts by itself."""
    return DataRefreshArgs(
        names=NAMES,
        source_identifier="storefront-live",
        engine_version="16.13",
        instance_class="db.t4g.medium",
        storage_gib=50,
        database_name="storefront",
        master_user="storefront_owner",
        tasks={key: task(f"refresh-{key}") for key in TASKS},
        signing_key_arn=f"arn:aws:kms:{PLACE}:key/signing",
        bucket_arn=BUCKET,
        network=NETWORK,
        cluster_arn=CLUSTER,
        cluster_name="storefront",
        main_key_arn=KEY,
        sharing_key_arn=SHARING,
        mirror_account=MIRROR,
        topic_arn=TOPIC,
        machine_name="storefront-live-data-refresh",
        log_group_name="/aws/vendedlogs/states/storefront-live-data-refresh",
        log_retention_days=365,
        key_rotation="2026-q1",
        recovery_days=30,
        scheduled=False,
        schedule="cron(0 1 ? * SAT *)",
        timezone="Europe/Dublin",
        tags=TAGS,
    )


def restore_args() -> RestoreTestingArgs:
    """Return the arguments of a restore test."""
    return RestoreTestingArgs(
        plan_name="storefront_live",
        schedule="cron(0 9 ? * SUN,WED *)",
        vault_arn=f"arn:aws:backup:{PLACE}:backup-vault:main",
        database_arn=f"arn:aws:rds:{PLACE}:db:storefront-live",
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/backup",
        subnet_group_name="isolated",
        task=task("restore-check"),
        master_secret=MasterSecret(f"arn:aws:secretsmanager:{PLACE}:secret:master-a1b2c3", "v1"),
        master_secret_key_arn=KEY,
        network=RestoreTestingNetworkArgs(
            vpc_id="vpc-1", endpoints_group_id="sg-endpoints", database_port=5432, tags=TAGS
        ),
        task_subnet_ids=["private-a", "private-b"],
        cluster_arn=CLUSTER,
        cluster_name="storefront",
        topic_arn=TOPIC,
        tags=TAGS,
    )
