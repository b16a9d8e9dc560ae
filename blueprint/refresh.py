"""How data without people get from the reference to its mirror: the side that an environment is on.

Which side that is, is identity: an environment shares with an account, takes over what a key opens,
or neither.
"""

from pulumi import Input

from blueprint.basis import Basis
from blueprint.compute import ComputeArea
from blueprint.data import DataArea
from blueprint.foundation import Foundation
from blueprint.network import NetworkArea
from blueprint.operations import operations_task
from components.alarms_refresh import RefreshAlarms, RefreshAlarmsArgs
from components.bucket import PrivateBucket, PrivateBucketArgs
from components.data_refresh import TASKS, DataRefresh, DataRefreshArgs
from components.data_refresh_network import DataRefreshNetworkArgs
from components.data_refresh_operator import DataRefreshOperator, DataRefreshOperatorArgs
from components.data_refresh_rights import RefreshNames
from components.key import EncryptionKey, EncryptionKeyArgs
from components.key_statements import account_may_take_copies
from components.shared_snapshots import SharedSnapshots, SharedSnapshotsArgs
from components.signing_key import SigningKey, SigningKeyArgs
from components.task import TaskArgs

KEEP_DAYS = 90
"""For how long manifests and what a scan compares with are kept."""


class RefreshArea:
    """One environment's side of the data refresh."""

    machine: DataRefresh | None = None
    operator: DataRefreshOperator | None = None
    taker: SharedSnapshots | None = None
    key_arn: Input[str] = ""
    bucket: Input[str] = ""
    signer_arn: Input[str] = ""

    def __init__(
        self,
        basis: Basis,
        foundation: Foundation,
        *,
        network: NetworkArea,
        data: DataArea,
        compute: ComputeArea,
    ) -> None:
        self._basis = basis
        self._foundation = foundation
        self._network, self._data, self._compute = network, data, compute
        self._snapshots = f"sanitised-{basis.shape.application}"
        sides = basis.identity.data_refresh
        if sides.shared_with:
            self.machine = self._share(sides.shared_with)
        if sides.shared_key:
            self.taker = self._take_over(sides.shared_key)

    def _share(self, account: str) -> DataRefresh:
        basis, names, shape = self._basis, self._basis.names, self._basis.shape
        key = self._key(account)
        bucket, signing = self._bucket(key), self._signing_key()
        self.key_arn, self.bucket, self.signer_arn = key.arn, bucket.name, signing.arn
        machine = DataRefresh(
            "data-refresh",
            DataRefreshArgs(
                names=RefreshNames(
                    account=basis.account,
                    region=basis.region,
                    prefix=names.prefix,
                    snapshot_prefix=self._snapshots,
                ),
                source_identifier=self._data.database.identifier,
                engine_version=shape.database.engine_version,
                instance_class=basis.scale.database.instance_class,
                storage_gib=basis.scale.database.storage_gib,
                database_name=shape.database.name,
                master_user=shape.database.master_user,
                tasks={task: self._task(task, bucket, signing) for task in TASKS},
                signing_key_arn=signing.arn,
                bucket_arn=bucket.arn,
                network=self._isolated(),
                cluster_arn=self._compute.cluster.arn,
                cluster_name=self._compute.cluster.name,
                main_key_arn=self._foundation.keys.main.arn,
                sharing_key_arn=key.arn,
                mirror_account=account,
                topic_arn=self._foundation.notifications.topic_arn,
                machine_name=names.named("data-refresh"),
                log_group_name=f"/aws/vendedlogs/states/{names.named('data-refresh')}",
                log_retention_days=basis.log_days,
                key_rotation=basis.identity.secrets.rotation,
                recovery_days=basis.scale.protection.recovery_days,
                scheduled=shape.data_refresh.scheduled,
                schedule=shape.data_refresh.schedule,
                timezone=shape.data_refresh.timezone,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
        self._alarms(machine)
        self.operator = self._operator(key, bucket)
        return machine

    def _key(self, account: str) -> EncryptionKey:
        """Make the key of what is shared: nothing that is not sanitised is encrypted with it."""
        basis = self._basis
        return EncryptionKey(
            "encryption-refresh",
            EncryptionKeyArgs(
                account_id=basis.account,
                alias=basis.names.named("encryption-refresh"),
                description="The sanitised copies, which another account may take over",
                statements=account_may_take_copies(account),
                recovery_days=basis.scale.protection.recovery_days,
                protect=basis.protect,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _bucket(self, key: EncryptionKey) -> PrivateBucket:
        """Make the place of manifests, and of what a scan compares with."""
        basis = self._basis
        name = basis.names.bucket("refresh")
        return PrivateBucket(
            "refresh-evidence",
            PrivateBucketArgs(
                bucket_name=name,
                kms_key_arn=key.arn,
                access_log_bucket=self._foundation.archive.access_bucket,
                keep_days=KEEP_DAYS,
                protect=basis.protect,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _signing_key(self) -> SigningKey:
        basis = self._basis
        return SigningKey(
            "refresh-evidence-signer",
            SigningKeyArgs(
                account_id=basis.account,
                alias=basis.names.named("manifests"),
                description="Signs the manifests of sanitised snapshots",
                recovery_days=basis.scale.protection.recovery_days,
                protect=basis.protect,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _task(self, task: str, bucket: PrivateBucket, signing: SigningKey) -> TaskArgs:
        database = self._basis.shape.database
        return operations_task(
            self._basis,
            self._foundation,
            self._compute.operations,
            name=f"refresh-{task}",
            command=["operations.refresh", task],
            size=self._basis.shape.data_refresh.task,
            environment={
                "AWS_REGION": self._basis.region,
                "REFRESH_BUCKET": bucket.name,
                "PGDATABASE": database.name,
                "PGPORT": str(database.port),
                "PGUSER": database.master_user,
                "SOURCE": self._data.database.identifier,
                "RELEASE": self._basis.identity.release.version,
                "MANIFEST_KEY": signing.arn,
            },
        )

    def _isolated(self) -> DataRefreshNetworkArgs:
        network = self._network
        return DataRefreshNetworkArgs(
            vpc_id=network.network.vpc_id,
            subnet_ids=network.isolated_task_subnet_ids,
            endpoints_group_id=network.groups.endpoints_id,
            s3_prefix_list_id=network.endpoints.s3_prefix_list_id,
            database_port=self._basis.shape.database.port,
            tags=self._basis.tags,
        )

    def _alarms(self, machine: DataRefresh) -> None:
        RefreshAlarms(
            "refresh-alarms",
            RefreshAlarmsArgs(
                prefix=self._basis.names.named("data-refresh"),
                topic_arn=self._foundation.notifications.topic_arn,
                machine_arn=machine.machine_arn,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _operator(self, key: EncryptionKey, bucket: PrivateBucket) -> DataRefreshOperator:
        basis = self._basis
        return DataRefreshOperator(
            "data-refresh-operator",
            DataRefreshOperatorArgs(
                account=basis.account,
                region=basis.region,
                taker_role_arn=self._deployer_arn,
                machine_name=basis.names.named("data-refresh"),
                bucket_arn=bucket.arn,
                key_arn=key.arn,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _take_over(self, key_arn: str) -> SharedSnapshots:
        basis = self._basis
        return SharedSnapshots(
            "shared-snapshots",
            SharedSnapshotsArgs(
                account=basis.account,
                region=basis.region,
                taker_role_arn=self._deployer_arn,
                snapshot_prefix=self._snapshots,
                shared_key_arn=key_arn,
                own_key_arn=self._foundation.keys.main.arn,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    @property
    def _deployer_arn(self) -> str:
        """The role in whose name a person's commands run."""
        return f"arn:aws:iam::{self._basis.account}:role/{self._basis.identity.deployer_role}"

    @property
    def outputs(self) -> dict[str, Input[str]]:
        """What this side gives; what belongs to the other side is empty."""
        return {
            "dataRefreshMachineArn": self.machine.machine_arn if self.machine else "",
            "dataRefreshKeyArn": self.key_arn,
            "dataRefreshSignerArn": self.signer_arn,
            "dataRefreshBucket": self.bucket,
            "dataRefreshOperatorRoleArn": self.operator.role_arn if self.operator else "",
            "sharedSnapshotsRoleArn": self.taker.role_arn if self.taker else "",
        }
