"""A restore stands beside the live database, like it, and never touches it; on real moto."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from blueprint.outputs import OUTPUTS
from components.backup_plan import BACKUP_TAG
from operations.backup import instances as known
from operations.backup import mirror, restore
from operations.backup.instances import Instance, wait
from operations.backup.mirror import refuse_into_mirror
from operations.backup.restore import DRILL, Wanted
from operations.errors import OperationError
from operations.moments import moment, shown
from operations.place import NEEDED
from policies.rules import delivery
from tests.operations.backup.shop import SCHEMA
from tests.operations.backup.stack import PASSWORD, Stack, overheard
from tests.support.manifests import signed, signing_key, trusted
from tests.support.postgres import database

ALIKE = (
    "DBInstanceClass",
    "KmsKeyId",
    "StorageEncrypted",
    "PubliclyAccessible",
    "DeletionProtection",
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
)


@pytest.fixture(name="reach")
def _reach(server: str) -> Iterator[list[str]]:
    """Return the options by which two real databases stand for the restored and the live one."""
    with database(server, "live", *SCHEMA) as live, database(server, "restored", *SCHEMA) as copy:
        yield ["--connect", copy, "--connect-live", live]


def test_the_latest_moment_is_restored_checked_and_marked(stack: Stack, reach: list[str]) -> None:
    before = stack.shown()
    code, out, err = stack.said("restore", "--yes", *reach)

    assert code == 0, err
    name = stack.only("restored")
    live, copy = stack.shown(), stack.shown(name)
    assert {key: copy.get(key) for key in ALIKE} == {key: live.get(key) for key in ALIKE}
    for group in ("DBSubnetGroup", "DBParameterGroups", "VpcSecurityGroups"):
        assert copy[group] == live[group]
    tags = stack.tags(name)
    assert tags["Owner"] == "platform"
    # The backup plan must not find it: what lies in a locked vault stays for weeks.
    assert "Backup" not in tags
    assert tags[known.PURPOSE] == "restore"
    assert tags[known.CHECKED].split()[0] == copy["DbiResourceId"]
    assert f"--restored {name}" in out
    clock = ("LatestRestorableTime",)
    assert {key: value for key, value in live.items() if key not in clock} == {
        key: value for key, value in before.items() if key not in clock
    }


def test_the_restored_one_gets_the_present_password(
    stack: Stack, reach: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with overheard(monkeypatch) as sent:
        assert stack.run("restore", "--yes", *reach) == 0

    name = stack.only("restored")
    (changed,) = [params for request, params in sent if request == "modify_db_instance"]
    assert (changed["DBInstanceIdentifier"], changed["MasterUserPassword"]) == (name, PASSWORD)


def test_a_restore_whose_checks_fail_is_not_marked(stack: Stack, reach: list[str]) -> None:
    with psycopg.connect(reach[1], autocommit=True) as connection:
        connection.execute("delete from orders")
    code, out, _ = stack.said("restore", "--yes", "--json", *reach)

    told = json.loads(out)
    assert (code, told["passed"]) == (1, False)
    assert known.CHECKED not in stack.tags(told["restored"])
    code, _, err = stack.said("swap", "--yes")
    assert code == 2
    assert "its checks have not passed" in err


def test_checks_that_fail_later_take_the_mark_away(stack: Stack, reach: list[str]) -> None:
    time.sleep(1)  # A second later than the database is, there is a whole second to restore.
    at = ["--to-time", shown(datetime.now(UTC))]
    assert stack.run("restore", "--yes", *at, *reach) == 0
    with psycopg.connect(reach[1], autocommit=True) as connection:
        connection.execute("delete from orders")

    assert stack.run("restore", "--yes", *at, *reach) == 1
    assert known.CHECKED not in stack.tags(stack.only("restored"))


def test_a_second_call_goes_on_with_the_first(stack: Stack, reach: list[str]) -> None:
    nobody = ["--connect", "host=127.0.0.1 port=1 dbname=x user=x", *reach[2:]]
    code, _, err = stack.said("restore", "--yes", *nobody)
    assert code == 1
    assert "is restored and not checked; the same command checks it" in err

    code, out, _ = stack.said("restore", "--yes", *reach)
    assert code == 0
    assert out.startswith("goes on with ")
    assert len(stack.names()) == 2

    assert stack.run("restore", "--yes", *reach) == 0
    assert len(stack.names()) == 3


def test_a_dry_run_and_a_missing_yes_change_nothing(stack: Stack) -> None:
    assert stack.said("restore", "--dry-run")[0] == 0
    code, _, err = stack.said("restore")
    assert code == 2
    assert err == "backup restore: nobody can be asked here; give --yes or --dry-run\n"
    assert stack.names() == [stack.identifier]


def test_a_moment_outside_the_window_is_refused(stack: Stack) -> None:
    for when in (timedelta(days=-400), timedelta(days=1)):
        at = shown(datetime.now(UTC) + when)
        code, _, err = stack.said("restore", "--yes", "--to-time", at)
        assert code == 2
        assert err.startswith("--to-time: must be between ")
    assert stack.said("restore", "--to-time", "yesterday")[2].startswith("--to-time: must be a ")
    assert stack.names() == [stack.identifier]


def test_a_snapshot_of_its_own_is_restored(stack: Stack, reach: list[str]) -> None:
    stack.snapshot(f"{stack.identifier}-by-hand")
    code, _, err = stack.said(
        "restore", "--yes", "--snapshot", f"{stack.identifier}-by-hand", *reach
    )

    assert code == 0, err
    told = stack.tags(stack.only("restored"))[known.RESTORED_FROM]
    assert told == f"snapshot {stack.identifier}-by-hand"


def test_a_mirror_takes_no_snapshot_of_another_database(stack: Stack) -> None:
    other = f"else-{stack.identifier}"
    stack.rds.create_db_instance(
        DBInstanceIdentifier=other,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="owner",
        MasterUserPassword=PASSWORD,
        StorageEncrypted=True,
        KmsKeyId=stack.key,
    )
    for name in ("production-data", "sanitised-data"):
        stack.rds.create_db_snapshot(
            DBInstanceIdentifier=other,
            DBSnapshotIdentifier=f"{name}-{stack.identifier}",
        )
        code, _, err = stack.said("restore", "--yes", "--snapshot", f"{name}-{stack.identifier}")
        assert code == 2
        wanted = "not sanitised" if name == "production-data" else "no manifest vouches for"
        assert wanted in err
    assert stack.names() == [stack.identifier]

    snapshot = f"sanitised-data-{stack.identifier}"
    again = ("restore", "--dry-run", "--snapshot", snapshot)
    key = signing_key()
    (file,) = trusted(stack.root, key, signed(key, snapshot=snapshot))
    code, _, err = stack.said(*again)
    assert code == 0, err
    file.write_text(json.dumps(signed(signing_key(), snapshot=snapshot)))
    assert stack.said(*again)[::2] == (
        2,
        "policies/manifests/0.json: signature.key: must be one of signers.pem\n",
    )


def test_a_snapshot_with_another_key_or_that_is_not_there_is_refused(stack: Stack) -> None:
    other = stack.cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"]
    stack.snapshot(f"{stack.identifier}-by-hand")
    stack.rds.copy_db_snapshot(
        SourceDBSnapshotIdentifier=f"{stack.identifier}-by-hand",
        TargetDBSnapshotIdentifier=f"{stack.identifier}-other-key",
        KmsKeyId=other,
    )
    code, _, err = stack.said("restore", "--yes", "--snapshot", f"{stack.identifier}-other-key")
    assert code == 2
    assert "is not encrypted with the environment's key" in err
    code, _, err = stack.said("restore", "--yes", "--snapshot", "none")
    assert code == 2
    assert err.startswith("rds.describe_db_snapshots: DBSnapshotNotFound")
    both = ["--to-time", "2031-05-01T00:00:00Z", "--snapshot", "x"]
    assert stack.said("restore", *both)[2].endswith("give one of them, got both\n")


@pytest.mark.parametrize(
    ("stack_name", "snapshot", "taken_of", "account", "refused"),
    [
        ("staging", "rds:shop-2031", "shop", "2", None),
        ("staging", "sanitised-1", "shop-production", "1", None),
        ("staging", "mine", "shop", "1", "not sanitised"),
        ("staging", "sanitised_1", "shop-production", "1", "not sanitised"),
        ("staging", "xsanitised-1", "shop-production", "1", "not sanitised"),
        ("production", "sanitised-1", "shop-else", "2", "not of shop"),
        ("production", "rds:shop-2031", "shop", "2", None),
    ],
)
def test_what_a_stack_takes(
    stack_name: str, snapshot: str, taken_of: str, account: str, refused: str | None
) -> None:
    def check() -> None:
        refuse_into_mirror(
            stack_name,
            snapshot,
            taken_of=taken_of,
            identifier="shop",
            account_of=account,
            account="2",
            refusal=lambda _: None,
        )

    if refused is None:
        check()
    else:
        with pytest.raises(OperationError, match=refused):
            check()


def test_credentials_of_another_account_are_refused(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    code, _, err = stack.said("list")
    assert code == 2
    assert "the credentials are of account 123456789012, the stack is in 222222222222" in err


def test_only_what_a_drill_made_is_deleted(stack: Stack) -> None:
    place = stack.place()
    step = restore.plan(place, Wanted(DRILL), datetime.now(UTC))
    made = restore.run(place, step, lambda _: None)
    assert stack.shown(made.name)["MultiAZ"] is False
    live = known.live(place)
    beside = restore.run(place, restore.plan(place, Wanted("restore"), datetime.now(UTC)), print)

    for each in (live, beside):
        with pytest.raises(OperationError, match="is no drill's, so it is not deleted"):
            restore.remove(place, each)
    known.tag(place, live, {known.PURPOSE: DRILL})
    with pytest.raises(OperationError, match="is no drill's"):
        restore.remove(place, known.live(place))
    restore.remove(place, made)
    restore.remove(place, made)
    assert stack.names() == sorted([stack.identifier, beside.name])


def test_waiting_tells_each_state_once_and_ends() -> None:
    def states(*names: str) -> Iterator[Instance | None]:
        for name in names:
            yield None if not name else Instance({"DBInstanceStatus": name})

    said: list[str] = []
    slept: list[float] = []
    coming = states("", "creating", "creating", "available")
    found = wait(lambda: next(coming), "x", said.append, sleep=slept.append)
    assert found.status == "available"
    assert said == ["x: not shown yet", "x: creating", "x: available"]
    assert len(slept) == 3

    broken = states("creating", "incompatible-restore")
    with pytest.raises(OperationError, match="x: is incompatible-restore; look at its events"):
        wait(lambda: next(broken), "x", said.append, sleep=slept.append)
    with pytest.raises(OperationError, match="x: is still creating after 6 hours; the same"):
        wait(
            lambda: Instance({"DBInstanceStatus": "creating"}),
            "x",
            said.append,
            sleep=slept.append,
        )


def test_moments_are_in_utc() -> None:
    assert moment("2031-05-01T09:00:00Z") == datetime(2031, 5, 1, 9, tzinfo=UTC)
    for wrong in ("2031-05-01", "2031-05-01T09:00:00", "2031-05-01T09:00:00+02:00", "now"):
        with pytest.raises(OperationError, match="--to-time: must be a moment in UTC"):
            moment(wrong)


def test_names_agree_with_those_of_the_program() -> None:
    assert set(NEEDED) <= set(OUTPUTS)
    assert known.BACKUP == BACKUP_TAG
    for name, sanitised in (("sanitised-1", True), ("sanitised_1", False), ("rds:x-1", False)):
        assert bool(mirror.SANITISED.fullmatch(name)) is sanitised
        assert bool(delivery._SANITISED.fullmatch(name)) is sanitised  # noqa: SLF001


def test_another_stacks_restore_is_not_taken_for_ones_own(stack: Stack) -> None:
    place, later = stack.place(), datetime.now(UTC) + timedelta(seconds=5)
    mine = restore.run(place, restore.plan(place, Wanted("restore"), later), lambda _: None)
    stack.rds.modify_db_instance(
        DBInstanceIdentifier=mine.name,
        NewDBInstanceIdentifier=mine.name.replace("-restored-", "-eu-restored-"),
    )

    assert known.restored(place, "restore") == []


def test_two_restores_in_one_second_have_names_of_their_own(stack: Stack) -> None:
    place, now = stack.place(), datetime.now(UTC)
    stack.snapshot(f"{stack.identifier}-by-hand")
    for wanted in (Wanted("restore"), Wanted("restore", snapshot=f"{stack.identifier}-by-hand")):
        restore.run(place, restore.plan(place, wanted, now), lambda _: None)

    assert len(known.restored(place, "restore")) == 2
