"""Snapshots and images that others can copy."""

from collections.abc import Iterable, Iterator
from typing import Any

from operations.audit.account import Account
from operations.audit.outcome import Evidence, check, judged
from policies.rule import Severity

VOLUME = "aws:ebs/snapshot:Snapshot"
DATABASE = "aws:rds/snapshot:Snapshot"
CLUSTER = "aws:rds/clusterSnapshot:ClusterSnapshot"
IMAGE = "aws:ec2/ami:Ami"
EVERYBODY = "all"
"""The group, or the account in its place, that stands for everybody."""
Share = tuple[str, str, list[str]]
"""Resource, property, and who it is shared with."""


@check(
    "account-snapshots-not-public",
    severity=Severity.CRITICAL,
    why="Everybody can restore the data into an account of theirs.",
    fix="Take the group all out of the snapshot's permissions.",
    controls=["FSBP EC2.1", "FSBP RDS.1"],
)
def snapshots_not_public(account: Account) -> Iterator[Evidence]:
    """No snapshot of a volume or a database is public."""
    yield from _public([*_volumes(account), *_databases(account)])


@check(
    "account-database-snapshots-shared-as-declared",
    severity=Severity.HIGH,
    why="A snapshot holds every row, and whoever it is shared with can restore it.",
    fix="Take the account out of the snapshot's attributes; the settings name who takes data over.",
)
def databases_as_declared(account: Account) -> Iterator[Evidence]:
    """A database's snapshot is shared with the account of dataRefresh.sharedWith alone."""
    declared = account.place.settings.identity.data_refresh.shared_with
    yield from _kept_to(_databases(account), {declared} - {""})


@check(
    "account-volume-snapshots-shared-with-known-accounts",
    severity=Severity.HIGH,
    why="Somebody outside can restore the volume and read it.",
    fix="Take the account out of the snapshot's permissions.",
)
def volumes_known(account: Account) -> Iterator[Evidence]:
    """A volume's snapshot is shared with known accounts only."""
    yield from _kept_to(_volumes(account), account.known)


@check(
    "account-images-not-public",
    severity=Severity.CRITICAL,
    why="Everybody can start the image and read what is on it.",
    fix="Take the group all out of the image's launch permissions.",
    controls=["CKV_AWS_205"],
)
def images_not_public(account: Account) -> Iterator[Evidence]:
    """No machine image is public."""
    yield from _public(_images(account))


@check(
    "account-images-shared-with-known-accounts",
    severity=Severity.HIGH,
    why="Somebody outside can start the image and read what is on it.",
    fix="Take the account out of the image's launch permissions.",
)
def images_known(account: Account) -> Iterator[Evidence]:
    """A machine image is shared with known accounts only."""
    yield from _kept_to(_images(account), account.known)


def _public(shares: Iterable[Share]) -> Iterator[Evidence]:
    for resource, property_, accounts in shares:
        well = EVERYBODY not in accounts
        words = "not public" if well else "shared with everybody"
        yield judged(resource, property_, words, well=well)


def _kept_to(shares: Iterable[Share], allowed: Iterable[str]) -> Iterator[Evidence]:
    known = {*allowed, EVERYBODY}  # What is public is told by the check on that.
    for resource, property_, accounts in shares:
        others = sorted(set(accounts) - known)
        words = f"shared with {', '.join(others)}" if others else "shared with nobody else"
        yield judged(resource, property_, words, well=not others)


def _volumes(account: Account) -> Iterator[Share]:
    for region in account.regions:
        found = account.every("ec2", "describe_snapshots", "Snapshots", region, OwnerIds=["self"])
        for each in found:
            if each["OwnerId"] != account.number:
                continue
            answer = account.ask(
                "ec2",
                "describe_snapshot_attribute",
                region,
                SnapshotId=each["SnapshotId"],
                Attribute="createVolumePermission",
            )
            permissions = answer.get("CreateVolumePermissions", [])
            resource = f"{VOLUME}::{each['SnapshotId']}"
            yield resource, "createVolumePermission", _permitted(permissions)


def _images(account: Account) -> Iterator[Share]:
    for region in account.regions:
        for each in account.every("ec2", "describe_images", "Images", region, Owners=["self"]):
            if each["OwnerId"] != account.number:
                continue
            answer = account.ask(
                "ec2",
                "describe_image_attribute",
                region,
                ImageId=each["ImageId"],
                Attribute="launchPermission",
            )
            permissions = answer.get("LaunchPermissions", [])
            yield f"{IMAGE}::{each['ImageId']}", "launchPermission", _permitted(permissions)


def _permitted(permissions: Iterable[dict[str, Any]]) -> list[str]:
    return [str(each.get("Group") or each.get("UserId")) for each in permissions]


def _databases(account: Account) -> Iterator[Share]:
    for region in account.regions:
        yield from _of_kind(account, region, "db", "DBSnapshot", DATABASE)
        yield from _of_kind(account, region, "db_cluster", "DBClusterSnapshot", CLUSTER)


def _of_kind(
    account: Account, region: str, request: str, member: str, type_: str
) -> Iterator[Share]:
    named = f"{member}Identifier"
    found = account.every(
        "rds", f"describe_{request}_snapshots", f"{member}s", region, SnapshotType="manual"
    )
    for each in found:
        answer = account.ask(
            "rds", f"describe_{request}_snapshot_attributes", region, **{named: each[named]}
        )
        result = answer[f"{member}AttributesResult"]
        accounts = [
            str(value)
            for attribute in result.get(f"{member}Attributes", [])
            if attribute["AttributeName"] == "restore"
            for value in attribute.get("AttributeValues", [])
        ]
        yield f"{type_}::{each[named]}", "sharedAccounts", accounts
