"""Who refers to a VPC, subnet or security group, where EC2 would refuse to delete it.

moto deletes most of them all the same.
"""

from typing import Any

from sandbox.provider.aws import Aws
from sandbox.services.ec2_tags import GONE, own_items


def interfaces(aws: Aws, **filters: str) -> list[dict[str, Any]]:
    """Return the living network interfaces under filters.

    moto keeps the interface of a NAT gateway that is gone; AWS deletes it with the gateway.
    """
    gateways = own_items(aws, "describe_nat_gateways", "NatGateways")
    dead = {
        address.get("NetworkInterfaceId")
        for gateway in gateways
        if gateway["State"] in GONE
        for address in gateway["NatGatewayAddresses"]
    }
    found = own_items(aws, "describe_network_interfaces", "NetworkInterfaces", **filters)
    return [item for item in found if item["NetworkInterfaceId"] not in dead]


def of_vpc(aws: Aws, id_: str) -> str | None:
    """Return what is still in a VPC (subnets and route tables moto itself looks at)."""
    gateway = own_items(
        aws,
        "describe_internet_gateways",
        "InternetGateways[].InternetGatewayId",
        attachment__vpc_id=id_,
    )
    if gateway:
        return f"internet gateway {gateway[0]} is attached to it (AWS: DependencyViolation)"
    groups = own_items(
        aws,
        "describe_security_groups",
        "SecurityGroups[?GroupName!='default'].GroupId",
        vpc_id=id_,
    )
    if groups:
        return f"security group {groups[0]} is in it (AWS: DependencyViolation)"
    for endpoint in own_items(aws, "describe_vpc_endpoints", "VpcEndpoints", vpc_id=id_):
        if endpoint["VpcId"] == id_ and endpoint["State"] not in GONE:
            return f"endpoint {endpoint['VpcEndpointId']} is in it (AWS: DependencyViolation)"
    acls = own_items(
        aws, "describe_network_acls", "NetworkAcls[?!IsDefault].NetworkAclId", vpc_id=id_
    )
    if acls:
        return f"network ACL {acls[0]} is in it (AWS: DependencyViolation)"
    return None


def of_subnet(aws: Aws, id_: str) -> str | None:
    """Return what has an address in a subnet."""
    for gateway in own_items(aws, "describe_nat_gateways", "NatGateways", subnet_id=id_):
        if gateway["State"] not in GONE:
            return f"NAT gateway {gateway['NatGatewayId']} is in it (AWS: DependencyViolation)"
    if found := interfaces(aws, subnet_id=id_):
        interface = found[0]["NetworkInterfaceId"]
        return f"network interface {interface} is in it (AWS: DependencyViolation)"
    for balancer in aws.every("elbv2.describe_load_balancers", "LoadBalancers[]"):
        if any(zone.get("SubnetId") == id_ for zone in balancer["AvailabilityZones"]):
            name = balancer["LoadBalancerName"]
            return f"load balancer {name} is in it (AWS: DependencyViolation)"
    subnet = aws.find("ec2.describe_subnets", "Subnets[0]", SubnetIds=[id_]) or {}
    for instance in aws.every("rds.describe_db_instances", "DBInstances[]"):
        subnets = (instance.get("DBSubnetGroup") or {}).get("Subnets", [])
        inside = any(each["SubnetIdentifier"] == id_ for each in subnets)
        # A group spans zones; the instance has an address in its own zone's subnet only.
        if inside and instance.get("AvailabilityZone") == subnet.get("AvailabilityZone"):
            name = instance["DBInstanceIdentifier"]
            return f"database instance {name} is in it (AWS: DependencyViolation)"
    if service := _running_service(aws, "subnets", id_):
        return f"tasks of service {service} are in it (AWS: DependencyViolation)"
    return None


def of_group(aws: Aws, id_: str) -> str | None:
    """Return what names a security group: another group's rule, or something with an address."""
    for other in aws.every("ec2.describe_security_groups", "SecurityGroups[]"):
        rules = other["IpPermissions"] + other["IpPermissionsEgress"]
        pairs = [pair["GroupId"] for rule in rules for pair in rule.get("UserIdGroupPairs", [])]
        if other["GroupId"] != id_ and id_ in pairs:
            return (
                f"a rule of security group {other['GroupId']} names it (AWS: DependencyViolation)"
            )
    for endpoint in aws.every("ec2.describe_vpc_endpoints", "VpcEndpoints[]"):
        groups = [group["GroupId"] for group in endpoint.get("Groups", [])]
        if endpoint["State"] not in GONE and id_ in groups:
            return f"endpoint {endpoint['VpcEndpointId']} has it (AWS: DependencyViolation)"
    if found := interfaces(aws, group_id=id_):
        interface = found[0]["NetworkInterfaceId"]
        return f"network interface {interface} has it (AWS: DependencyViolation)"
    return _service_with_group(aws, id_)


def _service_with_group(aws: Aws, id_: str) -> str | None:
    """Return a database, load balancer or service with the group; moto gives them no interface."""
    for balancer in aws.every("elbv2.describe_load_balancers", "LoadBalancers[]"):
        if id_ in balancer.get("SecurityGroups", []):
            name = balancer["LoadBalancerName"]
            return f"load balancer {name} has it (AWS: DependencyViolation)"
    for kind, listed, name in (
        ("rds.describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
        ("rds.describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    ):
        for database in aws.find(kind, listed) or []:
            groups = database.get("VpcSecurityGroups", [])
            if any(group["VpcSecurityGroupId"] == id_ for group in groups):
                return f"database {database[name]} has it (AWS: DependencyViolation)"
    if service := _running_service(aws, "securityGroups", id_):
        return f"tasks of service {service} have it (AWS: DependencyViolation)"
    return None


def _running_service(aws: Aws, member: str, id_: str) -> str | None:
    """Return the name of a service whose tasks have an id in their network's configuration."""
    for cluster in aws.every("ecs.list_clusters", "clusterArns[]"):
        for service in _services(aws, cluster):
            network = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
            if service.get("desiredCount") and id_ in network.get(member, []):
                return str(service["serviceName"])
    return None


def _services(aws: Aws, cluster: str) -> list[dict[str, Any]]:
    arns = aws.find("ecs.list_services", "serviceArns", cluster=cluster) or []
    found: list[dict[str, Any]] = []
    # The request takes ten services at most.
    for start in range(0, len(arns), 10):
        some = arns[start : start + 10]
        found += aws.find("ecs.describe_services", "services", cluster=cluster, services=some) or []
    return [service for service in found if service.get("status") == "ACTIVE"]
