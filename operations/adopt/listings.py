"""How each type that the blueprint has is listed, and by which id ``pulumi import`` knows it.

The ids are those of the section "Import" in the documentation of each resource of pulumi-aws 7.
"""

from collections.abc import Mapping

from operations.adopt.listing import (
    BUCKET,
    PLAN,
    REPOSITORY,
    SECRET,
    TABLE,
    VAULT,
    VPC,
    Listing,
    by,
)
from operations.adopt.listings_guards import GUARDS
from operations.adopt.listings_running import COMPUTE, ENTRANCE, WATCH

NETWORK = {
    VPC: Listing("ec2", "describe_vpcs", "Vpcs[].VpcId"),
    "aws:ec2/subnet:Subnet": Listing("ec2", "describe_subnets", "Subnets[].SubnetId"),
    "aws:ec2/internetGateway:InternetGateway": Listing(
        "ec2", "describe_internet_gateways", "InternetGateways[].InternetGatewayId"
    ),
    "aws:ec2/eip:Eip": Listing(
        "ec2", "describe_addresses", "Addresses[?AllocationId].AllocationId"
    ),
    "aws:ec2/natGateway:NatGateway": Listing(
        "ec2",
        "describe_nat_gateways",
        "NatGateways[?State!='deleted' && State!='deleting'].NatGatewayId",
    ),
    TABLE: Listing("ec2", "describe_route_tables", "RouteTables[].RouteTableId"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Listing(
        "ec2",
        "describe_route_tables",
        "RouteTables[].Associations[?SubnetId].join('/', [SubnetId, RouteTableId])[]",
    ),
    "aws:ec2/route:Route": Listing(
        "ec2",
        "describe_route_tables",
        "RouteTables[].Routes[?Origin=='CreateRoute'].DestinationCidrBlock[]",
        each=TABLE,
        named="RouteTableIds",
        form="{1}_{0}",
    ),
    "aws:ec2/securityGroup:SecurityGroup": Listing(
        "ec2", "describe_security_groups", "SecurityGroups[?GroupName!='default'].GroupId"
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Listing(
        "ec2", "describe_security_groups", "SecurityGroups[?GroupName=='default'].GroupId"
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Listing(
        "ec2",
        "describe_security_group_rules",
        "SecurityGroupRules[?IsEgress==`false`].SecurityGroupRuleId",
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Listing(
        "ec2",
        "describe_security_group_rules",
        "SecurityGroupRules[?IsEgress==`true`].SecurityGroupRuleId",
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Listing(
        "ec2",
        "describe_vpc_endpoints",
        "VpcEndpoints[?State!='deleted' && State!='deleting'].VpcEndpointId",
    ),
    "aws:ec2/flowLog:FlowLog": Listing("ec2", "describe_flow_logs", "FlowLogs[].FlowLogId"),
}

DATA = {
    "aws:rds/instance:Instance": Listing(
        "rds", "describe_db_instances", "DBInstances[].DBInstanceIdentifier"
    ),
    "aws:rds/subnetGroup:SubnetGroup": Listing(
        "rds", "describe_db_subnet_groups", "DBSubnetGroups[].DBSubnetGroupName"
    ),
    "aws:rds/parameterGroup:ParameterGroup": Listing(
        "rds",
        "describe_db_parameter_groups",
        "DBParameterGroups[?!starts_with(DBParameterGroupName, 'default.')].DBParameterGroupName",
    ),
    "aws:rds/eventSubscription:EventSubscription": Listing(
        "rds", "describe_event_subscriptions", "EventSubscriptionsList[].CustSubscriptionId"
    ),
    "aws:kms/key:Key": Listing("kms", "list_keys", "Keys[].KeyId"),
    "aws:kms/alias:Alias": Listing(
        "kms", "list_aliases", "Aliases[?!starts_with(AliasName, 'alias/aws/')].AliasName"
    ),
    SECRET: Listing("secretsmanager", "list_secrets", "SecretList[].ARN"),
    "aws:secretsmanager/secretVersion:SecretVersion": Listing(
        "secretsmanager",
        "list_secret_version_ids",
        "Versions[?contains(VersionStages, 'AWSCURRENT')].VersionId",
        each=SECRET,
        named="SecretId",
        form="{1}|{0}",
    ),
    BUCKET: Listing("s3", "list_buckets", "Buckets[].Name", everywhere=True),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": by(BUCKET),
    "aws:s3/bucketLogging:BucketLogging": by(BUCKET),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": by(BUCKET),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": by(BUCKET),
    "aws:s3/bucketPolicy:BucketPolicy": by(BUCKET),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": by(BUCKET),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": by(
        BUCKET
    ),
    "aws:s3/bucketVersioning:BucketVersioning": by(BUCKET),
    VAULT: Listing("backup", "list_backup_vaults", "BackupVaultList[].BackupVaultName"),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": by(VAULT),
    "aws:backup/vaultNotifications:VaultNotifications": by(VAULT),
    "aws:backup/vaultPolicy:VaultPolicy": by(VAULT),
    PLAN: Listing("backup", "list_backup_plans", "BackupPlansList[].BackupPlanId"),
    "aws:backup/selection:Selection": Listing(
        "backup",
        "list_backup_selections",
        "BackupSelectionsList[].SelectionId",
        each=PLAN,
        named="BackupPlanId",
        form="{1}|{0}",
    ),
    "aws:backup/framework:Framework": Listing(
        "backup", "list_frameworks", "Frameworks[].FrameworkName"
    ),
    "aws:backup/reportPlan:ReportPlan": Listing(
        "backup", "list_report_plans", "ReportPlans[].ReportPlanName"
    ),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": Listing(
        "backup", "list_restore_testing_plans", "RestoreTestingPlans[].RestoreTestingPlanName"
    ),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": Listing(
        "backup",
        "list_restore_testing_selections",
        "RestoreTestingSelections[].RestoreTestingSelectionName",
        each="aws:backup/restoreTestingPlan:RestoreTestingPlan",
        named="RestoreTestingPlanName",
        form="{0}:{1}",
    ),
    REPOSITORY: Listing("ecr", "describe_repositories", "repositories[].repositoryName"),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": by(REPOSITORY),
}

LISTINGS: Mapping[str, Listing] = {
    **NETWORK,
    **DATA,
    **ENTRANCE,
    **COMPUTE,
    **WATCH,
    **GUARDS,
}
