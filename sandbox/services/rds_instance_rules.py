"""What RDS refuses of a database instance, and moto does not: by the inputs, and by what exists.

Source: RDS API reference, CreateDBInstance and ModifyDBInstance; RDS User Guide, "DB instance
storage" and "Settings for DB instances".
"""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props, is_known
from sandbox.services import rds_catalog as catalog
from sandbox.services.forms import known_keys
from sandbox.services.references import require_key, require_role

IDENTIFIER = re.compile(r"(?=.{1,63}$)[a-z](-?[a-z0-9])*")
PREFIX = re.compile(r"(?=.{1,37}$)[a-z](-?[a-z0-9])*-?")
"""What stands before the 26 characters that the provider adds."""
DATABASE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
WINDOW = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
DAY = r"(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d"
WEEKLY = re.compile(f"{DAY}-{DAY}", re.IGNORECASE)
PASSWORD = re.compile(r"[^\s/\"@]{8,128}")
MOMENT = (
    "restoreTime",
    "sourceDbInstanceAutomatedBackupsArn",
    "sourceDbInstanceIdentifier",
    "sourceDbiResourceId",
    "useLatestRestorableTime",
)
BACKUP_DAYS = 35
ADVANCED_INSIGHTS_DAYS = 465


def problems(props: Props) -> Iterator[Problem]:
    """Yield what is wrong with the inputs by themselves; unknown values are left alone."""
    yield from known_keys("restoreToPointInTime", props.get("restoreToPointInTime"), MOMENT)
    yield from known_keys("blueGreenUpdate", props.get("blueGreenUpdate"), ("enabled",))
    known = {name: value for name, value in props.items() if is_known(value)}
    yield from _forms(known)
    yield from _offered(known)
    yield from _storage(known)
    yield from _watching(known)
    yield from _origin(props)


def _forms(known: Props) -> Iterator[Problem]:
    for name, pattern, form in (
        ("identifier", IDENTIFIER, "1 to 63 lower-case letters, digits and single hyphens"),
        ("identifierPrefix", PREFIX, "1 to 37 lower-case letters, digits and single hyphens"),
        ("dbName", DATABASE, "a letter or underscore, then letters, digits and underscores"),
        ("backupWindow", WINDOW, "hh:mm-hh:mm"),
        ("maintenanceWindow", WEEKLY, "ddd:hh:mm-ddd:hh:mm"),
        ("password", PASSWORD, "8 to 128 characters without space, slash, quote and @"),
    ):
        if name in known and not pattern.fullmatch(str(known[name])):
            shown = "" if name == "password" else f", got {known[name]!r}"
            yield name, f"must be {form}{shown}"
    days = known.get("backupRetentionPeriod", 0)
    if not 0 <= int(days) <= BACKUP_DAYS:
        yield "backupRetentionPeriod", f"must be between 0 and {BACKUP_DAYS}, got {days}"


def _offered(known: Props) -> Iterator[Problem]:
    engine = str(known.get("engine", ""))
    if (version := known.get("engineVersion")) and (
        why := catalog.version_problem(engine, str(version))
    ):
        yield "engineVersion", why
    if why := catalog.class_problem(str(known.get("instanceClass", "db.t4g.micro"))):
        yield "instanceClass", why
    certificate = known.get("caCertIdentifier")
    if certificate and certificate not in catalog.CERTIFICATES:
        yield "caCertIdentifier", f"must be one of {', '.join(catalog.CERTIFICATES)}"
    allowed = catalog.LOGS.get(engine)
    for log in known.get("enabledCloudwatchLogsExports") or []:
        if allowed and log not in allowed:
            yield "enabledCloudwatchLogsExports", f"{engine} has no log {log!r}"
    if known.get("username") in catalog.RESERVED_USERS.get(engine, ()):
        yield "username", f"{known['username']} is a reserved word of {engine}"


def _storage(known: Props) -> Iterator[Problem]:
    size, most = known.get("allocatedStorage"), known.get("maxAllocatedStorage")
    if size is not None and most and int(most) <= int(size):
        yield "maxAllocatedStorage", f"must be above allocatedStorage ({size}), got {most}"
    if known.get("storageEncrypted") is False and known.get("kmsKeyId"):
        yield "kmsKeyId", "needs storageEncrypted"
    if known.get("storageType") != "gp3" or known.get("engine") not in catalog.LOGS:
        return
    low, high = catalog.GP3_GIB
    if size is not None and not low <= int(size) <= high:
        yield "allocatedStorage", f"must be between {low} and {high} for gp3, got {size}"
    for name in ("iops", "storageThroughput"):
        if known.get(name) and size is not None and int(size) < catalog.GP3_TUNABLE_FROM_GIB:
            least = catalog.GP3_TUNABLE_FROM_GIB
            yield name, f"cannot be set for gp3 below {least} GiB, got {size} GiB"


