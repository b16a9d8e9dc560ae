"""Settings as they can be read off what is deployed: which key, from which property of what.

What is read is what stands there, whether or not the settings can say it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.adopt.changes import KEEPING
from operations.adopt.inventory import Inventory, Item
from operations.adopt.matches import FOUND, Matches
from operations.adopt.wanted import Wanted

DATABASE, VPC = "aws:rds/instance:Instance", "aws:ec2/vpc:Vpc"
TARGETS, LISTENER = "aws:lb/targetGroup:TargetGroup", "aws:lb/listener:Listener"
SERVICE, TASK = "aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition"
SCALED, NAT = "aws:appautoscaling/target:Target", "aws:ec2/natGateway:NatGateway"
GROUP, SUBNET = "aws:cloudwatch/logGroup:LogGroup", "aws:ec2/subnet:Subnet"
CERTIFICATE, PARAMETERS = (
    "aws:acm/certificate:Certificate",
    "aws:rds/parameterGroup:ParameterGroup",
)
TLS_FORCED = "rds.force_ssl"
"""The blueprint sets it itself."""


@dataclass(frozen=True)
class Reading:
    """One setting as it was found."""

    key: str
    """``scale.database.instanceClass``."""
    value: Any
    source: str
    """The id of what it was read from."""


@dataclass(frozen=True)
class Found:
    """An account and what of it is which of the program's resources."""

    wanted: Wanted
    inventory: Inventory
    matches: Matches

    def item(self, type_: str, name: str) -> Item | None:
        """Return what a resource of the program's is paired with, imported or beside."""
        found = self.matches.by_key.get((type_, name))
        return found.item if found else None


PLAIN: tuple[tuple[str, str, str, str], ...] = (
    ("shape.database.engineVersion", DATABASE, "database-instance", "engineVersion"),
    ("shape.database.name", DATABASE, "database-instance", "dbName"),
    ("shape.database.port", DATABASE, "database-instance", "port"),
    ("shape.database.masterUser", DATABASE, "database-instance", "username"),
    ("shape.database.backupWindow", DATABASE, "database-instance", "backupWindow"),
    ("shape.database.maintenanceWindow", DATABASE, "database-instance", "maintenanceWindow"),
    ("shape.database.caCertificate", DATABASE, "database-instance", "caCertIdentifier"),
    ("scale.database.instanceClass", DATABASE, "database-instance", "instanceClass"),
    ("scale.database.storageGib", DATABASE, "database-instance", "allocatedStorage"),
    ("scale.database.maxStorageGib", DATABASE, "database-instance", "maxAllocatedStorage"),
    ("scale.database.multiAz", DATABASE, "database-instance", "multiAz"),
    ("scale.database.backupDays", DATABASE, "database-instance", "backupRetentionPeriod"),
    ("scale.database.monitoringSeconds", DATABASE, "database-instance", "monitoringInterval"),
    ("identity.cidr", VPC, "network-vpc", "cidrBlock"),
    ("shape.web.port", TARGETS, "load-balancer-targets", "port"),
    ("shape.tls.policy", LISTENER, "load-balancer-https", "sslPolicy"),
)
"""Key, type, logical name, property."""
CHECK = {
    "path": "path",
    "interval": "intervalSeconds",
    "timeout": "timeoutSeconds",
    "healthyThreshold": "healthyCount",
    "unhealthyThreshold": "unhealthyCount",
}


def readings(found: Found) -> list[Reading]:
    """Return every setting that could be read, one for each key."""
    readers: tuple[Callable[[Found], Iterator[Reading]], ...] = (
        _plain, _network, _database, _entrance, _services, _logs, _names,
    )  # fmt: skip
    return [reading for reader in readers for reading in reader(found)]


def _plain(found: Found) -> Iterator[Reading]:
    yield Reading("identity.account", found.inventory.account, "the credentials")
    for key, type_, name, property_ in PLAIN:
        item = found.item(type_, name)
        if item and item.properties.get(property_) is not None:
            yield Reading(key, item.properties[property_], item.id)


