"""The database: reached over TLS alone, of the right version, with the right role and schema."""

from collections.abc import Callable

from operations.backup.inventory import Inventory
from operations.backup.verify import verify
from operations.environment.check import (
    Answer,
    Check,
    failed,
    holds,
    none_wrong,
    not_applicable,
    passed,
    unknown,
)
from operations.environment.facts import instance
from operations.environment.facts.database import (
    Database,
    NotReached,
    Parameter,
    Plain,
    look,
    look_without_tls,
)
from operations.environment.facts.instance import DatabaseInstance
from operations.environment.wanted import Wanted

Judge = Callable[[Database | NotReached, Wanted], Answer]

TLS = ("TLSv1.2", "TLSv1.3")
TRUE, FALSE = ("1", "on", "true", "yes"), ("0", "off", "false", "no")
"""PostgreSQL documentation, "Parameter Names and Values"; RDS writes 1 and 0."""
FORMULA = "{"
"""RDS User Guide, "DB parameter formulas": a value that depends on the size."""
FRESH = ("newest backup", "latest restorable time")


def _over_tls(found: Database | NotReached, _: Wanted) -> Answer:
    if isinstance(found, NotReached):
        return failed(found.words)
    return holds(
        found.tls in TLS,
        f"{found.tls}, with the certificate verified",
        f"the connection has {found.tls or 'no TLS'}",
    )


def _reached(judge: Callable[[Database, Wanted], Answer]) -> Judge:
    """Return the judgement, unknown where the database was not reached at all."""

    def judged(found: Database | NotReached, wanted: Wanted) -> Answer:
        if isinstance(found, NotReached):
            return unknown("the database was not reached")
        return judge(found, wanted)

    return judged


def _plain_refused(found: Plain, _: Wanted) -> Answer:
    if found.refused is None:
        return unknown(found.words)
    return passed(found.words) if found.refused else failed(found.words)


def _version(found: Database, wanted: Wanted) -> Answer:
    right = wanted.settings.shape.database.engine_version
    return holds(
        found.version == right, f"PostgreSQL {right}", f"PostgreSQL {found.version}, not {right}"
    )


def _role(found: Database, wanted: Wanted) -> Answer:
    name = wanted.settings.shape.database.user
    if found.role is None:
        return failed(f"there is no role {name}")
    wrong = {
        f"{name} may not log in": not found.role.may_log_in,
        f"{name} does not log in by IAM (rds_iam)": not found.role.by_iam,
        f"{name} may more than the application needs": found.role.mighty,
    }
    return none_wrong([each for each, so in wrong.items() if so], f"{name} logs in by IAM")


def _head(found: Database, wanted: Wanted) -> Answer:
    if not found.migrations_kept:
        return not_applicable("backup-checks.yaml names no table of migrations")
    if wanted.head is None:
        return unknown("policies/releases.yaml records no migrations of the release")
    return holds(
        found.head == wanted.head,
        f"the schema is at {wanted.head}",
        f"the schema is at {found.head or 'no step'}, the release's is {wanted.head}",
    )


def _parameters(found: Database, wanted: Wanted) -> Answer:
    asked = wanted.settings.shape.database.parameters
    wrong = []
    for name, value in asked.items():
        has = found.parameters.get(name)
        if has is None:
            wrong.append(f"{name} is not known to the server")
        elif has.waits:
            wrong.append(f"{name} waits for a restart")
        elif FORMULA not in value and not _same(has, value):
            wrong.append(f"{name} is {has.setting}, must be {value}")
    return none_wrong(wrong, f"{len(asked)} parameters are in force")


def _same(has: Parameter, value: str) -> bool:
    if has.kind == "bool":
        return has.setting in (TRUE if value.lower() in TRUE else FALSE)
    if has.kind in ("integer", "real"):
        return float(has.setting) == float(value)
    # A parameter may have become more than a switch: log_connections takes a list from 18 on.
    return has.setting.lower() == value.lower() or (has.setting in TRUE and value in TRUE)


