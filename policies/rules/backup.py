"""Rules for what AWS Backup makes, how long it is kept and where it lies."""

import re
from collections.abc import Sequence

from policies.documents import allowing, denies_everybody, names_principals, statements
from policies.graph import Graph, Resource
from policies.place import UNKNOWN, Place, every, some
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict, all_of, any_of, fail, needed, undecided

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
VAULT_POLICY = "aws:backup/vaultPolicy:VaultPolicy"
PLAN = "aws:backup/plan:Plan"
KEY = "aws:kms/key:Key"
PROVIDER = "pulumi:providers:aws"

KEPT_DAYS = 35
COLD_DAYS = 90
"""How long a recovery point stays in cold storage at least (AWS docs "Lifecycle")."""
DAILY = re.compile(r"cron\(\S+ \S+ ([?*]|1/1) \* [?*] \*\)")
"""AWS cron that leaves no day out: minutes and hours are free."""
REMOVALS = (
    "backup:DeleteRecoveryPoint",
    "backup:PutBackupVaultAccessPolicy",
    "backup:UpdateRecoveryPointLifecycle",
)
"""What AWS Backup Audit Manager's control on manual deletion wants denied."""


@rule(
    "backup-vault-own-key",
    VAULT,
    severity=Severity.MEDIUM,
    why="With AWS's own key nobody can say who may decrypt, nor copy to another account.",
    fix="Set kmsKeyArn to the environment's key.",
    controls=["CKV_AWS_166"],
)
def vault_own_key(vault: Resource, graph: Graph) -> Verdict:
    """A backup vault is encrypted with a key of our own."""
    # Left out, AWS fills in its own key's ARN, which looks like any other's.
    if graph.linked(vault, "kmsKeyArn", KEY):
        return vault["kmsKeyArn"].given()
    return fail("kmsKeyArn", "must be a key of this stack")


@rule(
    "backup-plan-daily",
    PLAN,
    severity=Severity.MEDIUM,
    why="What was written since the last backup is lost with the database.",
    fix="Give the plan a rule whose schedule leaves no day out.",
    controls=["AWS Config backup-plan-min-frequency-and-min-retention-check"],
)
def plan_daily(plan: Resource, _: Graph) -> Verdict:
    """A backup is made every day."""
    found = some(
        plan["rules"].items(),
        lambda each: each["schedule"].satisfies(
            lambda when: isinstance(when, str) and DAILY.fullmatch(when) is not None,
            "must leave no day out",
        ),
    )
    return needed(found, "rules", "must have a schedule that leaves no day out")


@rule(
    "backup-plan-kept",
    PLAN,
    severity=Severity.MEDIUM,
    why="A loss that is noticed after a month is past help; what never expires only costs.",
    fix="Set lifecycle.deleteAfter to 35 days or more, of each rule and of each of its copies.",
    controls=["AWS Config backup-plan-min-frequency-and-min-retention-check", "cfn-lint E3504"],
)
def plan_kept(plan: Resource, _: Graph) -> Verdict:
    """Backups and their copies are kept for five weeks at least, and not for ever."""
    rules = plan["rules"].items()
    copies = [copy for each in rules for copy in each["copyActions"].items()]
    return all_of(plan["rules"].given(), every([*rules, *copies], _kept))


def _kept(place: Place) -> Verdict:
    kept = place["lifecycle"]["deleteAfter"]
    cold = place["lifecycle"]["coldStorageAfter"]
    if not cold.is_known:
        return all_of(kept.at_least(KEPT_DAYS), undecided(cold.path, "must leave it 90 days"))
    return kept.at_least(max(KEPT_DAYS, cold.number + COLD_DAYS) if cold.number else KEPT_DAYS)


@rule(
    "backup-plan-copied",
    PLAN,
    severity=Severity.MEDIUM,
    why="A backup that was not copied is lost with the vault that it lies in.",
    fix="Give each rule of the plan copyActions to each of the plan's other vaults.",
    controls=["WA REL13-BP02"],
)
def plan_copied(plan: Resource, graph: Graph) -> Verdict:
    """Every backup is copied to each of the plan's other vaults."""
    # Which vault each rule writes to is not known before they are there; how many there are is.
    copies = max(1, len(graph.linked(plan, "rules", VAULT)) - 1)
    return all_of(
        plan["rules"].given(),
        every(
            plan["rules"].items(),
            lambda each: each["copyActions"].satisfies(
                lambda found: isinstance(found, list) and len(found) >= copies,
                "must copy to each of the plan's other vaults",
            ),
        ),
    )


