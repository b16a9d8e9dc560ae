"""Trials of the rules for who reaches a database."""

from policies.graph import Resource
from policies.rules import database, secrets
from policies.rules import database_access as rules
from policies.verdict import Kind
from tests.policies.rules.database import REPLICA, instance
from tests.policies.rules.trials import (
    Trial,
    added,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)

PARAMETERS = Resource(
    database.PARAMETERS,
    "parameters",
    properties={
        "parameters": [
            {"name": "log_statement", "value": "ddl"},
            {"name": "rds.force_ssl", "value": "1"},
        ]
    },
)
SUBNETS = Resource(rules.SUBNET_GROUP, "subnets")
PASSWORD = Resource(
    secrets.PASSWORD, "password", properties={"length": 64.0, "keepers": {"a": "b"}}
)
DATABASE_GROUP = Resource(rules.SECURITY_GROUP, "database-group")
TASK_GROUP = Resource(rules.SECURITY_GROUP, "task-group")
KEYS = {
    "parameterGroupName": (PARAMETERS.key,),
    "dbSubnetGroupName": (SUBNETS.key,),
    "password": (PASSWORD.key,),
    "vpcSecurityGroupIds": (DATABASE_GROUP.key,),
}


def linked_instance(name: str) -> Resource:
    """Return a database with one property, built from another resource."""
    return Resource(
        database.INSTANCE, "database", properties={name: "${it}"}, links={name: KEYS[name]}
    )


def ingress(name: str, of: Resource, source: Resource | None, **properties: object) -> Resource:
    """Return what lets a group, or an address, into a group."""
    links = {"securityGroupId": (of.key,)}
    if source is not None:
        links["referencedSecurityGroupId"] = (source.key,)
    return Resource(rules.INGRESS, name, properties=properties, links=links)


FROM_TASKS = ingress("from-tasks", DATABASE_GROUP, TASK_GROUP)
TO_TASKS = ingress("to-tasks", TASK_GROUP, DATABASE_GROUP)
COMMON_NAMES = (
    "admin",
    "administrator",
    "master",
    "postgres",
    "rdsadmin",
    "root",
    "sa",
    "superuser",
    "user",
)
FROM_WORLD = {"cidrIpv4": "0.0.0.0/0"}

