"""How each type that the blueprint has is listed, and by which id ``pulumi import`` knows it.

The ids are those of the section "Import" in the documentation of each resource of pulumi-aws 7.
A type without such a section can't be imported: it stands in ``NOT_IMPORTED`` with what that means.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Listing:
    """A request, where the ids stand in its answer, and what it is asked for each of."""

    service: str = ""
    request: str = ""
    ids: str = ""
    """JMESPath of a list of ids."""
    params: Mapping[str, Any] = field(default_factory=dict)
    each: str = ""
    """The type for each of whose objects it is asked; empty where it is asked once."""
    named: str = ""
    """The parameter that takes that object's id."""
    tail: Callable[[str], str] = str
    """What of a listed id is kept."""
    form: str = "{0}"
    """The id for import: ``{0}`` is the listed one, ``{1}`` that of the object asked for."""
    everywhere: bool = False
    """Whether AWS keeps it once for all regions."""


def by(each: str, **more: Any) -> Listing:
    """List what an object of another type has once and by the same id."""
    return Listing(each=each, **more)


def _last(text: str) -> str:
    return text.rpartition("/")[2]


def _record(text: str) -> str:
    """``app.example.com._A`` is ``app.example.com_A``; a name holds no upper case."""
    return re.sub(r"\._(?=[A-Z])", "_", text, count=1).replace("\\052", "*")


VPC, TABLE = "aws:ec2/vpc:Vpc", "aws:ec2/routeTable:RouteTable"
BUCKET, VAULT, ROLE = "aws:s3/bucket:Bucket", "aws:backup/vault:Vault", "aws:iam/role:Role"
CLUSTER, ZONE, TOPIC = "aws:ecs/cluster:Cluster", "aws:route53/zone:Zone", "aws:sns/topic:Topic"
BALANCER, LISTENER = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"
GROUP, RULE = "aws:cloudwatch/logGroup:LogGroup", "aws:cloudwatch/eventRule:EventRule"
SECRET, PLAN = "aws:secretsmanager/secret:Secret", "aws:backup/plan:Plan"
ACL, REPOSITORY = "aws:wafv2/webAcl:WebAcl", "aws:ecr/repository:Repository"
REGIONAL = {"Scope": "REGIONAL"}
ECS = {"ServiceNamespace": "ecs"}
WAF_ID = "[].join('/', [Id, Name, 'REGIONAL'])"
SCALED = "join('/', [ServiceNamespace, ResourceId, ScalableDimension"

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

