"""Only what was scanned, signed for and shared by the one account becomes staging's own."""

import json
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from operations.aws import pages
from operations.backup import instances as known
from operations.command import main
from operations.refresh import snapshots
from tests.operations.backup.shop import SCHEMA
from tests.operations.refresh.sides import SHARING, TAKER, Giver, Side, giver, replace, showing
from tests.support.cloud import ACCOUNT, REGION, Cloud
from tests.support.postgres import database

pytestmark = pytest.mark.moto


def copies(mirror: Side) -> dict[str, dict[str, Any]]:
    found = pages(mirror.rds, "describe_db_snapshots", "DBSnapshots", SnapshotType="manual")
    shown = {each["DBSnapshotIdentifier"]: each for each in found}
    return {name: shown[name] for name in mirror.snapshots()}


def test_the_newest_that_is_vouched_for_becomes_stagings_own(
    mirror: Side, sharing: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, newer, newest = (f"{mirror.prefix}{n}" for n in ("1", "2", "3"))
    arns = {name: sharing.make(name, ACCOUNT) for name in (older, newer, newest)}
    mirror.vouch(older, newer)
    with showing(monkeypatch, newer) as sent:
        code, out, err = mirror.said("take-over", "--yes")

    assert code == 0, err
    assert f"no manifest vouches for {newest}: passed over" in err
    assert older not in err
    (copy,) = copies(mirror).values()
    assert copy["DBSnapshotIdentifier"] == newer
    assert copy["SourceDBSnapshotIdentifier"] == arns[newer]
    assert copy["KmsKeyId"] == mirror.stack.key
    tags = {each["Key"]: each["Value"] for each in copy["TagList"]}
    assert tags["Owner"] == "platform"
    # By this tag the backup plan finds what it backs up.
    assert known.BACKUP not in tags
    keys = {request: key for request, _, key in sent}
    assert keys["copy_db_snapshot"] != keys["describe_db_snapshots"]
    assert out.splitlines()[-2:] == [
        f"  python -m operations backup restore staging --snapshot {newer}",
        "  python -m operations backup swap staging",
    ]


def test_the_copy_is_made_by_the_role_that_the_stack_has_for_it(
    mirror: Side, sharing: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{mirror.prefix}1"
    sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    taken: dict[str, str] = {}

    def assumed(client: Any, request: str, **params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(client, request)(**params)
        taken[answer["Credentials"]["AccessKeyId"]] = params["RoleArn"]
        return answer

    monkeypatch.setattr("operations.refresh.side.ask", assumed)
    with showing(monkeypatch, name) as sent:
        assert mirror.said("take-over", "--yes")[0] == 0

    assert [taken[key] for request, _, key in sent if request == "copy_db_snapshot"] == [TAKER]


def test_what_is_printed_can_be_run_as_it_stands(mirror: Side, sharing: Giver) -> None:
    name = f"{mirror.prefix}1"
    sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    out = mirror.said("take-over", "--yes")[1]

    restoring = shlex.split(out.splitlines()[-2].split(" -m operations ")[1])
    assert main([*restoring, "--dry-run", "--root", str(mirror.root)]) == 0


def test_a_second_run_takes_up_the_copy_that_is_there(
    mirror: Side, sharing: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{mirror.prefix}1"
    sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    assert mirror.said("take-over", "--yes")[0] == 0
    with showing(monkeypatch, name) as sent:
        code, out, err = mirror.said("take-over", "--json")

    assert code == 0, err
    assert "copy_db_snapshot" not in [request for request, _, _ in sent]
    assert json.loads(out)["snapshot"] == name


def test_a_copy_under_way_is_gone_on_with_and_told_of(
    mirror: Side, sharing: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{mirror.prefix}1"
    sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    assert mirror.said("take-over", "--yes")[0] == 0
    begun = {"Status": "creating", "KmsKeyId": None, "SourceDBSnapshotIdentifier": None}
    half = {"Status": "creating", "PercentProgress": 40}
    with showing(monkeypatch, name, begun, begun, half, half, {}) as sent:
        code, out, err = mirror.said("take-over", "--yes")

    assert code == 0, err
    assert out.startswith(f"goes on with {name}\n")
    lines = ("creating", "creating, 40 %", "available")
    assert err == "".join(f"  {name}: {line}\n" for line in lines)
    assert "copy_db_snapshot" not in [request for request, _, _ in sent]


def test_two_runs_at_once_make_one_copy(
    mirror: Side, sharing: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{mirror.prefix}1"
    sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    assert mirror.said("take-over", "--yes")[0] == 0
    real, looks = snapshots.by_name, iter([None])
    monkeypatch.setattr(
        "operations.refresh.snapshots.by_name", lambda *given: next(looks, real(*given))
    )

    assert mirror.said("take-over", "--yes")[0] == 0
    assert list(copies(mirror)) == [name]


@pytest.mark.parametrize("status", ["failed", "incompatible-restore"])
def test_a_copy_that_fails_ends_with_1_and_is_not_taken_up_again(
    mirror: Side, sharing: Giver, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    name = f"{mirror.prefix}1"
    sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    with showing(monkeypatch, name, {"Status": "creating"}, {"Status": status}):
        code, out, err = mirror.said("take-over", "--yes")
    assert (code, "backup restore" in out) == (1, False)
    assert f"the copy {name} is {status}; refresh prune deletes it" in err

    with showing(monkeypatch, name, {"Status": status}):
        code, _, err = mirror.said("take-over", "--yes")
    assert (code, err) == (2, f"staging: the copy {name} is {status}; refresh prune deletes it\n")


def test_a_copy_that_takes_too_long_ends_with_1(
    mirror: Side, sharing: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{mirror.prefix}1"
    sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    monkeypatch.setattr("operations.refresh.snapshots.LONGEST_WAIT_SECONDS", 3600)
    with showing(monkeypatch, name, {"Status": "creating"}):
        code, _, err = mirror.said("take-over", "--yes")

    assert code == 1
    assert err.endswith("is still creating after 1 hours; the same command waits on\n")


def test_a_dry_run_and_a_missing_yes_copy_nothing(mirror: Side, sharing: Giver) -> None:
    name = f"{mirror.prefix}1"
    sharing.make(name, ACCOUNT)
    mirror.vouch(name)

    code, out, _ = mirror.said("take-over", "--dry-run", "--restore")
    assert (code, out) == (0, f"copies {name}\nnothing was changed\n")
    code, _, err = mirror.said("take-over")
    assert code == 2
    assert err == "refresh take-over: nobody can be asked here; give --yes or --dry-run\n"
    assert copies(mirror) == {}


def test_without_a_manifest_nothing_is_taken(mirror: Side, sharing: Giver) -> None:
    name = f"{mirror.prefix}1"
    arn = sharing.make(name, ACCOUNT)
    for more, words in (
        ((), f"staging: no manifest vouches for any that is shared ({name})"),
        (("--snapshot", name), f"staging: {name}: no manifest vouches for {name}"),
        (("--snapshot", arn), f"staging: {name}: no manifest vouches for {name}"),
    ):
        code, _, err = mirror.said("take-over", "--yes", *more)
        assert (code, err.splitlines()[-1]) == (2, words)
    mirror.vouch(name)
    (mirror.manifests / f"{name}.json").write_text("{}")
    code, _, err = mirror.said("take-over", "--yes")
    assert code == 2
    assert err.startswith(f"policies/manifests/{name}.json: manifest: ")
    assert copies(mirror) == {}


def test_what_is_encrypted_otherwise_than_for_sharing_is_refused(
    mirror: Side, sharing: Giver, cloud: Cloud
) -> None:
    own = cloud.boto3("kms", account=SHARING).create_key()["KeyMetadata"]["Arn"]
    bare = giver(cloud, encrypted=False)
    default, none = (f"{mirror.prefix}{n}" for n in ("default-key", "no-key"))
    sharing.make(f"{mirror.prefix}source", ACCOUNT)
    sharing.rds.copy_db_snapshot(
        SourceDBSnapshotIdentifier=f"{mirror.prefix}source",
        TargetDBSnapshotIdentifier=default,
        KmsKeyId=own,
    )
    sharing.rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier=default, AttributeName="restore", ValuesToAdd=[ACCOUNT]
    )
    bare.make(none, ACCOUNT)
    mirror.vouch(default, none)

    for name, key in ((default, own), (none, "none")):
        code, _, err = mirror.said("take-over", "--yes", "--snapshot", name)
        assert code == 2
        assert err == f"staging: {name}: its key must be {sharing.key}, got {key}\n"
    assert copies(mirror) == {}


def test_what_is_shared_with_everybody_is_refused(mirror: Side, sharing: Giver) -> None:
    name = f"{mirror.prefix}1"
    sharing.make(name, ACCOUNT, "all")
    mirror.vouch(name)

    code, _, err = mirror.said("take-over", "--yes")
    assert code == 2
    assert err.endswith("must be shared with this account, is shared with everybody\n")
    assert copies(mirror) == {}


def test_what_is_not_available_is_refused(
    mirror: Side, sharing: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{mirror.prefix}1"
    arn = sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    with showing(monkeypatch, arn, {"Status": "failed"}):
        code, _, err = mirror.said("take-over", "--yes")

    assert (code, err) == (2, f"staging: {name}: must be available, is failed\n")
    assert copies(mirror) == {}


def test_another_account_cannot_slip_one_in_nor_stand_in_the_way(
    mirror: Side, sharing: Giver, cloud: Cloud
) -> None:
    name = f"{mirror.prefix}1"
    stranger = giver(cloud, account="333333333333")
    theirs = stranger.make(name, ACCOUNT)
    mirror.vouch(name)
    for more in ((), ("--snapshot", name), ("--snapshot", theirs)):
        code, _, err = mirror.said("take-over", "--yes", *more)
        assert code == 2
        assert "that is shared (none)" in err or "one that is shared (none), got " in err

    sharing.make(name, ACCOUNT)
    assert mirror.said("take-over", "--yes")[0] == 0
    assert f":{SHARING}:" in copies(mirror)[name]["SourceDBSnapshotIdentifier"]


def test_names_of_other_applications_and_of_raw_data_are_not_seen(
    mirror: Side, sharing: Giver
) -> None:
    other = f"sanitised-x{mirror.prefix.removeprefix('sanitised-')}1"
    raw = mirror.prefix.replace("sanitised-", "raw-") + "1"
    for name in (other, raw):
        sharing.make(name, ACCOUNT)
    mirror.vouch(other)
    for name in (other, raw):
        code, _, err = mirror.said("take-over", "--yes", "--snapshot", name)
        assert code == 2
        assert err == f"--snapshot: must be one that is shared (none), got {name}\n"


def test_what_bears_the_name_and_is_no_copy_is_not_taken_for_one(
    mirror: Side, sharing: Giver
) -> None:
    name = f"{mirror.prefix}1"
    arn = sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    mirror.stack.snapshot(name)

    code, _, err = mirror.said("take-over", "--yes")
    assert (code, err) == (2, f"staging: {name} must be a copy of {arn}, is of nothing\n")


def test_a_copy_with_another_key_is_not_taken_up(
    mirror: Side, sharing: Giver, cloud: Cloud
) -> None:
    name = f"{mirror.prefix}1"
    arn = sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    other = cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"]
    mirror.rds.copy_db_snapshot(
        SourceDBSnapshotIdentifier=arn, TargetDBSnapshotIdentifier=name, KmsKeyId=other
    )

    code, _, err = mirror.said("take-over", "--yes")
    assert code == 2
    assert err.endswith(f"must have the key {mirror.stack.key}, has {other}\n")


@pytest.fixture(name="reach")
def _reach(server: str) -> Iterator[list[str]]:
    with database(server, "live", *SCHEMA) as live, database(server, "restored", *SCHEMA) as copy:
        yield ["--connect", copy, "--connect-live", live]


def test_it_restores_what_it_took_where_that_is_wanted(
    mirror: Side, sharing: Giver, reach: list[str]
) -> None:
    name = f"{mirror.prefix}1"
    sharing.make(name, ACCOUNT)
    mirror.vouch(name)
    code, out, err = mirror.said("take-over", "--restore", "--yes", *reach)

    assert code == 0, err
    restored = mirror.stack.only("restored")
    tags = mirror.stack.tags(restored)
    assert tags[known.RESTORED_FROM] == f"snapshot {name}"
    assert known.CHECKED in tags
    assert f"backup swap staging --restored {restored}" in out


def test_options_of_a_restore_without_one_are_refused(mirror: Side) -> None:
    for option in ("--connect", "--connect-live", "--release"):
        code, _, err = mirror.said("take-over", option, "x")
        assert (code, err) == (2, f"{option}: is for --restore, which was not given\n")


def test_a_stack_that_nothing_is_shared_with_is_refused(mirror: Side, sharing: Giver) -> None:
    replace(mirror.root / "Pulumi.staging.yaml", sharing.key, '""')
    code, _, err = mirror.said("take-over", "--yes")
    assert code == 2
    assert err.startswith("Pulumi.staging.yaml: identity.dataRefresh.sharedKey must be ")

    replace(mirror.root / "bin" / "outputs.json", TAKER, "")
    code, _, err = mirror.said("take-over", "--yes")
    assert code == 2
    assert err == (
        "staging: has no output sharedSnapshotsRoleArn: it comes with "
        "identity.dataRefresh.sharedKey and the next update\n"
    )
    for step in ("status", "prune"):
        code, _, err = mirror.said(step)
        assert code == 2
        assert "it comes with identity.dataRefresh.sharedWith or sharedKey" in err


def test_status_shows_what_is_shared_vouched_for_and_copied(mirror: Side, sharing: Giver) -> None:
    first, second = (f"{mirror.prefix}{n}" for n in ("1", "2"))
    for name in (first, second):
        sharing.make(name, ACCOUNT)
    mirror.vouch(first)
    assert mirror.said("take-over", "--yes")[0] == 0
    sharing.drop(first)

    told = json.loads(mirror.said("status", "--json")[1])["snapshots"]
    assert [(each["snapshot"], each["shared"], each["vouched"], each["copy"]) for each in told] == [
        (second, True, False, ""),
        (first, False, True, "available"),
    ]
    lines = mirror.said("status")[1].splitlines()
    assert lines[0].split() == ["snapshot", "made", "shared", "vouched", "for", "copy"]
    assert lines[2].split()[0] == first
    assert REGION in mirror.stack.key