TRIALS = [
    Trial(
        rules.not_public,
        good=[instance(publiclyAccessible=False)],
        wrong=[
            put("publiclyAccessible", True),
            all_changes(REPLICA, put("publiclyAccessible", True)),
        ],
        absent=(without("publiclyAccessible"), Kind.PASS),
        unknown=(unknown("publiclyAccessible"), Kind.UNKNOWN),
        nested=[(put("publiclyAccessible", 0.0), Kind.FAIL)],
    ),
    Trial(
        rules.in_own_subnets,
        good=[linked_instance("dbSubnetGroupName"), SUBNETS],
        wrong=[linked({"dbSubnetGroupName": ()}), linked({"dbSubnetGroupName": [TASK_GROUP.key]})],
        absent=(
            all_changes(without("dbSubnetGroupName"), linked({"dbSubnetGroupName": ()})),
            Kind.FAIL,
        ),
        unknown=(unknown("dbSubnetGroupName"), Kind.PASS),
        other=[all_changes(REPLICA, linked({"dbSubnetGroupName": ()}))],
    ),
    Trial(
        rules.only_groups_let_in,
        good=[linked_instance("vpcSecurityGroupIds"), DATABASE_GROUP, TASK_GROUP, FROM_TASKS],
        wrong=[
            put("cidrIpv4", "10.0.0.0/8", at=3),
            put("cidrIpv6", "::/0", at=3),
            put("prefixListId", "pl-1", at=3),
            linked({"referencedSecurityGroupId": ()}, at=3),
            put("ingress", [{"cidrBlocks": ["0.0.0.0/0"]}], at=1),
            put("ingress", [{"ipv6CidrBlocks": ["::/0"]}], at=1),
            put("ingress", [{"prefixListIds": ["pl-1"]}], at=1),
            added(ingress("from-world", DATABASE_GROUP, None, **FROM_WORLD)),
        ],
        absent=(linked({"vpcSecurityGroupIds": ()}), Kind.FAIL),
        unknown=(unknown("cidrIpv4", at=3), Kind.UNKNOWN),
        nested=[
            (dropped(3), Kind.PASS),
            # As the provider reports rules of their own.
            (
                put(
                    "ingress", [{"cidrBlocks": [], "ipv6CidrBlocks": [], "prefixListIds": []}], at=1
                ),
                Kind.PASS,
            ),
            (put("ingress", [{"securityGroups": ["sg-1"]}], at=1), Kind.PASS),
            (unknown("ingress", at=1), Kind.UNKNOWN),
            (
                all_changes(unknown("ingress", at=1), put("cidrIpv4", "10.0.0.0/8", at=3)),
                Kind.FAIL,
            ),
            (put("ingress", [{"cidrBlocks": []}, {"cidrBlocks": ["::/0"]}], at=1), Kind.FAIL),
            (added(ingress("elsewhere", TASK_GROUP, None, **FROM_WORLD)), Kind.PASS),
        ],
    ),
    Trial(
        rules.behind_the_entrance,
        good=[
            linked_instance("vpcSecurityGroupIds"),
            DATABASE_GROUP,
            TASK_GROUP,
            FROM_TASKS,
            TO_TASKS,
        ],
        wrong=[
            put("cidrIpv4", "0.0.0.0/0", at=4),
            put("ingress", [{"cidrBlocks": ["0.0.0.0/0"]}], at=2),
            added(ingress("from-world", TASK_GROUP, None, **FROM_WORLD)),
        ],
        absent=(dropped(4), Kind.PASS),
        unknown=(unknown("cidrIpv6", at=4), Kind.UNKNOWN),
        nested=[
            (all_changes(unknown("ingress", at=2), put("cidrIpv4", "::/0", at=4)), Kind.FAIL),
            (dropped(3), Kind.PASS),
        ],
    ),
    Trial(
        rules.tls_forced,
        good=[linked_instance("parameterGroupName"), PARAMETERS],
        wrong=[
            put("parameters[1].value", "0", at=1),
            linked({"parameterGroupName": ()}),
            dropped(1),
            put("parameters", "none", at=1),
        ],
        absent=(without("parameters[1]", at=1), Kind.FAIL),
        unknown=(unknown("parameters[1].value", at=1), Kind.UNKNOWN),
        nested=[
            (unknown("parameters[0].value", at=1), Kind.PASS),
            (unknown("parameters[0].name", at=1), Kind.PASS),
            (unknown("parameters[1].name", at=1), Kind.UNKNOWN),
            (unknown("parameters", at=1), Kind.UNKNOWN),
            (put("parameters[0]", {"name": "rds.force_ssl", "value": "0"}, at=1), Kind.FAIL),
        ],
    ),
    Trial(
        rules.recent_ca,
        good=[instance(caCertIdentifier="rds-ca-rsa2048-g1")],
        wrong=[put("caCertIdentifier", "rds-ca-2019"), put("caCertIdentifier", 1)],
        absent=(without("caCertIdentifier"), Kind.PASS),
        unknown=(unknown("caCertIdentifier"), Kind.UNKNOWN),
        nested=[(put("caCertIdentifier", "rds-ca-ecc384-g1"), Kind.PASS)],
    ),
    Trial(
        rules.iam_logins_on,
        good=[instance(iamDatabaseAuthenticationEnabled=True)],
        wrong=[put("iamDatabaseAuthenticationEnabled", False)],
        absent=(without("iamDatabaseAuthenticationEnabled"), Kind.FAIL),
        unknown=(unknown("iamDatabaseAuthenticationEnabled"), Kind.UNKNOWN),
    ),
    Trial(
        rules.own_admin_name,
        good=[instance(username="storefront_owner")],
        wrong=[
            *(put("username", name) for name in COMMON_NAMES),
            put("username", "Admin"),
            put("username", ""),
        ],
        absent=(without("username"), Kind.FAIL),
        unknown=(unknown("username"), Kind.UNKNOWN),
        nested=[(put("username", ["storefront_owner"]), Kind.FAIL)],
        other=[all_changes(REPLICA, without("username"))],
    ),
    Trial(
        rules.random_password,
        good=[linked_instance("password"), PASSWORD],
        wrong=[
            linked({"password": ()}),
            linked({"password": [SUBNETS.key]}),
            put("passwordWo", "hunter2"),
        ],
        absent=(without("password"), Kind.NOT_APPLICABLE),
        unknown=(unknown("password"), Kind.PASS),
        nested=[(all_changes(unknown("password"), linked({"password": ()})), Kind.FAIL)],
        other=[
            all_changes(REPLICA, without("password")),
            all_changes(put("manageMasterUserPassword", True), without("password")),
        ],
    ),
]