@rule(
    "backup-plan-copied-far-away",
    PLAN,
    severity=Severity.MEDIUM,
    why="Who takes an account, and what takes a region, takes the backups in it too.",
    fix="Copy to a vault in another region, and to one of another account's provider.",
    controls=["WA REL13-BP02"],
)
def plan_copied_far_away(plan: Resource, graph: Graph) -> Verdict:
    """Backups lie in two regions and in two accounts."""
    vaults = graph.linked(plan, "rules", VAULT)
    return all_of(
        _differ([_region(vault, graph) for vault in vaults], "must be in two regions"),
        _differ([_account(vault, graph) for vault in vaults], "must be in two accounts"),
    )


def _region(vault: Resource, graph: Graph) -> Place:
    return vault["region"].or_else(_provider(vault, graph)["region"].value).or_else(UNKNOWN)


def _account(vault: Resource, graph: Graph) -> Place:
    # A provider that is held to no account works in the one that its credentials are of.
    return _provider(vault, graph)["allowedAccountIds"].or_else(UNKNOWN)


def _provider(resource: Resource, graph: Graph) -> Resource:
    name = str(resource.options.get("provider"))
    return graph.by_key.get((PROVIDER, name), Resource(PROVIDER, name))


def _differ(places: Sequence[Place], wanted: str) -> Verdict:
    """Pass where two places surely differ."""
    unknown = any(not place.is_known for place in places)
    known = {str(place.value) for place in places if place.is_known}
    if len(known) > 1:
        return PASS
    return undecided("rules", wanted) if unknown else fail("rules", wanted)


@rule(
    "backup-vault-locked",
    VAULT,
    severity=Severity.MEDIUM,
    why="Whoever takes over the account could let every recovery point expire.",
    fix="Add a lock to the vault with minRetentionDays of 35 or more.",
    controls=["AWS Config backup-resources-protected-by-backup-vault-lock"],
)
def vault_locked(vault: Resource, graph: Graph) -> Verdict:
    """A lock keeps what is in a backup vault for five weeks at least."""
    locks = graph.referring(vault, LOCK, "backupVaultName")
    found = some(locks, lambda lock: lock["minRetentionDays"].at_least(KEPT_DAYS))
    return needed(found, "", "needs a lock with minRetentionDays of at least 35")


@rule(
    "backup-vault-deletion-denied",
    VAULT,
    severity=Severity.MEDIUM,
    why="A lock in governance mode lets those delete a recovery point who may do so otherwise.",
    fix="Deny everybody but break-glass roles to delete recovery points, in the vault's policy.",
    controls=["AWS Config backup-recovery-point-manual-deletion-disabled"],
)
def vault_deletion_denied(vault: Resource, graph: Graph) -> Verdict:
    """Nobody deletes a recovery point by hand, but for named roles."""
    found = some(
        graph.referring(vault, VAULT_POLICY, "backupVaultName"),
        lambda policy: some(statements(policy["policy"]), _denies_removals),
    )
    return needed(found, "", "needs a policy that denies everybody to delete recovery points")


def _denies_removals(statement: Place) -> Verdict:
    return all_of(
        *(denies_everybody(statement, removal, "backup:*", "*") for removal in REMOVALS),
        any_of(statement["Condition"].absent(), _spares_roles(statement["Condition"])),
    )


def _spares_roles(condition: Place) -> Verdict:
    only = condition.satisfies(lambda _: condition.names() == ["ArnNotEquals"], "must spare roles")
    return all_of(only, condition["ArnNotEquals"]["aws:PrincipalArn"].given())


@rule(
    "backup-vault-not-public",
    VAULT_POLICY,
    severity=Severity.HIGH,
    why="Anybody could copy recovery points out of the vault or fill it.",
    fix="Let each statement that allows something name a service, an account or a role.",
    controls=["Prowler backup_vaults_not_public"],
)
def vault_not_public(policy: Resource, _: Graph) -> Verdict:
    """A backup vault's policy allows nothing to everybody."""
    return allowing(policy["policy"], names_principals)
