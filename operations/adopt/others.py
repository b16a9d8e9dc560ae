"""How the usual types that the blueprint has not are listed; they are told and left alone."""

from collections.abc import Mapping

from operations.adopt.listing import Listing

OTHERS: Mapping[str, Listing] = {
    "aws:apigateway/restApi:RestApi": Listing("apigateway", "get_rest_apis", "items[].id"),
    "aws:apigatewayv2/api:Api": Listing("apigatewayv2", "get_apis", "Items[].ApiId"),
    "aws:autoscaling/group:Group": Listing(
        "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups[].AutoScalingGroupName"
    ),
    "aws:cloudfront/distribution:Distribution": Listing(
        "cloudfront", "list_distributions", "DistributionList.Items[].Id", everywhere=True
    ),
    "aws:cognito/userPool:UserPool": Listing(
        "cognito-idp", "list_user_pools", "UserPools[].Id", {"MaxResults": 60}
    ),
    "aws:dynamodb/table:Table": Listing("dynamodb", "list_tables", "TableNames[]"),
    "aws:ebs/volume:Volume": Listing("ec2", "describe_volumes", "Volumes[].VolumeId"),
    "aws:ec2/instance:Instance": Listing(
        "ec2",
        "describe_instances",
        "Reservations[].Instances[?State.Name!='terminated'].InstanceId[]",
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Listing(
        "ec2", "describe_launch_templates", "LaunchTemplates[].LaunchTemplateId"
    ),
    "aws:ec2/networkAcl:NetworkAcl": Listing(
        "ec2", "describe_network_acls", "NetworkAcls[?!IsDefault].NetworkAclId"
    ),
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": Listing(
        "ec2",
        "describe_vpc_peering_connections",
        "VpcPeeringConnections[?Status.Code=='active'].VpcPeeringConnectionId",
    ),
    "aws:ec2/vpnGateway:VpnGateway": Listing(
        "ec2", "describe_vpn_gateways", "VpnGateways[?State!='deleted'].VpnGatewayId"
    ),
    "aws:efs/fileSystem:FileSystem": Listing(
        "efs", "describe_file_systems", "FileSystems[].FileSystemId"
    ),
    "aws:eks/cluster:Cluster": Listing("eks", "list_clusters", "clusters[]"),
    "aws:elasticache/cluster:Cluster": Listing(
        "elasticache", "describe_cache_clusters", "CacheClusters[].CacheClusterId"
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": Listing(
        "elasticache", "describe_replication_groups", "ReplicationGroups[].ReplicationGroupId"
    ),
    "aws:iam/policy:Policy": Listing(
        "iam", "list_policies", "Policies[].Arn", {"Scope": "Local"}, everywhere=True
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Listing(
        "iam",
        "list_open_id_connect_providers",
        "OpenIDConnectProviderList[].Arn",
        everywhere=True,
    ),
    "aws:iam/user:User": Listing("iam", "list_users", "Users[].UserName", everywhere=True),
    "aws:kinesis/stream:Stream": Listing("kinesis", "list_streams", "StreamNames[]"),
    "aws:lambda/function:Function": Listing("lambda", "list_functions", "Functions[].FunctionName"),
    "aws:opensearch/domain:Domain": Listing(
        "opensearch", "list_domain_names", "DomainNames[].DomainName"
    ),
    "aws:rds/cluster:Cluster": Listing(
        "rds", "describe_db_clusters", "DBClusters[].DBClusterIdentifier"
    ),
    "aws:route53/healthCheck:HealthCheck": Listing(
        "route53", "list_health_checks", "HealthChecks[].Id", everywhere=True
    ),
    "aws:sqs/queue:Queue": Listing("sqs", "list_queues", "QueueUrls[]"),
    "aws:ssm/parameter:Parameter": Listing("ssm", "describe_parameters", "Parameters[].Name"),
}
