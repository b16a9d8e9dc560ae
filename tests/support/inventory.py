"""What a sandbox's AWS really holds, listed by boto3 beside Pulumi and the stand-in provider."""

from collections.abc import Callable, Mapping
from typing import Any

Client = Any
Of = Callable[[str], Client]
"""From boto3's name of a service to its client in the account."""

TAGGED = {
    "aws:ec2/vpc:Vpc": ("describe_vpcs", "Vpcs", "VpcId"),
    "aws:ec2/subnet:Subnet": ("describe_subnets", "Subnets", "SubnetId"),
    "aws:ec2/internetGateway:InternetGateway": (
        "describe_internet_gateways",
        "InternetGateways",
        "InternetGatewayId",
    ),
    "aws:ec2/eip:Eip": ("describe_addresses", "Addresses", "AllocationId"),
    "aws:ec2/natGateway:NatGateway": ("describe_nat_gateways", "NatGateways", "NatGatewayId"),
    "aws:ec2/routeTable:RouteTable": ("describe_route_tables", "RouteTables", "RouteTableId"),
    "aws:ec2/securityGroup:SecurityGroup": (
        "describe_security_groups",
        "SecurityGroups",
        "GroupId",
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "aws:ec2/flowLog:FlowLog": ("describe_flow_logs", "FlowLogs", "FlowLogId"),
}
"""EC2 types: objects with tags are the program's, those without came with the account."""
TAKEN_OVER = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "aws:ec2/securityGroup:SecurityGroup"
}
"""What AWS makes by itself and the program tags."""


def held(of: Of) -> dict[str, set[str]]:
    """Return the ids that an account holds in its own region, by Pulumi's type."""
    ec2 = of("ec2")
    found = {
        token: {
            str(item[id_])
            for item in getattr(ec2, operation)()[items]
            if item.get("Tags") and item.get("State") not in {"deleted", "deleting"}
        }
        for token, (operation, items, id_) in TAGGED.items()
    }
    found |= {token: set(listed(of)) for token, listed in LISTED.items()}
    return found


def recorded(resources: list[dict[str, Any]], region: str) -> dict[str, set[str]]:
    """Return the ids in a stack's state, for the same types and region."""
    found: dict[str, set[str]] = {token: set() for token in (*TAGGED, *LISTED)}
    for resource in resources:
        here = resource.get("outputs", {}).get("region", region) == region
        kind = TAKEN_OVER.get(resource["type"], resource["type"])
        if kind in found and here and "archive" not in resource.get("provider", ""):
            found[kind].add(str(resource["id"]))
    return found


def _keys(of: Of) -> list[str]:
    kms = of("kms")
    ids = [key["KeyId"] for key in kms.list_keys()["Keys"]]
    described = [kms.describe_key(KeyId=id_)["KeyMetadata"] for id_ in ids]
    alive = [key for key in described if key["KeyState"] != "PendingDeletion"]
    return [key["KeyId"] for key in alive if key["KeyManager"] == "CUSTOMER"]


def _roles(of: Of) -> list[str]:
    roles = of("iam").list_roles(MaxItems=500)["Roles"]
    return [r["RoleName"] for r in roles if r.get("Description") != "before the program"]


def _clusters(of: Of) -> list[str]:
    """List clusters; a deleted one can be described for a while and is inactive."""
    ecs = of("ecs")
    arns = ecs.list_clusters()["clusterArns"]
    described = ecs.describe_clusters(clusters=arns)["clusters"] if arns else []
    return [each["clusterArn"] for each in described if each["status"] == "ACTIVE"]


def _services(of: Of) -> list[str]:
    ecs = of("ecs")
    found = []
    for cluster in ecs.list_clusters()["clusterArns"]:
        arns = ecs.list_services(cluster=cluster)["serviceArns"]
        shown = ecs.describe_services(cluster=cluster, services=arns)["services"] if arns else []
        found += [each["serviceArn"] for each in shown if each["status"] == "ACTIVE"]
    return found


def _zones(of: Of) -> list[str]:
    zones = of("route53").list_hosted_zones()["HostedZones"]
    ids = [zone["Id"].removeprefix("/hostedzone/") for zone in zones]
    return [id_ for id_ in ids if not id_.startswith("Z0PARENT")]


LISTED: Mapping[str, Callable[[Of], list[str]]] = {
    "aws:acm/certificate:Certificate": lambda of: [
        each["CertificateArn"] for each in of("acm").list_certificates()["CertificateSummaryList"]
    ],
    "aws:backup/vault:Vault": lambda of: [
        each["BackupVaultName"] for each in of("backup").list_backup_vaults()["BackupVaultList"]
    ],
    "aws:cloudtrail/trail:Trail": lambda of: [
        each["TrailARN"] for each in of("cloudtrail").describe_trails()["trailList"]
    ],
    "aws:ecr/repository:Repository": lambda of: [
        each["repositoryName"] for each in of("ecr").describe_repositories()["repositories"]
    ],
    "aws:ecs/cluster:Cluster": _clusters,
    "aws:ecs/service:Service": _services,
    "aws:iam/role:Role": _roles,
    "aws:kms/key:Key": _keys,
    "aws:lb/loadBalancer:LoadBalancer": lambda of: [
        each["LoadBalancerArn"] for each in of("elbv2").describe_load_balancers()["LoadBalancers"]
    ],
    "aws:lb/targetGroup:TargetGroup": lambda of: [
        each["TargetGroupArn"] for each in of("elbv2").describe_target_groups()["TargetGroups"]
    ],
    "aws:rds/instance:Instance": lambda of: [
        each["DbiResourceId"] for each in of("rds").describe_db_instances()["DBInstances"]
    ],
    "aws:rds/subnetGroup:SubnetGroup": lambda of: [
        each["DBSubnetGroupName"]
        for each in of("rds").describe_db_subnet_groups()["DBSubnetGroups"]
    ],
    "aws:route53/zone:Zone": _zones,
    "aws:sns/topic:Topic": lambda of: [
        each["TopicArn"] for each in of("sns").list_topics()["Topics"]
    ],
    "aws:wafv2/webAcl:WebAcl": lambda of: [
        each["Id"] for each in of("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]
    ],
}
"""Types whose every object in the account is the program's."""
