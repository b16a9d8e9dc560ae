"""RDS: where a database instance's data come from, and the request that makes it from there."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.values import Props
from sandbox.services.rds_catalog import full_version


@dataclass(frozen=True)
class Origin:
    """The request that makes an instance, the version it has then, and what the request adds."""

    operation: str
    version: str
    params: dict[str, Any] = field(default_factory=dict)


def origin_of(aws: Aws, new: Props) -> Origin:
    """Return how an instance with these inputs is made; refuse a source that RDS would."""
    if source := new.get("replicateSourceDb"):
        return _replica(aws, source)
    if snapshot := new.get("snapshotIdentifier"):
        request = "restore_db_instance_from_db_snapshot"
        found = aws.find(
            "rds.describe_db_snapshots", "DBSnapshots[0]", DBSnapshotIdentifier=snapshot
        )
        if found is None:
            raise AwsError(
                f"rds.{request}", "DBSnapshotNotFound", f"DBSnapshot {snapshot} not found"
            )
        return Origin(request, str(found["EngineVersion"]), {"DBSnapshotIdentifier": snapshot})
    if block := new.get("restoreToPointInTime"):
        return _moment(aws, block, str(new.get("identifier", "")))
    if "engine" not in new:
        raise SandboxError("rds.create_db_instance: engine, username and storage must be given")
    version = str(new.get("engineVersion", ""))
    return Origin("create_db_instance", full_version(new["engine"], version))


def _replica(aws: Aws, source: str) -> Origin:
    """Return how a replica is made; its source must have automated backups and its own password."""
    request = "create_db_instance_read_replica"
    where = aws.in_region(source.split(":")[3]) if source.startswith("arn:") else aws
    name = source.rpartition(":")[2]
    found = described(where, DBInstanceIdentifier=name)
    if found is None:
        raise AwsError(f"rds.{request}", "DBInstanceNotFound", f"DBInstance {name} not found")
    if not found["BackupRetentionPeriod"]:
        raise AwsError(
            f"rds.{request}",
            "InvalidDBInstanceState",
            f"automated backups are not enabled for {name}: set its backup retention period",
        )
    if found.get("MasterUserSecret"):
        # Amazon RDS User Guide, "Limitations for Secrets Manager integration with Amazon RDS".
        raise AwsError(
            f"rds.{request}",
            "InvalidParameterCombination",
            f"Creating read replicas for {name} is not supported: it manages the master user "
            "password in AWS Secrets Manager",
        )
    return Origin(request, str(found["EngineVersion"]))


def _moment(aws: Aws, block: Props, target: str) -> Origin:
    """Return how an instance is restored to a moment that its source's backups cover."""
    request = "restore_db_instance_to_point_in_time"
    if block.get("sourceDbInstanceAutomatedBackupsArn"):
        raise SandboxError("the sandbox has no automated backups of instances that are gone")
    name, resource = block.get("sourceDbInstanceIdentifier"), block.get("sourceDbiResourceId")
    by_name = {"DBInstanceIdentifier": name} if name else {}
    by_resource = {"Filters": [{"Name": "dbi-resource-id", "Values": [resource]}]}
    found = described(aws, **(by_resource if resource else by_name))
    if found is None or (name and found["DBInstanceIdentifier"] != name):
        said = resource or name
        raise AwsError(f"rds.{request}", "DBInstanceNotFound", f"DBInstance {said} not found")
    params: dict[str, Any] = {
        "SourceDBInstanceIdentifier": found["DBInstanceIdentifier"],
        "TargetDBInstanceIdentifier": target,
    }
    if block.get("useLatestRestorableTime"):
        params["UseLatestRestorableTime"] = True
    elif asked := block.get("restoreTime"):
        _refuse_moment(f"rds.{request}", found, datetime.fromisoformat(asked))
        params["RestoreTime"] = asked
    else:
        raise SandboxError("restoreToPointInTime: give restoreTime or useLatestRestorableTime")
    return Origin(request, str(found["EngineVersion"]), params)


def _refuse_moment(request: str, source: dict[str, Any], asked: datetime) -> None:
    first, last = source["InstanceCreateTime"], source["LatestRestorableTime"]
    if not source["BackupRetentionPeriod"]:
        raise AwsError(request, "PointInTimeRestoreNotEnabled", "the source has no backups")
    if not first <= asked <= last:
        raise AwsError(
            request,
            "InvalidRestoreFault",
            f"{asked.isoformat()} is not between {first.isoformat()} and {last.isoformat()}",
        )


def named(id_: str) -> dict[str, Any]:
    """Return how a request names an instance; an import gives the identifier."""
    if id_.startswith("db-") and id_[3:].isupper():
        return {"Filters": [{"Name": "dbi-resource-id", "Values": [id_]}]}
    return {"DBInstanceIdentifier": id_}


def described(aws: Aws, **names: Any) -> dict[str, Any] | None:
    """Return what RDS shows of an instance, or None where there is none."""
    found = aws.find("rds.describe_db_instances", "DBInstances[0]", **names)
    return None if found is None else dict(found)


def live(aws: Aws, id_: str) -> dict[str, Any]:
    """Return what RDS shows of an instance; MissingError where it is gone."""
    found = described(aws, **named(id_))
    if found is None:
        aws.call("rds.describe_db_instances", DBInstanceIdentifier=id_)
        raise SandboxError(f"database instance {id_} is gone")
    return found