def _watching(known: Props) -> Iterator[Problem]:
    seconds = known.get("monitoringInterval", 0)
    if int(seconds) not in catalog.MONITORING_SECONDS:
        allowed = ", ".join(map(str, catalog.MONITORING_SECONDS))
        yield "monitoringInterval", f"must be one of {allowed}, got {seconds}"
    days = known.get("performanceInsightsRetentionPeriod")
    if days and int(days) not in catalog.INSIGHTS_DAYS:
        yield (
            "performanceInsightsRetentionPeriod",
            f"must be 7, 731 or months of 31 days, got {days}",
        )
    if known.get("databaseInsightsMode") == "advanced" and (
        not known.get("performanceInsightsEnabled") or int(days or 7) < ADVANCED_INSIGHTS_DAYS
    ):
        yield (
            "databaseInsightsMode",
            "advanced needs performanceInsightsEnabled and a retention of 465 days at least",
        )


def _origin(props: Props) -> Iterator[Problem]:
    """Yield what does not fit where the instance's data come from."""
    sources = ("replicateSourceDb", "restoreToPointInTime", "snapshotIdentifier")
    given = [name for name in sources if props.get(name)]
    if len(given) > 1:
        yield given[1], f"cannot stand beside {given[0]}"
    passwords = [
        name for name in ("manageMasterUserPassword", "password", "passwordWo") if props.get(name)
    ]
    if len(passwords) > 1:
        yield passwords[1], f"cannot stand beside {passwords[0]}"
    if props.get("monitoringInterval") and "monitoringRoleArn" not in props:
        yield "monitoringRoleArn", "is required with a monitoringInterval above 0"
    if given:
        named = given[0] != "restoreToPointInTime" and props.get("dbName")
        if named and props.get("engine", "postgres") == "postgres":
            yield "dbName", f"PostgreSQL takes none beside {given[0]}: the data bring their own"
        return
    begins = ("allocatedStorage", "engine", "username")
    if not any(name in props for name in begins):
        # A replica that was promoted has them from its source.
        return
    for name in begins:
        if name not in props:
            yield name, "is required for an instance that begins empty"
    if not passwords:
        yield "password", "is required, or manageMasterUserPassword"


def refuse(aws: Aws, request: str, new: Props, names: set[str], version: str) -> None:
    """Refuse references to what does not exist, before anything is changed.

    moto takes most of them, and a change that it does refuse is half made by then. ``version`` is
    the engine's after the change.
    """
    given = {name: value for name, value in new.items() if name in names and value}
    _groups(aws, request, given, str(new.get("engine", "postgres")), version)
    for name in ("kmsKeyId", "masterUserSecretKmsKeyId", "performanceInsightsKmsKeyId"):
        require_key(aws, request, given.get(name))
    require_role(aws, request, given.get("monitoringRoleArn"), "monitoring.rds.amazonaws.com")


def _groups(aws: Aws, request: str, given: dict[str, Any], engine: str, version: str) -> None:
    if name := given.get("dbSubnetGroupName"):
        found = aws.find("rds.describe_db_subnet_groups", "@", DBSubnetGroupName=name)
        if found is None:
            code = "DBSubnetGroupNotFoundFault"
            raise AwsError(request, code, f"DB subnet group '{name}' does not exist")
    for group in given.get("vpcSecurityGroupIds") or []:
        if aws.find("ec2.describe_security_groups", "@", GroupIds=[group]) is None:
            raise AwsError(request, "InvalidVPCNetworkStateFault", f"no security group {group}")
    name = given.get("parameterGroupName")
    if name and not name.startswith("default."):
        path = "DBParameterGroups[0].DBParameterGroupFamily"
        family = aws.find("rds.describe_db_parameter_groups", path, DBParameterGroupName=name)
        if family is None:
            raise AwsError(
                request, "DBParameterGroupNotFound", f"DBParameterGroup {name} not found"
            )
        wanted = catalog.family(engine, version)
        if family != wanted:
            raise AwsError(
                request,
                "InvalidParameterCombination",
                f"the parameter group {name} is for {family}, the engine version needs {wanted}",
            )
    name = given.get("optionGroupName")
    if name and not name.startswith("default:"):
        found = aws.find("rds.describe_option_groups", "OptionGroupsList[0]", OptionGroupName=name)
        if found is None:
            raise AwsError(request, "OptionGroupNotFoundFault", f"option group {name} not found")


def refuse_change(request: str, live: dict[str, Any], new: Props) -> None:
    """Refuse a change that RDS would: less storage, an older engine, a new major one unasked."""
    name, size, asked = (
        live["DBInstanceIdentifier"],
        live["AllocatedStorage"],
        new.get("allocatedStorage"),
    )
    if asked is not None and int(asked) < int(size):
        raise AwsError(
            request,
            "InvalidParameterCombination",
            f"the storage of {name} cannot shrink from {size} to {asked} GiB",
        )
    engine = live["Engine"]
    was = live["EngineVersion"]
    wanted = str(new.get("engineVersion") or was)
    if was == wanted or was.startswith(f"{wanted}."):
        return
    if _order(wanted) < _order(was):
        raise AwsError(
            request,
            "InvalidParameterCombination",
            f"cannot upgrade {engine} from {was} to {wanted}",
        )
    crosses = catalog.major(engine, was) != catalog.major(engine, wanted)
    if crosses and not new.get("allowMajorVersionUpgrade"):
        raise AwsError(
            request,
            "InvalidParameterCombination",
            f"the AllowMajorVersionUpgrade flag must be present to go from {was} to {wanted}",
        )


def _order(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]
