"""Old sanitised snapshots go; what is needed, and what is no such snapshot, stays."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.aws import AwsRefusedError
from operations.backup import instances as known
from operations.place import Place
from operations.refresh import snapshots
from operations.refresh.prune import Limits, in_use, judged
from operations.refresh.snapshots import Snapshot
from tests.operations.backup.stack import deployed
from tests.operations.refresh.sides import OPERATOR, Side, replace, side_of
from tests.support.cloud import Cloud

NOW = datetime(2031, 5, 20, tzinfo=UTC)
ARN = "arn:aws:rds:eu-west-1:222222222222:snapshot:"


def made(name: str, days: float, status: str = "available") -> Snapshot:
    when = NOW - timedelta(days=days)
    return Snapshot({"DBSnapshotArn": f"{ARN}{name}", "Status": status, "SnapshotCreateTime": when})


def going(
    *found: Snapshot,
    keep: int = 2,
    older_than: int | None = None,
    vouched: str = "",
    used: Mapping[str, str] | None = None,
) -> list[str]:
    """Return the names of those that would be deleted."""
    lines = judged(
        found,
        Limits(keep, older_than),
        refusal=lambda name: None if name in vouched else "nothing vouches for it",
        used=used or {},
        now=NOW,
    )
    assert [line.snapshot for line in lines] == list(found)
    return [line.snapshot.name for line in lines if not line.stays]


FOUR = [made(name, days) for name, days in (("d", 1), ("c", 8), ("b", 15), ("a", 22))]


def test_the_newest_stay_as_many_as_are_asked_for() -> None:
    assert going(*FOUR) == ["b", "a"]
    assert going(*FOUR, keep=1) == ["c", "b", "a"]
    assert going(*FOUR, keep=4) == going() == []


def test_younger_ones_stay_where_an_age_is_given() -> None:
    assert going(*FOUR, keep=1, older_than=10) == ["b", "a"]
    assert going(*FOUR, keep=1, older_than=15) == ["b", "a"]
    assert going(*FOUR, keep=1, older_than=16) == ["a"]


def test_the_newest_that_is_vouched_for_stays_however_old() -> None:
    assert going(*FOUR, keep=1, vouched="ba") == ["c", "a"]
    assert going(*FOUR, keep=1, older_than=1, vouched="a") == ["c", "b"]


def test_what_is_needed_stays_however_old() -> None:
    assert going(*FOUR, keep=1, used={"a": "x", "c": "y"}) == ["b"]


def test_what_is_being_made_or_deleted_stays_and_counts_for_nothing() -> None:
    coming, leaving = made("e", 0, "creating"), made("0", 30, "deleting")
    assert going(coming, *FOUR) == ["b", "a"]
    assert going(*FOUR, leaving) == ["b", "a"]
    unknown = Snapshot({"DBSnapshotArn": f"{ARN}f", "Status": "creating"})
    assert going(unknown, *FOUR) == ["b", "a"]


def test_what_failed_goes_and_vouches_for_nothing() -> None:
    assert going(made("e", 0, "failed"), *FOUR, vouched="ec") == ["e", "b", "a"]
    assert going(made("e", 0, "failed"), *FOUR, older_than=10) == ["b", "a"]


@pytest.fixture(name="mirror")
def _mirror(mirror: Side) -> Side:
    """Return a staging with three sanitised snapshots and two others."""
    for name in ("1", "2", "3"):
        mirror.stack.snapshot(f"{mirror.prefix}{name}")
    mirror.stack.snapshot(f"{mirror.stack.identifier}-by-hand")
    mirror.stack.snapshot(f"sanitised-{mirror.stack.identifier}")
    return mirror


def others(side: Side) -> list[str]:
    found = side.rds.describe_db_snapshots(DBInstanceIdentifier=side.stack.identifier)
    names = [each["DBSnapshotIdentifier"] for each in found["DBSnapshots"]]
    return sorted(name for name in names if not name.startswith(side.prefix))


def test_only_what_is_old_and_sanitised_is_deleted(mirror: Side) -> None:
    before = others(mirror)
    code, out, err = mirror.said("prune", "--yes", "--keep", "1")

    assert code == 0, err
    assert mirror.snapshots() == [f"{mirror.prefix}3"]
    assert others(mirror) == before
    assert any(name.startswith("rds:") for name in before)
    assert out.endswith("2 deleted, 1 left\n")
    assert mirror.said("prune", "--yes", "--keep", "1")[1].endswith("0 deleted, 1 left\n")


def test_a_dry_run_and_a_missing_yes_delete_nothing(mirror: Side) -> None:
    before = mirror.snapshots()
    code, out, _ = mirror.said("prune", "--dry-run")
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()[1:4]] == [
        ["stays", f"{mirror.prefix}3"],
        ["stays", f"{mirror.prefix}2"],
        ["goes", f"{mirror.prefix}1"],
    ]
    told = json.loads(mirror.said("prune", "--dry-run", "--json")[1])
    assert [each["stays"] for each in told["snapshots"]][2] == ""
    assert told["deleted"] == []
    code, _, err = mirror.said("prune")
    assert code == 2
    assert err == "refresh prune: nobody can be asked here; give --yes or --dry-run\n"
    assert mirror.snapshots() == before


def test_the_newest_that_a_manifest_vouches_for_is_left(mirror: Side) -> None:
    mirror.vouch(f"{mirror.prefix}1", f"{mirror.prefix}2")
    assert mirror.said("prune", "--yes", "--keep", "1")[0] == 0
    assert mirror.snapshots() == [f"{mirror.prefix}2", f"{mirror.prefix}3"]

    (mirror.manifests / f"{mirror.prefix}2.json").write_text("{}")
    code, _, err = mirror.said("prune", "--yes", "--keep", "1")
    assert code == 2
    assert err.startswith(f"policies/manifests/{mirror.prefix}2.json: ")
    assert len(mirror.snapshots()) == 2


def test_what_a_database_was_just_made_from_is_left(mirror: Side) -> None:
    name = f"{mirror.prefix}1"
    mirror.rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=f"{mirror.stack.identifier}-new",
        DBSnapshotIdentifier=name,
        Tags=[{"Key": known.RESTORED_FROM, "Value": f"snapshot {name}"}],
    )
    assert mirror.said("prune", "--yes", "--keep", "1")[0] == 0
    assert mirror.snapshots() == [name, f"{mirror.prefix}3"]


def test_what_a_database_was_made_from_long_ago_goes(
    mirror: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{mirror.prefix}1"
    place = mirror.stack.place()
    shown_as = {
        "DBInstanceIdentifier": "x",
        "TagList": [{"Key": known.RESTORED_FROM, "Value": f"snapshot {ARN}{name}"}],
    }

    def used(**more: Any) -> dict[str, str]:
        found = [known.Instance({**shown_as, **more})]
        monkeypatch.setattr("operations.backup.instances.instances", lambda _: found)
        return in_use(place, NOW)

    assert used(InstanceCreateTime=NOW - timedelta(days=2)) == {}
    assert used(InstanceCreateTime=NOW - timedelta(hours=23)) == {name: "x was just made from it"}
    assert used() == {name: "x was just made from it"}


def test_what_the_settings_restore_from_is_left(mirror: Side) -> None:
    replace(
        mirror.root / "Pulumi.staging.yaml",
        'restore: {suffix: "", snapshot: ""',
        f'restore: {{suffix: "a", snapshot: "{mirror.prefix}1"',
    )
    out = mirror.said("prune", "--yes", "--keep", "1")[1]
    assert mirror.snapshots() == [f"{mirror.prefix}1", f"{mirror.prefix}3"]
    assert "identity.restore.snapshot names it" in out


def test_what_bears_a_name_only_since_it_was_judged_is_left(
    mirror: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{mirror.prefix}1"
    real = snapshots.by_name

    def replaced(*given: Any) -> Snapshot | None:
        found = real(*given)
        assert found is not None
        return Snapshot({**found.shown, "SnapshotCreateTime": NOW})

    monkeypatch.setattr("operations.refresh.snapshots.by_name", replaced)
    code, _, err = mirror.said("prune", "--yes")
    assert code == 1
    assert f"{name}: is another one by now; left" in err
    assert name in mirror.snapshots()


def test_what_aws_refuses_to_delete_ends_with_1_and_stops_nothing(
    mirror: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (f"{mirror.prefix}{n}" for n in ("1", "2"))
    real = Place.rds

    def rds(self: Place, request: str, **params: Any) -> dict[str, Any]:
        if (request, params) == ("delete_db_snapshot", {"DBSnapshotIdentifier": second}):
            raise AwsRefusedError("rds.delete_db_snapshot", "AccessDenied", "no")
        return real(self, request, **params)

    monkeypatch.setattr(Place, "rds", rds)
    code, out, err = mirror.said("prune", "--yes", "--keep", "1", "--json")

    assert code == 1
    assert "rds.delete_db_snapshot: AccessDenied: no" in err
    told = json.loads(out)
    assert (told["deleted"], told["failed"]) == ([first], [second])
    assert mirror.snapshots() == [second, f"{mirror.prefix}3"]


@pytest.mark.parametrize(("option", "got"), [("--keep", "0"), ("--older-than", "-1")])
def test_numbers_below_1_are_refused(mirror: Side, option: str, got: str) -> None:
    with pytest.raises(SystemExit) as left:
        mirror.said("prune", option, got)
    assert left.value.code == 2
    assert f"{option}: must be 1 or more, got {got}" in mirror.stack.capture.readouterr().err


def test_productions_go_only_once_its_name_was_given(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stack = deployed(cloud, tmp_path, monkeypatch, capsys, "production")
    production = side_of(
        stack,
        dataRefreshMachineArn="arn:aws:states:eu-west-1:222222222222:stateMachine:x",
        dataRefreshBucket="x",
        dataRefreshOperatorRoleArn=OPERATOR,
    )
    for name in ("1", "2"):
        stack.snapshot(f"{production.prefix}{name}")
    code, _, err = production.said("prune", "--yes", "--keep", "1")
    assert code == 2
    assert err == (
        "refresh prune: nobody can be asked here; give --confirm production or --dry-run\n"
    )
    assert len(production.snapshots()) == 2

    assert production.said("prune", "--keep", "1", "--confirm", "production")[0] == 0
    assert production.snapshots() == [f"{production.prefix}2"]