def _network(found: Found) -> Iterator[Reading]:
    vpc = found.item(VPC, "network-vpc")
    if vpc is None:
        return
    inside = [each for each in found.inventory.of(SUBNET) if each.properties.get("vpcId") == vpc.id]
    zones = sorted({str(each.properties["availabilityZone"])[-1] for each in inside})
    yield Reading("shape.network.zones", zones, vpc.id)
    ids = {each.id for each in inside}
    gateways = [each for each in found.inventory.of(NAT) if each.properties.get("subnetId") in ids]
    yield Reading("scale.network.natGateways", len(gateways), vpc.id)


def _database(found: Found) -> Iterator[Reading]:
    database = found.item(DATABASE, "database-instance")
    if database is None:
        return
    copies = [
        each
        for each in found.inventory.of(DATABASE)
        if str(each.properties.get("replicateSourceDb", "")).split(":")[-1] == database.id
    ]
    yield Reading("scale.database.readReplicas", len(copies), database.id)
    group = found.item(PARAMETERS, "database-parameters")
    given = group.properties.get("parameters") if group else None
    if group and given:
        values = {str(each["name"]): str(each["value"]) for each in given}
        values.pop(TLS_FORCED, None)
        yield Reading("shape.database.parameters", dict(sorted(values.items())), group.id)


def _entrance(found: Found) -> Iterator[Reading]:
    targets = found.item(TARGETS, "load-balancer-targets")
    for name, key in CHECK.items():
        value = (targets.properties.get("healthCheck") or {}).get(name) if targets else None
        if targets and value is not None:
            yield Reading(f"shape.web.healthCheck.{key}", value, targets.id)
    certificate = found.item(CERTIFICATE, "certificate-certificate")
    if certificate:
        domain = str(certificate.properties["domainName"])
        others = certificate.properties.get("subjectAlternativeNames") or []
        inside = [str(each).removesuffix(f".{domain}") for each in others if each != domain]
        yield Reading("shape.tls.subdomains", sorted(inside), certificate.id)


def _services(found: Found) -> Iterator[Reading]:
    for part in ("web", "worker"):
        service = found.item(SERVICE, f"{part}-service")
        if service is None:
            continue
        yield from _sizes(found, part, service)
        task = task_of(found.inventory, service)
        if task is None:
            continue
        yield Reading(f"scale.{part}.cpu", int(task.properties["cpu"]), task.id)
        yield Reading(f"scale.{part}.memoryMib", int(task.properties["memory"]), task.id)
        command = containers(task)[0].get("command")
        if command:
            yield Reading(f"shape.{part}.command", command, task.id)


def _sizes(found: Found, part: str, service: Item) -> Iterator[Reading]:
    scaled = next(
        (
            each
            for each in found.inventory.of(SCALED)
            if str(each.properties.get("resourceId")) == f"service/{service.id}"
        ),
        None,
    )
    least = scaled.properties["minCapacity"] if scaled else service.properties.get("desiredCount")
    if least is not None:
        yield Reading(f"scale.{part}.min", least, (scaled or service).id)
    if scaled:
        yield Reading(f"scale.{part}.max", scaled.properties["maxCapacity"], scaled.id)


def _logs(found: Found) -> Iterator[Reading]:
    groups = found.inventory.of(GROUP)
    days = sorted({int(each.properties.get("retentionInDays") or 0) for each in groups})
    if len(days) == 1 and days[0]:
        yield Reading("shape.logs.retentionDays", days[0], f"{len(groups)} log groups")


def _names(found: Found) -> Iterator[Reading]:
    """Yield the names that only ``identity.adopted`` keeps."""
    names = [
        {"logicalName": each.resource.name, "physicalName": each.item.properties["name"]}
        for each in found.matches.matches
        if each.standing == FOUND and each.item and each.resource.type in KEEPING
    ]
    if names:
        yield Reading("identity.adopted", names, "what is to be imported")


def task_of(inventory: Inventory, service: Item) -> Item | None:
    """Return the task definition that a service runs."""
    wanted = service.properties.get("taskDefinition")
    return next((each for each in inventory.of(TASK) if each.id == wanted), None)


def containers(task: Item) -> list[Mapping[str, Any]]:
    """Return what a task definition starts."""
    found: list[Mapping[str, Any]] = json.loads(task.properties["containerDefinitions"])
    return found
