"""Rules for who reaches an RDS instance, from where and as which user."""

import re

from policies.graph import Graph, Resource
from policies.place import Place, every
from policies.rule import Severity, rule
from policies.rules.database import INSTANCE, is_replica, parameter
from policies.rules.secrets import random_only
from policies.verdict import NOT_APPLICABLE, PASS, Verdict, all_of, fail

SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"

DEFAULT_CA = "rds-ca-rsa2048-g1"
"""Of an account that chose no other (AWS docs "Using SSL/TLS to encrypt a connection")."""
RECENT_CA = re.compile(r"rds-ca-(?:rsa|ecc)[0-9]+-g[0-9]+")
"""Those with a year in their name, such as ``rds-ca-2019``, have expired."""
COMMON_NAMES = frozenset(
    {"admin", "administrator", "master", "postgres", "rdsadmin", "root", "sa", "superuser", "user"}
)


@rule(
    "rds-instance-not-public",
    INSTANCE,
    severity=Severity.CRITICAL,
    why="A database with a public address can be tried by everyone.",
    fix="Leave publiclyAccessible false.",
    controls=["FSBP RDS.2", "CIS 2.3.3"],
)
def not_public(instance: Resource, _: Graph) -> Verdict:
    """A database has no public address."""
    return instance["publiclyAccessible"].or_else(False).is_(False)


@rule(
    "rds-instance-in-own-subnets",
    INSTANCE,
    severity=Severity.HIGH,
    why="Without a subnet group the database lands in the account's default network.",
    fix="Set dbSubnetGroupName to a subnet group of the stack.",
    controls=["FSBP RDS.18"],
)
def in_own_subnets(instance: Resource, graph: Graph) -> Verdict:
    """A database stands in subnets of its environment."""
    if is_replica(instance):
        return NOT_APPLICABLE
    if graph.linked(instance, "dbSubnetGroupName", SUBNET_GROUP):
        return PASS
    return fail("dbSubnetGroupName", "must be a subnet group of this stack")


@rule(
    "rds-instance-only-groups-let-in",
    INSTANCE,
    severity=Severity.HIGH,
    why="An address range lets in whatever gets an address in it, known or not.",
    fix="Let in security groups of the stack by referencedSecurityGroupId, and no address ranges.",
    controls=["AwsSolutions-RDS8"],
)
def only_groups_let_in(instance: Resource, graph: Graph) -> Verdict:
    """A database lets in security groups of its environment, and no addresses."""
    groups = _groups(instance, graph)
    if not groups:
        return fail("vpcSecurityGroupIds", "must be security groups of this stack")
    rules = [each for group in groups for each in _rules(group, graph)]
    addresses = [each for group in groups for each in _addresses(group, graph)]
    return all_of(
        PASS,
        every(addresses, Place.empty),
        every(rules, lambda each: _is_from_group(each, graph)),
    )


@rule(
    "rds-instance-behind-the-entrance",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="Whoever takes over what the world talks to would be one step from the data.",
    fix="Let in the groups of tasks only, none that itself takes traffic from addresses.",
    controls=["AwsSolutions-RDS8"],
)
def behind_the_entrance(instance: Resource, graph: Graph) -> Verdict:
    """A database lets in nothing that addresses outside reach."""
    sources = [
        source
        for group in _groups(instance, graph)
        for each in _rules(group, graph)
        for source in graph.linked(each, "referencedSecurityGroupId", SECURITY_GROUP)
    ]
    addresses = [each for source in sources for each in _addresses(source, graph)]
    return all_of(PASS, every(addresses, Place.empty))


def _groups(instance: Resource, graph: Graph) -> list[Resource]:
    return graph.linked(instance, "vpcSecurityGroupIds", SECURITY_GROUP)


def _rules(group: Resource, graph: Graph) -> list[Resource]:
    return graph.referring(group, INGRESS, "securityGroupId")


def _addresses(group: Resource, graph: Graph) -> list[Place]:
    """Return where a group may name addresses to let in: in rules, or in the group itself."""
    inline = group["ingress"].of(group.name).items()
    return [
        *(
            each[name].of(each.name)
            for each in _rules(group, graph)
            for name in ("cidrIpv4", "cidrIpv6", "prefixListId")
        ),
        *(
            each[name]
            for each in inline
            for name in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds")
        ),
    ]


def _is_from_group(ingress: Resource, graph: Graph) -> Verdict:
    if graph.linked(ingress, "referencedSecurityGroupId", SECURITY_GROUP):
        return PASS
    return fail(
        f"{ingress.name}.referencedSecurityGroupId", "must be a security group of this stack"
    )


@rule(
    "rds-instance-tls-forced",
    INSTANCE,
    severity=Severity.HIGH,
    why="A client that asks for no TLS would send its data in the clear.",
    fix="Set rds.force_ssl to 1 in the instance's parameter group.",
    controls=["FSBP RDS.38"],
)
def tls_forced(instance: Resource, graph: Graph) -> Verdict:
    """A database refuses clients without TLS."""
    return parameter(instance, graph, "rds.force_ssl", lambda value: value.is_("1"))


@rule(
    "rds-instance-recent-ca",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="Clients that check the certificate, as they should, refuse one that has expired.",
    fix=f"Set caCertIdentifier to {DEFAULT_CA} or a later one.",
    controls=["CKV_AWS_211"],
)
def recent_ca(instance: Resource, _: Graph) -> Verdict:
    """A database's certificate is signed by an authority that has not expired."""
    return (
        instance["caCertIdentifier"]
        .or_else(DEFAULT_CA)
        .satisfies(
            lambda value: isinstance(value, str) and RECENT_CA.fullmatch(value) is not None,
            f"must be {DEFAULT_CA} or a later one",
        )
    )


@rule(
    "rds-instance-iam-logins-on",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="Without IAM tokens each user needs a password, which is kept, copied and leaked.",
    fix="Set iamDatabaseAuthenticationEnabled.",
    controls=["FSBP RDS.10"],
)
def iam_logins_on(instance: Resource, _: Graph) -> Verdict:
    """A database takes IAM tokens in place of passwords."""
    return instance["iamDatabaseAuthenticationEnabled"].or_else(False).is_(True)


@rule(
    "rds-instance-own-admin-name",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="With a name that everyone knows only the password is left to guess.",
    fix="Set username to a name of your own.",
    controls=["FSBP RDS.25"],
)
def own_admin_name(instance: Resource, _: Graph) -> Verdict:
    """The user that owns a database has a name of its own."""
    if is_replica(instance):
        return NOT_APPLICABLE
    return instance["username"].satisfies(
        lambda value: isinstance(value, str) and value.lower() not in {"", *COMMON_NAMES},
        "must be a name that is not common",
    )


@rule(
    "rds-instance-random-password",
    INSTANCE,
    severity=Severity.HIGH,
    why="A password written down in a program or its settings is known to all who read them.",
    fix="Build password from a random password resource.",
    controls=["RDS_MASTER_USER_PASSWORD_NO_PLAINTEXT_PASSWORD"],
)
def random_password(instance: Resource, graph: Graph) -> Verdict:
    """A database's password, where it has one, is random."""
    return random_only(instance, graph, "password", "passwordWo")