def _instance(found: DatabaseInstance, wanted: Wanted) -> Answer:
    shown, scale = found.shown, wanted.settings.scale.database
    wrong = {
        f"its state is {shown.get('DBInstanceStatus')}": shown.get("DBInstanceStatus")
        != "available",
        "it has an address that the world can reach": shown.get("PubliclyAccessible") is not False,
        "nobody can log in by IAM": shown.get("IAMDatabaseAuthenticationEnabled") is not True,
        "it is not encrypted with the environment's key": shown.get("KmsKeyId") != wanted.key,
        f"its class is {shown.get('DBInstanceClass')}": shown.get("DBInstanceClass")
        != scale.instance_class,
        f"a second zone stands by: {shown.get('MultiAZ')}": shown.get("MultiAZ")
        is not scale.multi_az,
    }
    return none_wrong([each for each, so in wrong.items() if so], "it is what the settings say")


def _protected(found: DatabaseInstance, wanted: Wanted) -> Answer:
    right = wanted.settings.scale.protection.deletion
    has = found.shown.get("DeletionProtection") is True
    words = "is guarded" if has else "is not guarded"
    return holds(has is right, words, f"{words}, scale.protection.deletion is {right}")


def _fresh(found: Inventory, wanted: Wanted) -> Answer:
    return _backups(found, wanted, fresh=True)


def _kept(found: Inventory, wanted: Wanted) -> Answer:
    return _backups(found, wanted, fresh=False)


def _backups(found: Inventory, wanted: Wanted, *, fresh: bool) -> Answer:
    lines = [
        line
        for line in verify(found, wanted.settings, wanted.key, wanted.now)
        if (line.what in FRESH or line.what.startswith("vault ")) is fresh
    ]
    wrong = [f"{line.what}: {line.words}" for line in lines if line.verdict == "failed"]
    told = [f"{line.what} {line.words}" for line in lines if line.verdict == "passed"]
    return none_wrong(wrong, "; ".join(told))


CHECKS = (
    Check(
        id="database-reached-over-tls",
        what="the database lets the master user in over TLS, with its certificate verified",
        why="who sits between would read every row",
        mend="PGSSLROOTCERT must name AWS's bundle for RDS; is there a way to the database?",
        look=look,
        judge=_over_tls,
    ),
    Check(
        id="database-plain-refused",
        what="the database refuses who comes without TLS",
        why="an application that forgets TLS must fail at once, not work in the open",
        mend="rds.force_ssl must be 1 in the parameter group, and in force",
        look=look_without_tls,
        judge=_plain_refused,
    ),
    Check(
        id="database-version-as-settings",
        what="the server has the version of the settings",
        why="staging proves nothing for another version; AWS moves the minor one by itself",
        mend="raise shape.database.engineVersion to what runs",
        look=look,
        judge=_reached(_version),
    ),
    Check(
        id="database-application-role",
        what="the application's role logs in by IAM, and may no more than it needs",
        why="it is what an attacker has who has the application",
        mend="run the migration; it must grant rds_iam, and nothing else that is mighty",
        look=look,
        judge=_reached(_role),
    ),
    Check(
        id="database-schema-is-the-release",
        what="the schema is at the last migration of the release",
        why="code and schema that do not fit fail at the first row",
        mend="run the migration of the release",
        look=look,
        judge=_reached(_head),
    ),
    Check(
        id="database-parameters-in-force",
        what="the parameters of the settings are in force",
        why="a static one waits for a restart that nobody may have made",
        mend="update the stack; restart the database where one waits",
        look=look,
        judge=_reached(_parameters),
    ),
    Check(
        id="database-instance-as-settings",
        what="the instance is up, private, encrypted, and of the size of the settings",
        why="staging proves nothing by another one",
        mend="`pulumi refresh`, then an update; a change may wait for the maintenance window",
        look=instance.look,
        judge=_instance,
    ),
    Check(
        id="protection-database-as-settings",
        what="the database is guarded against deletion as the settings say",
        why="production's must not go by mistake, and staging's must be able to go",
        mend="update the stack; a person changed it",
        look=instance.look,
        judge=_protected,
    ),
    Check(
        id="backups-fresh",
        what="the newest backup is as young as the settings allow",
        why="it is all that a bad day leaves",
        mend="`backup list` and `backup verify` say more",
        look=instance.look_at_backups,
        judge=_fresh,
    ),
    Check(
        id="backups-kept",
        what="backups are kept for as long as the settings say, and encrypted",
        why="an error is often found late",
        mend="`backup list` and `backup verify` say more",
        look=instance.look_at_backups,
        judge=_kept,
    ),
)
