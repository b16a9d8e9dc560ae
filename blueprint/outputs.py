"""The outputs of a stack: what operations and other stacks may rely on, by fixed names."""

from collections.abc import Mapping

import pulumi

OUTPUTS = {
    "environment": "name of the environment",
    "account": "AWS account id",
    "region": "AWS region",
    "url": "address that users see",
    "domain": "domain of the environment's zone",
    "zoneId": "id of the environment's zone",
    "nameServers": "name servers of the environment's zone",
    "loadBalancerDnsName": "AWS's own name of the load balancer",
    "targetGroupArn": "ARN of the web service's target group",
    "vpcId": "id of the network",
    "privateSubnetIds": "ids of the tasks' subnets",
    "clusterName": "name of the ECS cluster",
    "webServiceName": "name of the web service",
    "workerServiceName": "name of the worker service",
    "webTaskDefinition": "ARN of the web task, with its revision",
    "workerTaskDefinition": "ARN of the worker task, with its revision",
    "migrationRun": "what ECS RunTask takes to run the migration",
    "jobTaskDefinitions": "ARN of each scheduled job's task, by its name",
    "logGroups": "log group of each thing that runs",
    "registryUrl": "repository of the images, without a tag",
    "operationsRegistryUrl": "repository of the image of operations, without a tag",
    "releaseImage": "image that runs, by digest",
    "releaseVersion": "version that runs",
    "databaseIdentifier": "identifier of the database",
    "databaseAddress": "host name of the database",
    "databasePort": "port of the database",
    "databaseName": "name of the database on the instance",
    "databaseMasterSecretArn": "ARN of the secret with the owner's password",
    "secretArns": "ARN of each application secret, by variable",
    "encryptionKeyArn": "ARN of the environment's key",
    "notificationsTopicArn": "ARN of the topic of alarms",
    "healthAlarmName": "name of the alarm that means the service is down",
    "deploymentAlarmNames": "names of the alarms that undo a release",
    "dashboardName": "name of the dashboard",
    "backupVaultName": "name of the backup vault",
    "backupVaultArn": "ARN of the backup vault",
    "backupCopyVaultArn": "ARN of the vault in the other region",
    "backupArchiveVaultArn": "ARN of the vault in the other account",
    "backupPlanId": "id of the backup plan",
    "backupRoleArn": "ARN of the role that backs up and restores",
    "accessLogBucket": "bucket of access logs",
    "trailBucket": "bucket of the audit trail",
    "reportsBucket": "bucket of backup reports",
    "dataRefreshMachineArn": "ARN of the data refresh; empty where data are taken over",
    "dataRefreshKeyArn": "ARN of the key of what is shared; empty where data are taken over",
    "dataRefreshSignerArn": "ARN of the key that signs manifests; empty where data are taken over",
    "dataRefreshBucket": "bucket of manifests; empty where data are taken over",
    "dataRefreshOperatorRoleArn": "ARN of the role that runs the data refresh; empty elsewhere",
    "sharedSnapshotsRoleArn": "ARN of the role that takes snapshots over; empty elsewhere",
}
"""By name, what each holds. None is secret."""


def export(values: Mapping[str, object]) -> None:
    """Export every output; ValueError where names are missing or not declared here."""
    if differing := sorted(set(values) ^ set(OUTPUTS)):
        raise ValueError(f"outputs must be those of OUTPUTS, differing in {', '.join(differing)}")
    for name in OUTPUTS:
        pulumi.export(name, values[name])
