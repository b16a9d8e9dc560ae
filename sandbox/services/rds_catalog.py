"""What RDS offers, as data: engine versions, instance classes, logs, certificates, zones of names.

Sources: cfn-lint 1.58.0 (engine versions, from RDS DescribeDBEngineVersions); Amazon RDS User
Guide, "DB instance classes", "Using SSL/TLS to encrypt a connection to a DB instance"; AWS
General Reference, "Amazon RDS endpoints and quotas". moto takes any version and any class.
"""

import re

POSTGRES: dict[int, tuple[int, int]] = {
    13: (11, 23),
    14: (7, 24),
    15: (2, 19),
    16: (1, 15),
    17: (1, 11),
    18: (1, 6),
}
"""Major version to the first and last minor version on offer."""
DEFAULT_MAJOR = "17"
MAJORS = {"mysql": ("5.7", "8.0", "8.4"), "mariadb": ("10.5", "10.6", "10.11", "11.4", "11.8")}
"""Engines of which only the major version is checked."""

_SMALL = ("micro", "small", "medium", "large", "xlarge", "2xlarge")
_COMMON = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_INTEL = (*_COMMON, "24xlarge")
CLASSES: dict[str, tuple[str, ...]] = {
    "t3": _SMALL,
    "t4g": _SMALL,
    **dict.fromkeys(("m6g", "m6gd", "m7g", "r6g", "r6gd", "r7g"), _COMMON),
    **dict.fromkeys(("m5", "m5d", "r5", "r5b", "r5d"), _INTEL),
    **dict.fromkeys(("m6i", "m6id", "r6i", "r6id"), (*_INTEL, "32xlarge")),
    **dict.fromkeys(("m7i", "m8g", "r7i", "r8g"), (*_INTEL, "48xlarge")),
}
"""Family of instance classes to its sizes."""
CERTIFICATES = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
LOGS = {
    "mariadb": ("audit", "error", "general", "iam-db-auth-error", "slowquery"),
    "mysql": ("audit", "error", "general", "iam-db-auth-error", "slowquery"),
    "postgres": ("iam-db-auth-error", "postgresql", "upgrade"),
}
RESERVED_USERS = {"postgres": ("admin", "rdsadmin"), "mysql": ("rdsadmin",)}
MONITORING_SECONDS = (0, 1, 5, 10, 15, 30, 60)
INSIGHTS_DAYS = (7, *(31 * months for months in range(1, 24)), 731)
GP3_GIB = (20, 65_536)
GP3_TUNABLE_FROM_GIB = 400
"""Below this size gp3 of these engines takes neither iops nor throughput."""

HOSTED_ZONES = {
    "ap-northeast-1": "Z24O6O9L7SGTNB",
    "ap-southeast-1": "Z2G0U3KFCY8NZ5",
    "ap-southeast-2": "Z32T0VRHXEXS0V",
    "eu-central-1": "Z1RLNUO7B9Q6NB",
    "eu-west-1": "Z29XKXDKYMONMX",
    "eu-west-2": "Z1TTGA775OQIYB",
    "us-east-1": "Z2R2ITUGPM61AM",
    "us-east-2": "Z2XHWR1WZ565X2",
    "us-west-1": "Z10WI91S59XXQN",
    "us-west-2": "Z1PVIF0B656C1W",
}
"""Region to the hosted zone of its instances' names."""


def version_problem(engine: str, version: str) -> str | None:
    """Return why RDS has not this engine version; None where it has, or the engine is not known."""
    if engine in MAJORS:
        majors = MAJORS[engine]
        if any(version == major or version.startswith(f"{major}.") for major in majors):
            return None
        return f"RDS has no {engine} {version}; its major versions are {', '.join(majors)}"
    if engine != "postgres":
        return None
    found = re.fullmatch(r"(\d+)(?:\.(\d+))?(?:-R\d+)?", version)
    span = POSTGRES.get(int(found[1])) if found else None
    if found is None or span is None:
        known = ", ".join(map(str, POSTGRES))
        return f"RDS has no postgres {version}; its major versions are {known}"
    if found[2] is not None and not span[0] <= int(found[2]) <= span[1]:
        return f"RDS has postgres {found[1]}.{span[0]} to {found[1]}.{span[1]}, not {version}"
    return None


def class_problem(instance_class: str) -> str | None:
    """Return why there is no such instance class, if there is none."""
    prefix, _, rest = instance_class.partition(".")
    family, _, size = rest.partition(".")
    if prefix != "db" or family not in CLASSES:
        return f"must be db.<family>.<size> with a family of {', '.join(CLASSES)}"
    if size not in CLASSES[family]:
        return f"{family} has the sizes {', '.join(CLASSES[family])}"
    return None


def full_version(engine: str, version: str) -> str:
    """Return the version that RDS makes of a major version alone, or of none: the last minor."""
    if engine == "postgres" and not version:
        version = DEFAULT_MAJOR
    if engine == "postgres" and version.isdigit() and int(version) in POSTGRES:
        return f"{version}.{POSTGRES[int(version)][1]}"
    return version


def family(engine: str, version: str) -> str:
    """Return the family of parameter groups that a version takes."""
    parts = version.split(".")
    return f"{engine}{parts[0]}" if engine == "postgres" else f"{engine}{'.'.join(parts[:2])}"


def major(engine: str, version: str) -> str:
    """Return the major version, as the engine counts it."""
    return family(engine, version).removeprefix(engine)
