"""Rules for RDS instances and what belongs to them."""

from policies.graph import Graph, Resource
from policies.place import Place, every, some
from policies.rule import Severity, rule
from policies.verdict import NOT_APPLICABLE, Kind, Verdict, all_of, fail, wanting

INSTANCE = "aws:rds/instance:Instance"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"
SELECTION = "aws:backup/selection:Selection"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
PASSWORD = "random:index/randomPassword:RandomPassword"


def _is_replica(instance: Resource) -> bool:
    return instance["replicateSourceDb"].given().kind is Kind.PASS


@rule(
    "rds-instance-storage-encrypted",
    INSTANCE,
    severity=Severity.HIGH,
    why="Whoever gets at a disk or a snapshot that is not encrypted reads the data.",
    fix="Set storageEncrypted; an instance that exists must be restored from an encrypted copy.",
    controls=["FSBP RDS.3", "CIS 2.3.1"],
)
def storage_encrypted(instance: Resource, _: Graph) -> Verdict:
    """The storage of a database is encrypted."""
    return instance["storageEncrypted"].or_else(False).is_(True)


@rule(
    "rds-instance-own-key",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="With AWS's own key nobody can say who may decrypt, nor share a snapshot with an account.",
    fix="Set kmsKeyId to the environment's key.",
    controls=["PCP rds-instance-configure-cmk"],
)
def own_key(instance: Resource, _: Graph) -> Verdict:
    """A database is encrypted with a key of our own."""
    return instance["kmsKeyId"].given()


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
    groups = graph.linked(instance, "parameterGroupName", PARAMETERS)
    if not groups:
        return fail("parameterGroupName", "must be a parameter group of this stack")
    return every(groups, lambda group: _parameter(group, "rds.force_ssl").is_("1"))


def _parameter(group: Resource, name: str) -> Place:
    """Return a parameter's value in a group; its path names the group."""
    for each in group["parameters"].items():
        if each["name"].value == name:
            return Place(f"{group.name}.{name}", each["value"].value)
    return Place(f"{group.name}.{name}", None)


@rule(
    "rds-instance-in-backup-plan",
    INSTANCE,
    severity=Severity.HIGH,
    why="Automated backups go with the instance; those of a plan lie in a vault with a lock.",
    fix="Tag the instance as a backup selection of the stack asks for.",
    controls=["FSBP RDS.26"],
)
def in_backup_plan(instance: Resource, graph: Graph) -> Verdict:
    """A database is backed up by a plan."""
    if _is_replica(instance):
        return NOT_APPLICABLE
    chosen = some(graph.of(SELECTION), lambda selection: _selects(selection, instance))
    if chosen is NOT_APPLICABLE:
        return fail("tags", "must be those that a backup selection asks for")
    return wanting(chosen, "tags", "must be those that a backup selection asks for")


def _selects(selection: Resource, instance: Resource) -> Verdict:
    by_tag = every(selection["selectionTags"].items(), lambda tag: _has_tag(instance, tag))
    by_link = (
        Verdict(Kind.PASS)
        if instance.key in selection.links.get("resources", ())
        else fail("resources", "must name it")
    )
    return by_link if by_tag is NOT_APPLICABLE else some([by_tag, by_link], lambda each: each)


def _has_tag(instance: Resource, tag: Place) -> Verdict:
    return all_of(
        tag["type"].is_("STRINGEQUALS"),
        tag["key"].satisfies(lambda key: isinstance(key, str), "must be text"),
        instance["tags"][tag["key"].text].satisfies(
            lambda value: value == tag["value"].value, "must be the selection's"
        ),
    )