ENTRANCE = {
    ZONE: Listing("route53", "list_hosted_zones", "HostedZones[].Id", tail=_last, everywhere=True),
    "aws:route53/record:Record": Listing(
        "route53",
        "list_resource_record_sets",
        "ResourceRecordSets[?Type!='SOA'].join('_', [Name, Type, SetIdentifier][?@])",
        each=ZONE,
        named="HostedZoneId",
        tail=_record,
        form="{1}_{0}",
        everywhere=True,
    ),
    "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec": Listing(
        "route53",
        "get_dnssec",
        "[Status.ServeSignature][?@=='SIGNING']",
        each=ZONE,
        named="HostedZoneId",
        form="{1}",
        everywhere=True,
    ),
    "aws:route53/keySigningKey:KeySigningKey": Listing(
        "route53",
        "get_dnssec",
        "KeySigningKeys[].Name",
        each=ZONE,
        named="HostedZoneId",
        form="{1},{0}",
        everywhere=True,
    ),
    "aws:route53/queryLog:QueryLog": Listing(
        "route53", "list_query_logging_configs", "QueryLoggingConfigs[].Id", everywhere=True
    ),
    "aws:acm/certificate:Certificate": Listing(
        "acm", "list_certificates", "CertificateSummaryList[].CertificateArn"
    ),
    BALANCER: Listing("elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerArn"),
    LISTENER: Listing(
        "elbv2",
        "describe_listeners",
        "Listeners[].ListenerArn",
        each=BALANCER,
        named="LoadBalancerArn",
    ),
    "aws:lb/listenerRule:ListenerRule": Listing(
        "elbv2",
        "describe_rules",
        "Rules[?!IsDefault].RuleArn",
        each=LISTENER,
        named="ListenerArn",
    ),
    "aws:lb/targetGroup:TargetGroup": Listing(
        "elbv2", "describe_target_groups", "TargetGroups[].TargetGroupArn"
    ),
    ACL: Listing("wafv2", "list_web_acls", f"WebACLs{WAF_ID}", REGIONAL),
    "aws:wafv2/ipSet:IpSet": Listing("wafv2", "list_ip_sets", f"IPSets{WAF_ID}", REGIONAL),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Listing(
        "wafv2", "list_logging_configurations", "LoggingConfigurations[].ResourceArn", REGIONAL
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Listing(
        "wafv2",
        "get_web_acl_for_resource",
        "[WebACL.ARN][?@]",
        each=BALANCER,
        named="ResourceArn",
        form="{0},{1}",
    ),
}

COMPUTE = {
    CLUSTER: Listing("ecs", "list_clusters", "clusterArns[]", tail=_last),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": by(CLUSTER),
    "aws:ecs/service:Service": Listing(
        "ecs", "list_services", "serviceArns[]", each=CLUSTER, named="cluster", tail=_last,
        form="{1}/{0}",
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Listing(
        "ecs", "list_task_definitions", "taskDefinitionArns[]", {"status": "ACTIVE"}
    ),
    "aws:appautoscaling/target:Target": Listing(
        "application-autoscaling", "describe_scalable_targets",
        f"ScalableTargets[].{SCALED}])", ECS,
    ),
    "aws:appautoscaling/policy:Policy": Listing(
        "application-autoscaling", "describe_scaling_policies",
        f"ScalingPolicies[].{SCALED}, PolicyName])", ECS,
    ),
    "aws:scheduler/scheduleGroup:ScheduleGroup": Listing(
        "scheduler", "list_schedule_groups", "ScheduleGroups[?Name!='default'].Name"
    ),
    "aws:scheduler/schedule:Schedule": Listing(
        "scheduler", "list_schedules", "Schedules[].join('/', [GroupName, Name])"
    ),
    "aws:sfn/stateMachine:StateMachine": Listing(
        "stepfunctions", "list_state_machines", "stateMachines[].stateMachineArn"
    ),
    ROLE: Listing(
        "iam", "list_roles", "Roles[?!starts_with(Path, '/aws-service-role/')].RoleName",
        everywhere=True,
    ),
    "aws:iam/rolePolicy:RolePolicy": Listing(
        "iam", "list_role_policies", "PolicyNames[]", each=ROLE, named="RoleName",
        form="{1}:{0}", everywhere=True,
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Listing(
        "iam", "list_attached_role_policies", "AttachedPolicies[].PolicyArn", each=ROLE,
        named="RoleName", form="{1}/{0}", everywhere=True,
    ),
}  # fmt: skip

WATCH = {
    GROUP: Listing("logs", "describe_log_groups", "logGroups[].logGroupName"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": Listing(
        "logs", "describe_metric_filters",
        "metricFilters[].join(':', [logGroupName, filterName])",
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": Listing(
        "logs", "describe_resource_policies", "resourcePolicies[].policyName"
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Listing(
        "cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName",
        {"AlarmTypes": ["MetricAlarm"]},
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Listing(
        "cloudwatch", "describe_alarms", "CompositeAlarms[].AlarmName",
        {"AlarmTypes": ["CompositeAlarm"]},
    ),
    "aws:cloudwatch/dashboard:Dashboard": Listing(
        "cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName"
    ),
    RULE: Listing("events", "list_rules", "Rules[?!ManagedBy].Name"),
    "aws:cloudwatch/eventTarget:EventTarget": Listing(
        "events", "list_targets_by_rule", "Targets[].Id", each=RULE, named="Rule",
        form="{1}/{0}",
    ),
    "aws:cloudtrail/trail:Trail": Listing(
        "cloudtrail", "describe_trails", "trailList[].TrailARN", {"includeShadowTrails": False}
    ),
    TOPIC: Listing("sns", "list_topics", "Topics[].TopicArn"),
    "aws:sns/topicPolicy:TopicPolicy": by(TOPIC),
    "aws:sns/topicSubscription:TopicSubscription": Listing(
        "sns", "list_subscriptions",
        "Subscriptions[?starts_with(SubscriptionArn, 'arn:')].SubscriptionArn",
    ),
}  # fmt: skip

LISTINGS: Mapping[str, Listing] = {**NETWORK, **DATA, **ENTRANCE, **COMPUTE, **WATCH}

NOT_IMPORTED = {
    "aws:acm/certificateValidation:CertificateValidation": (
        "no object of AWS: it waits until the certificate is issued, and is made anew at once"
    ),
    "aws:appautoscaling/scheduledAction:ScheduledAction": (
        "pulumi-aws can't import it: the blueprint makes its own; delete the old one at clean-up"
    ),
    "aws:ecs/taskDefinition:TaskDefinition": (
        "every release makes a new one; the old ones stay for whoever runs them"
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": (
        "the program makes a value of its own; the present one stays as AWSPREVIOUS"
    ),
}

HOLDS_DATA = frozenset(
    {
        "aws:backup/vault:Vault",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:ecr/repository:Repository",
        "aws:kms/key:Key",
        "aws:rds/instance:Instance",
        "aws:route53/zone:Zone",
        "aws:s3/bucket:Bucket",
        "aws:secretsmanager/secret:Secret",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:dynamodb/table:Table",
        "aws:ebs/volume:Volume",
        "aws:efs/fileSystem:FileSystem",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:rds/cluster:Cluster",
        "aws:sqs/queue:Queue",
    }
)
"""What is lost with the object: nothing of these may ever be replaced or deleted by a migration.

A zone counts: with a new one the domain's delegation and its keys are others.
"""
