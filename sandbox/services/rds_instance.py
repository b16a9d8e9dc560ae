"""RDS: database instances: new ones, read replicas, and restored ones."""

from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Autoname
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services import rds_instance_rules as rules
from sandbox.services.naming import prefixed
from sandbox.services.rds_catalog import HOSTED_ZONES, full_version
from sandbox.services.rds_groups import RDS_TAGS
from sandbox.services.rds_instance_inputs import INPUTS
from sandbox.services.rds_origin import described, live, named, origin_of
from sandbox.services.shown import emptied
from sandbox.services.tagging import TaggedType

DEFAULTS: Props = {
    "deletionProtection": False,
    "enabledCloudwatchLogsExports": [],
    "iamDatabaseAuthenticationEnabled": False,
    "manageMasterUserPassword": False,
    "monitoringRoleArn": "",
}
"""What the real provider sends for an input that the program takes away, besides the defaults that
the check has filled in."""


class Instance(TaggedType):
    """A database instance; its id is RDS's resource id, which a rename does not change.

    moto applies every change at once: ``applyImmediately=False`` defers nothing here.
    """

    token = "aws:rds/instance:Instance"
    service = "rds"
    tagging = RDS_TAGS
    autoname = Autoname(property="identifier", longest=63, lower=True)
    creates = "create_db_instance"
    updates = "modify_db_instance"
    inputs = INPUTS
    outputs = {
        "address": "Endpoint.Address",
        "arn": "DBInstanceArn",
        "engineVersionActual": "ActualVersion",
        "latestRestorableTime": "LatestRestorableTime",
        "masterUserSecrets": "MasterUserSecrets",
        "replicas": "ReadReplicaDBInstanceIdentifiers",
        "resourceId": "DbiResourceId",
        "status": "DBInstanceStatus",
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Say what RDS would refuse by the inputs alone."""
        yield from rules.problems(props)

    def target(self, aws: Aws, id_: str) -> str:
        return str(live(aws, id_)["DBInstanceArn"])

    # Changing

    def create(self, aws: Aws, new: Props) -> str:
        """Create the instance from nothing, another instance, a snapshot or backups."""
        new = prefixed(new, "identifier")
        origin = origin_of(aws, new)
        request = f"rds.{origin.operation}"
        version = origin.version or full_version(new["engine"], str(new.get("engineVersion", "")))
        rules.refuse(aws, request, new, set(new), version)
        if described(aws, DBInstanceIdentifier=new["identifier"]):
            raise AwsError(request, "DBInstanceAlreadyExists", "DB instance already exists")
        params = self.params(
            origin.operation, {**new, **({"engineVersion": version} if version else {})}
        )
        answer = aws.call(request, **{**params, **origin.params})
        return str(answer["DBInstance"]["DbiResourceId"])

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Change what the request that made the instance could not be told."""
        if origin_of(aws, new).operation == self.creates:
            return
        shown = self.read(aws, id_, new) or {}
        differing = {name for name in new if shown.get(name) != new[name]}
        # A restored instance has the master user of its source; only the password may be another.
        asked = {name for name in ("password", "passwordWo") if name in new}
        self._modify(aws, id_, new, (differing | asked) - {"username", "dbName", "tags"})

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Bring the instance to its new inputs, after a look at what RDS would refuse."""
        if "replicateSourceDb" in changed:
            if new.get("replicateSourceDb"):
                raise SandboxError("a replica cannot be led to another source: replace it")
            name = live(aws, id_)["DBInstanceIdentifier"]
            aws.call("rds.promote_read_replica", DBInstanceIdentifier=name)
        self._modify(aws, id_, new, changed)
        if "tags" in changed:
            self.retag(aws, id_, old.get("tags") or {}, new.get("tags") or {})

    def _modify(self, aws: Aws, id_: str, new: Props, names: set[str]) -> None:
        request = "rds.modify_db_instance"
        shown = live(aws, id_)
        rules.refuse_change(request, shown, new)
        version = str(new.get("engineVersion") or shown["EngineVersion"])
        known = {**new, "engine": shown["Engine"]}
        # A new major version needs a parameter group of its own.
        looked_at = names | ({"parameterGroupName"} if "engineVersion" in names else set())
        rules.refuse(aws, request, known, looked_at, full_version(shown["Engine"], version))
        # Storage that may grow to what it is does not grow: RDS has no other way to say so.
        size = max(int(new.get("allocatedStorage") or 0), shown["AllocatedStorage"])
        wanted = {**DEFAULTS, "maxAllocatedStorage": size, **new}
        params = self.params("modify_db_instance", wanted, names)
        params.pop("DBInstanceIdentifier", None)
        params.update(_renamed(shown, wanted, names))
        if params:
            aws.call(
                request,
                DBInstanceIdentifier=shown["DBInstanceIdentifier"],
                ApplyImmediately=bool(new.get("applyImmediately")),
                AllowMajorVersionUpgrade=bool(new.get("allowMajorVersionUpgrade")),
                **params,
            )

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the instance, with its last snapshot unless the program wants none."""
        shown = live(aws, id_)
        name, skips = shown["DBInstanceIdentifier"], bool(old.get("skipFinalSnapshot"))
        final = old.get("finalSnapshotIdentifier")
        if not skips and shown.get("ReadReplicaSourceDBInstanceIdentifier"):
            raise SandboxError(f"{name} is a read replica and takes skipFinalSnapshot only")
        if not skips and not final:
            raise SandboxError(
                f"{name} cannot be deleted: finalSnapshotIdentifier is required "
                "unless skipFinalSnapshot is true"
            )
        if not shown.get("DeletionProtection"):
            for replica in shown.get("ReadReplicaDBInstanceIdentifiers", []):
                if not replica.startswith("arn:"):
                    # RDS lets replicas in the region live on by themselves; moto leaves the link.
                    aws.call("rds.promote_read_replica", DBInstanceIdentifier=replica)
        last = {} if skips else {"FinalDBSnapshotIdentifier": final}
        aws.call(
            "rds.delete_db_instance", DBInstanceIdentifier=name, SkipFinalSnapshot=skips, **last
        )

    # Reading

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the instance, with what only looks different shown as it was asked for."""
        found = described(aws, **named(id_))
        if found is None:
            return None
        version, asked = found["EngineVersion"], str(saved.get("engineVersion", ""))
        secret = found.get("MasterUserSecret")
        found["ActualVersion"] = version
        found["Tags"] = found.get("TagList", [])
        found["ManagesMasterUserPassword"] = secret is not None
        found["MasterUserSecrets"] = [{**secret, "SecretStatus": "active"}] if secret else []
        if asked and version.startswith(f"{asked}."):
            found["EngineVersion"] = asked
        size = saved.get("allocatedStorage")
        if saved.get("maxAllocatedStorage") and size and found["AllocatedStorage"] > int(size):
            # RDS grew the storage by itself, as it was told to.
            found["AllocatedStorage"] = size
        source = found.get("ReadReplicaSourceDBInstanceIdentifier")
        if source and str(saved.get("replicateSourceDb")).endswith(f":{source}"):
            found["ReadReplicaSourceDBInstanceIdentifier"] = saved["replicateSourceDb"]
        emptied(
            found,
            saved,
            {
                "maxAllocatedStorage": "MaxAllocatedStorage",
                "replicateSourceDb": "ReadReplicaSourceDBInstanceIdentifier",
            },
        )
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        zone = HOSTED_ZONES.get(aws.region)
        return {
            "endpoint": f"{props['address']}:{props['port']}",
            "listenerEndpoints": [],
            **({"hostedZoneId": zone} if zone else {}),
            # An import names the instance; the real provider goes on with the resource id.
            **({"id": props["resourceId"]} if id_ != props["resourceId"] else {}),
        }

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the resource id of the one instance of that identifier that has our tags."""
        name, prefix = inputs.get("identifier"), inputs.get("identifierPrefix")
        instances = aws.every("rds.describe_db_instances", "DBInstances[]")
        ids = [
            str(each["DbiResourceId"])
            for each in instances
            if each["DBInstanceIdentifier"] == name
            or (not name and prefix and each["DBInstanceIdentifier"].startswith(prefix))
        ]
        return aws.only(id_ for id_ in ids if self.mine(aws, id_, inputs))


def _renamed(shown: dict[str, Any], new: Props, names: set[str]) -> dict[str, Any]:
    """Return what the modify request calls otherwise than the create request."""
    params: dict[str, Any] = {}
    if "identifier" in names and new["identifier"] != shown["DBInstanceIdentifier"]:
        params["NewDBInstanceIdentifier"] = new["identifier"]
    if "port" in names and new.get("port"):
        params["DBPortNumber"] = int(new["port"])
    if "masterUserSecretKmsKeyId" in names and new["manageMasterUserPassword"]:
        params["ManageMasterUserPassword"] = True
    if "enabledCloudwatchLogsExports" in names:
        before = set(shown.get("EnabledCloudwatchLogsExports", []))
        after = set(new["enabledCloudwatchLogsExports"])
        if before != after:
            params["CloudwatchLogsExportConfiguration"] = {
                "EnableLogTypes": sorted(after - before),
                "DisableLogTypes": sorted(before - after),
            }
    return params
