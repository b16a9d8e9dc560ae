"""What AWS would refuse although nothing is replaced: better known before the first import."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from operations.adopt.matches import FOUND, Match, Matches

DATABASE, SUBNETS = "aws:rds/instance:Instance", "aws:rds/subnetGroup:SubnetGroup"
SUBNET, VPC = "aws:ec2/subnet:Subnet", "aws:ec2/vpc:Vpc"


def obstacles(matches: Matches) -> list[str]:
    """Return a line for each of them."""
    return [*_overlaps(matches), *_groups(matches), *_subnets_in_use(matches)]


def _of(matches: Matches, type_: str) -> list[Match]:
    return [each for each in matches.matches if each.resource.type == type_]


def _imported(matches: Matches, type_: str) -> list[Match]:
    return [each for each in _of(matches, type_) if each.standing == FOUND]


def _overlaps(matches: Matches) -> Iterator[str]:
    """Yield subnets that would overlap in a VPC (EC2 API, CreateSubnet)."""
    vpcs = {each.item.id for each in _imported(matches, VPC) if each.item}
    stay = {each.item.id for each in _imported(matches, SUBNET) if each.item}
    there = [
        item
        for item in (*matches.left, *(each.item for each in matches.matches if each.item))
        if item.type == SUBNET and item.properties.get("vpcId") in vpcs and item.id not in stay
    ]
    for each in _of(matches, SUBNET):
        block = each.resource.properties.get("cidrBlock")
        if each.standing == FOUND or not isinstance(block, str):
            continue
        for item in there:
            other = str(item.properties["cidrBlock"])
            if IPv4Network(block).overlaps(IPv4Network(other)):
                yield (
                    f"{each.resource}: {block} overlaps {item.id} ({other}), which is there and "
                    "fits no subnet of the program: leave the VPC out, and give identity.cidr "
                    "another range"
                )


def _groups(matches: Matches) -> Iterator[str]:
    """Yield databases that would move to a group in the same VPC (RDS API, ModifyDBInstance)."""
    if not _imported(matches, VPC):
        return
    kept = {each.item.id for each in _imported(matches, SUBNETS) if each.item}
    for each in _imported(matches, DATABASE):
        group = each.item.properties.get("dbSubnetGroupName") if each.item else None
        if group and group not in kept and "replicateSourceDb" not in each.resource.properties:
            yield (
                f"{each.resource}: its subnet group {group} is not imported, and RDS moves a "
                "database to another group only in another VPC: import the group as well"
            )


def _subnets_in_use(matches: Matches) -> Iterator[str]:
    """Yield groups that would lose a subnet in use (RDS API, SubnetAlreadyInUse)."""
    for each in _imported(matches, SUBNETS):
        if each.item and any(change.property == "subnetIds" for change in each.changes):
            yield (
                f"{each.resource}: the program's subnets are others than {each.item.id}'s, and "
                "a subnet that a database stands in can't be taken out: import the subnets as well"
            )
