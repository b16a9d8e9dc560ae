"""RDS: how each input of a database instance reaches AWS."""

from sandbox.provider.carry import Carry, by, kept, member, same
from sandbox.services.rds_groups import RDS_TAGS

NO_DIRECTORY = "the sandbox has no directory service"
DROPPED = "moto drops it"
OF_DELETION = "says only what a deletion does"
OF_CHANGES = "says only how a change is made"


def _dropped(name: str, reason: str = DROPPED) -> Carry:
    return kept(reason, operation="create_db_instance", name=name)


INPUTS: dict[str, Carry] = {
    "allocatedStorage": same(),
    "allowMajorVersionUpgrade": kept(
        OF_CHANGES, operation="modify_db_instance", name="AllowMajorVersionUpgrade"
    ),
    "applyImmediately": kept(OF_CHANGES, operation="modify_db_instance", name="ApplyImmediately"),
    "autoMinorVersionUpgrade": same(),
    "availabilityZone": same(),
    "backupRetentionPeriod": same(),
    "backupTarget": _dropped("BackupTarget"),
    "backupWindow": member("PreferredBackupWindow"),
    "blueGreenUpdate": kept(OF_CHANGES),
    "caCertIdentifier": member("CACertificateIdentifier"),
    "characterSetName": same(),
    "copyTagsToSnapshot": same(),
    "customIamInstanceProfile": _dropped("CustomIamInstanceProfile"),
    "customerOwnedIpEnabled": _dropped("EnableCustomerOwnedIp"),
    "databaseInsightsMode": same(),
    "dbName": same(),
    "dbSubnetGroupName": member("DBSubnetGroupName", read="DBSubnetGroup.DBSubnetGroupName"),
    "dedicatedLogVolume": same(),
    "deleteAutomatedBackups": kept(
        "backups that moto keeps clash with those of the next instance of that name",
        operation="delete_db_instance",
        name="DeleteAutomatedBackups",
    ),
    "deletionProtection": same(),
    "domain": _dropped("Domain", NO_DIRECTORY),
    "domainAuthSecretArn": _dropped("DomainAuthSecretArn", NO_DIRECTORY),
    "domainDnsIps": _dropped("DomainDnsIps", NO_DIRECTORY),
    "domainFqdn": _dropped("DomainFqdn", NO_DIRECTORY),
    "domainIamRoleName": _dropped("DomainIAMRoleName", NO_DIRECTORY),
    "domainOu": _dropped("DomainOu", NO_DIRECTORY),
    "enabledCloudwatchLogsExports": member(
        "EnableCloudwatchLogsExports", read="EnabledCloudwatchLogsExports"
    ),
    "engine": same(),
    "engineLifecycleSupport": same(),
    "engineVersion": same(),
    "finalSnapshotIdentifier": kept(
        OF_DELETION, operation="delete_db_instance", name="FinalDBSnapshotIdentifier"
    ),
    "iamDatabaseAuthenticationEnabled": member(
        "EnableIAMDatabaseAuthentication", read="IAMDatabaseAuthenticationEnabled"
    ),
    "identifier": member("DBInstanceIdentifier"),
    "identifierPrefix": kept("part of the identifier, which the create request takes"),
    "instanceClass": member("DBInstanceClass"),
    "iops": same(),
    "kmsKeyId": same(),
    "licenseModel": same(),
    "maintenanceWindow": member("PreferredMaintenanceWindow"),
    "manageMasterUserPassword": member(
        "ManageMasterUserPassword", read="ManagesMasterUserPassword"
    ),
    "masterUserSecretKmsKeyId": member(
        "MasterUserSecretKmsKeyId", read="MasterUserSecret.KmsKeyId"
    ),
    "maxAllocatedStorage": same(),
    "monitoringInterval": same(),
    "monitoringRoleArn": same(),
    "multiAz": member("MultiAZ"),
    "ncharCharacterSetName": _dropped("NcharCharacterSetName"),
    "networkType": same(),
    "optionGroupName": member("OptionGroupName", read="OptionGroupMemberships[0].OptionGroupName"),
    "parameterGroupName": member(
        "DBParameterGroupName", read="DBParameterGroups[0].DBParameterGroupName"
    ),
    "password": member("MasterUserPassword", unseen="AWS shows no passwords"),
    "passwordWo": member("MasterUserPassword", unseen="AWS shows no passwords"),
    "passwordWoVersion": kept("counts changes of passwordWo"),
    "performanceInsightsEnabled": member(
        "EnablePerformanceInsights", read="PerformanceInsightsEnabled"
    ),
    "performanceInsightsKmsKeyId": member("PerformanceInsightsKMSKeyId"),
    "performanceInsightsRetentionPeriod": same(),
    "port": member("Port", read="Endpoint.Port"),
    "publiclyAccessible": same(),
    "replicaMode": kept(DROPPED, operation="create_db_instance_read_replica", name="ReplicaMode"),
    "replicateSourceDb": by(
        "create_db_instance_read_replica",
        "SourceDBInstanceIdentifier",
        read="ReadReplicaSourceDBInstanceIdentifier",
    ),
    "restoreToPointInTime": kept("says only what the instance begins with"),
    "skipFinalSnapshot": kept(
        OF_DELETION, operation="delete_db_instance", name="SkipFinalSnapshot"
    ),
    "snapshotIdentifier": kept(
        "says only what the instance begins with",
        operation="restore_db_instance_from_db_snapshot",
        name="DBSnapshotIdentifier",
    ),
    "storageEncrypted": same(),
    "storageThroughput": same(),
    "storageType": same(),
    "tags": RDS_TAGS.carried(),
    "timezone": _dropped("Timezone"),
    "upgradeStorageConfig": kept(
        OF_CHANGES, operation="create_db_instance_read_replica", name="UpgradeStorageConfig"
    ),
    "username": member("MasterUsername"),
    "vpcSecurityGroupIds": member(
        "VpcSecurityGroupIds", read="VpcSecurityGroups[].VpcSecurityGroupId"
    ),
}
