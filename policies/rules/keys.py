"""Rules for KMS keys."""

from policies.documents import (
    allowing,
    conditions,
    kept_to_account,
    names_principals,
    values,
)
from policies.graph import Graph, Resource
from policies.place import Place, every, some
from policies.rule import Severity, rule
from policies.verdict import NOT_APPLICABLE, Kind, Verdict, all_of, any_of, where

KEY = "aws:kms/key:Key"

CONTEXT = "kms:EncryptionContext:*"
"""What is encrypted: services put the ARN of it there, with the account that it is in."""

FOR_SERVICES = "kms:GrantIsForAWSResource"


@rule(
    "kms-key-rotates",
    KEY,
    severity=Severity.MEDIUM,
    why="A key that never changes gives away everything ever encrypted with it.",
    fix="Set enableKeyRotation.",
    controls=["FSBP KMS.4", "CIS 3.6"],
)
def rotates(key: Resource, _: Graph) -> Verdict:
    """A symmetric key rotates at least every year."""
    # KMS rotates no others: what an asymmetric key has signed needs the same public key.
    symmetric = key["customerMasterKeySpec"].or_else("SYMMETRIC_DEFAULT").is_("SYMMETRIC_DEFAULT")
    return where(
        symmetric,
        all_of(
            key["enableKeyRotation"].or_else(False).is_(True),
            key["rotationPeriodInDays"].or_else(365).at_most(365),
        ),
    )


@rule(
    "kms-key-principals-named",
    KEY,
    severity=Severity.CRITICAL,
    why="A key that everybody may use protects nothing, whatever the conditions are worth.",
    fix="Name accounts, roles or services under Principal; use neither * nor NotPrincipal.",
    controls=["FSBP KMS.5"],
)
def principals_named(key: Resource, _: Graph) -> Verdict:
    """A key's policy says who may use it, and never everybody."""
    if key["policy"].absent().kind is Kind.PASS:
        return NOT_APPLICABLE
    return allowing(key["policy"], names_principals)


@rule(
    "kms-key-services-kept-to-account",
    KEY,
    severity=Severity.MEDIUM,
    why="A service acts for everybody: a stranger could have it use the key for them.",
    fix="Ask for aws:SourceAccount, aws:SourceArn or the encryption context in the statement.",
)
def services_kept_to_account(key: Resource, _: Graph) -> Verdict:
    """A service may use a key for a named account only."""
    if key["policy"].absent().kind is Kind.PASS:
        return NOT_APPLICABLE
    return allowing(key["policy"], _for_account)


def _for_account(statement: Place) -> Verdict:
    # A right that can only be handed on to AWS's services carries no source (Route 53 Developer
    # Guide, "Route 53 customer managed key permissions required for DNSSEC signing").
    handed_on = some(conditions(statement, FOR_SERVICES), lambda key: every(values(key), _is_true))
    kept = kept_to_account(statement, "aws:SourceAccount", "aws:SourceArn", CONTEXT)
    service = statement["Principal"].satisfies(_has_service, "must be a service")
    return where(service, any_of(kept, handed_on))


def _has_service(principal: object) -> bool:
    return isinstance(principal, dict) and bool(principal.get("Service"))


def _is_true(value: Place) -> Verdict:
    return value.satisfies(lambda text: str(text).lower() == "true", "must be true")


@rule(
    "kms-key-deletion-waits",
    KEY,
    severity=Severity.MEDIUM,
    why="What a deleted key has encrypted is lost, backups and all, and it takes days to notice.",
    fix="Leave deletionWindowInDays out or set it to 30.",
    controls=["FSBP KMS.3"],
)
def deletion_waits(key: Resource, graph: Graph) -> Verdict:
    """A key of the reference environment can be had back for as long as KMS allows."""
    # Another environment can be taken away whole.
    if not graph.reference:
        return NOT_APPLICABLE
    return key["deletionWindowInDays"].or_else(30).at_least(30)


@rule(
    "kms-key-policy-written",
    KEY,
    severity=Severity.MEDIUM,
    why="Nobody has reviewed KMS's own policy, and without KMS's check a key may obey nobody.",
    fix="Set policy, and leave bypassPolicyLockoutSafetyCheck out.",
    controls=["CKV2_AWS_64"],
)
def policy_written(key: Resource, _: Graph) -> Verdict:
    """A key's policy is written out, and KMS has checked that it locks nobody out."""
    return all_of(
        key["policy"].given(), key["bypassPolicyLockoutSafetyCheck"].or_else(False).is_(False)
    )


@rule(
    "kms-key-enabled",
    KEY,
    severity=Severity.MEDIUM,
    why="With its key disabled nothing can be read or written: not the database, not a log.",
    fix="Leave isEnabled out or set it to true.",
)
def enabled(key: Resource, _: Graph) -> Verdict:
    """A key can be used."""
    return key["isEnabled"].or_else(True).is_(True)
