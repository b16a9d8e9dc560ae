"""A run is started once, followed to its end, and its manifest kept where it is signed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from operations.errors import OperationError
from operations.place import Place
from operations.refresh.execution import Course
from policies.manifest import load_sanitised
from tests.operations.backup.stack import Stack
from tests.operations.refresh.machine import SNAPSHOT, Production, production_of, states
from tests.support.manifests import signed, signing_key

pytestmark = pytest.mark.moto

SURE = ("--confirm", "production")
ENTERED = [
    "Number", "Name", "ChooseSource", "RestoreLatest", "CreateTarget",
    "RawAwait", "RawWait", "RawLook", "RawReady",
    "SanitisedAwait", "SanitisedWait", "SanitisedLook", "SanitisedReady",
    "Prepare", "Sanitise", "Scan", "MakeSnapshot",
    "SnapshotAwait", "SnapshotWait", "SnapshotLook", "SnapshotReady",
    "Share", "DeleteRaw", "DeleteSanitised", "Judge", "Done",
]  # fmt: skip


def told(err: str) -> list[str]:
    """Return the states that were told."""
    return [line.split("Z ")[1] for line in err.splitlines() if line.startswith("  20")]


@pytest.fixture(name="slow")
def _slow(producing: Stack) -> Iterator[Production]:
    """Return a production whose machine waits for an hour."""
    with production_of(producing, states(seconds=3600)) as found:
        yield found


@pytest.fixture(name="failing")
def _failing(producing: Stack) -> Iterator[Production]:
    """Return a production whose scan finds somebody."""
    with production_of(producing, states(failing="Scan")) as found:
        yield found


def test_a_run_is_told_of_state_by_state_and_its_manifest_is_kept(production: Production) -> None:
    production.put()
    code, out, err = production.side.said("start", *SURE)

    assert code == 0, err
    assert told(err) == ENTERED
    file = f"policies/manifests/{SNAPSHOT}.json"
    assert f"{file}: is signed; review it and commit it" in out
    assert load_sanitised(production.side.root) == {SNAPSHOT}
    (run,) = production.runs()
    assert run["name"].startswith("by-hand-")


def test_a_state_in_a_loop_is_told_once(producing: Stack) -> None:
    made = states()
    looping = {"Variable": "$.polls.count", "NumericLessThan": 3, "Next": "RawCount"}
    made["States"]["RawReady"] = {
        "Type": "Choice",
        "Choices": [looping],
        "Default": "SanitisedAwait",
    }
    with production_of(producing, made) as production:
        production.put()
        code, _, err = production.side.said("start", *SURE)

    assert code == 0, err
    assert sorted(told(err)) == sorted([*ENTERED, "RawCount"])


def test_a_run_that_fails_ends_with_1_and_keeps_nothing(failing: Production) -> None:
    failing.put()
    code, out, err = failing.side.said("start", *SURE)

    assert code == 1
    assert "Share" not in told(err)
    assert told(err)[-6:-1] == ["DeleteRaw", "DeleteSanitised", "Judge", "Tell", "NotDone"]
    assert told(err)[-1] == "NotDone failed: RefreshFailed: see the steps before"
    assert ": FAILED; " in out
    assert load_sanitised(failing.side.root) == frozenset()
    code, out, _ = failing.side.said("fetch", "--json")
    assert (code, json.loads(out)["status"]) == (1, "FAILED")


def test_no_second_run_is_started_beside_one(slow: Production) -> None:
    code, out, err = slow.side.said("start", "--no-wait", *SURE)
    assert code == 0, err
    (run,) = slow.runs()
    assert f"{run['name']}: runs; next, python -m operations refresh fetch production" in out

    code, _, err = slow.side.said("start", "--no-wait", *SURE)
    assert code == 2
    assert err.startswith(f"production: {run['name']} runs since ")
    assert len(slow.runs()) == 1


def test_what_was_left_running_is_waited_for_and_fetched(producing: Stack) -> None:
    with production_of(producing, states(seconds=1)) as production:
        production.put()
        assert production.side.said("start", "--no-wait", *SURE)[0] == 0
        code, out, err = production.side.said("fetch", "--json")

    assert code == 0, err
    assert told(err)[-1] == "Done"
    found = json.loads(out)
    assert (found["status"], found["snapshot"]) == ("SUCCEEDED", SNAPSHOT)
    assert load_sanitised(production.side.root) == {SNAPSHOT}


def test_each_look_reads_only_what_has_happened_since(
    producing: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[list[int]] = []

    class Heard(Course):
        def tell(self, events: Iterable[Mapping[str, Any]]) -> None:
            new = list(events)
            heard.append([event["id"] for event in new])
            super().tell(new)

    monkeypatch.setattr("operations.refresh.execution.Course", Heard)
    with production_of(producing, states(seconds=1)) as production:
        production.put()
        assert production.side.said("start", *SURE)[0] == 0

    numbers = [number for look in heard for number in look]
    assert len([look for look in heard if look]) > 1
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_snapshots_manifest_is_fetched_by_its_name(production: Production) -> None:
    production.put()
    code, out, err = production.side.said("fetch", "--snapshot", SNAPSHOT)

    assert code == 0, err
    assert SNAPSHOT in out
    assert load_sanitised(production.side.root) == {SNAPSHOT}


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        ("../../x", "../../x: must be a name like sanitised-…\n"),
        ("production-data", "production-data: must be a name like sanitised-…\n"),
        ("sanitised-none", "s3.get_object: NoSuchKey: The specified key does not exist.\n"),
    ],
)
def test_a_name_without_a_manifest_is_refused(
    production: Production, snapshot: str, words: str
) -> None:
    assert production.side.said("fetch", "--snapshot", snapshot)[::2] == (2, words)
    assert [file.name for file in production.side.manifests.iterdir()] == ["signers.pem"]


def test_a_manifest_that_nobody_trusted_signed_is_not_kept(production: Production) -> None:
    theirs = json.dumps(signed(signing_key(), snapshot=SNAPSHOT))
    mine = json.dumps(signed(production.side.key, snapshot=SNAPSHOT))
    other = json.dumps(signed(production.side.key, snapshot="sanitised-other"))
    for text, words in (
        (theirs, "signature.key: must be one of signers.pem"),
        (mine.replace('"canaries": 13', '"canaries": 14'), "is not what was signed"),
        (mine[:-1], "can't be read as JSON with each key once"),
        (other, f"snapshot: must be {SNAPSHOT}, got sanitised-other"),
        (b"\xff\xfe", "can't be read as JSON with each key once"),
    ):
        production.put(text)
        code, _, err = production.side.said("fetch", "--snapshot", SNAPSHOT)
        assert (code, err) == (2, f"{SNAPSHOT}.json: {words}\n")
    assert [file.name for file in production.side.manifests.iterdir()] == ["signers.pem"]

    code, _, err = production.side.said("start", *SURE)
    assert code == 1
    assert f"{SNAPSHOT}: is shared, and nothing vouches for it here" in err


def test_nothing_is_started_whose_manifest_nobody_could_verify(production: Production) -> None:
    (production.side.manifests / "signers.pem").unlink()
    for step in ("start", "fetch"):
        code, _, err = production.side.said(step, *(SURE if step == "start" else ()))
        assert code == 2
        assert err.startswith("policies/manifests/signers.pem: can't be read: ")
    assert production.runs() == []


def test_a_run_begins_from_a_snapshot_of_production_alone(slow: Production) -> None:
    side = slow.side
    own, other = f"{side.stack.identifier}-by-hand", f"{side.stack.identifier}-other"
    side.stack.snapshot(own)
    side.rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=other, DBSnapshotIdentifier=own
    )
    side.rds.create_db_snapshot(DBInstanceIdentifier=other, DBSnapshotIdentifier=other)
    for name, words in (
        (other, f"--snapshot: {other} is of {other}, must be of {side.stack.identifier}\n"),
        ("none", "rds.describe_db_snapshots: DBSnapshotNotFound: DBSnapshot none not found.\n"),
    ):
        assert side.said("start", "--snapshot", name, *SURE)[::2] == (2, words)
    assert slow.runs() == []

    code, out, _ = side.said("start", "--no-wait", "--snapshot", own, *SURE)
    assert code == 0
    assert f"starts the data refresh of {side.stack.identifier} from {own}" in out
    states_ = side.cloud.boto3("stepfunctions")
    run = states_.describe_execution(executionArn=slow.runs()[0]["executionArn"])
    assert json.loads(run["input"]) == {"snapshot": own}


def test_automated_snapshots_are_found_by_their_names_too(slow: Production) -> None:
    found = slow.side.rds.describe_db_snapshots(
        DBInstanceIdentifier=slow.side.stack.identifier, SnapshotType="automated"
    )["DBSnapshots"]
    name = found[0]["DBSnapshotIdentifier"]
    assert name.startswith("rds:")
    assert slow.side.said("start", "--dry-run", "--snapshot", name, *SURE)[0] == 0


def test_a_dry_run_and_a_missing_name_start_nothing(production: Production) -> None:
    code, out, _ = production.side.said("start", "--dry-run")
    assert (code, out.splitlines()[-1]) == (0, "nothing was changed")
    code, _, err = production.side.said("start", "--yes")
    assert code == 2
    assert "give --confirm production or --dry-run" in err
    assert production.runs() == []


def test_a_broken_wait_says_that_the_run_goes_on(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any) -> None:
        raise OperationError("stepfunctions.describe_execution: no network")

    monkeypatch.setattr("operations.refresh.execution.follow", gone)
    code, _, err = production.side.said("start", *SURE)
    assert code == 1
    assert err.splitlines()[-2:] == [
        "  stepfunctions.describe_execution: no network",
        "  the run goes on; python -m operations refresh fetch production waits on",
    ]


def test_in_the_sandbox_nobody_waits_for_what_never_ends(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def chosen(_: Any) -> Iterator[Place]:
        yield production.side.stack.place()

    for step in ("start", "fetch"):
        monkeypatch.setattr(f"operations.refresh.{step}.chosen", chosen)
    code, _, err = production.side.said("start", "--sandbox", *SURE)
    assert (code, err) == (
        2,
        "--sandbox: no task runs there, so a run does not end: give --no-wait\n",
    )
    assert production.runs() == []


def test_what_has_never_run_has_nothing_to_fetch(production: Production) -> None:
    assert production.side.said("fetch")[::2] == (
        2,
        "production: the data refresh has never run\n",
    )
    assert production.side.said("status")[1] == "the data refresh has never run\nno snapshot\n"


def test_status_shows_the_run_and_whom_snapshots_are_shared_with(slow: Production) -> None:
    side = slow.side
    name = f"{side.prefix}1"
    side.stack.snapshot(name)
    side.rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["333333333333"]
    )
    side.vouch(name)
    assert side.said("start", "--no-wait", *SURE)[0] == 0
    (run,) = slow.runs()

    found = json.loads(side.said("status", "--json")[1])
    assert (found["run"]["name"], found["run"]["status"]) == (run["name"], "RUNNING")
    assert found["run"]["state"] == "RawWait"
    assert found["run"]["snapshot"] == ""
    (snapshot,) = found["snapshots"]
    assert (snapshot["snapshot"], snapshot["vouched"]) == (name, True)
    assert snapshot["sharedWith"] == ["333333333333"]
    lines = side.said("status")[1].splitlines()
    assert lines[0].startswith(f"{run['name']}: RUNNING, from ")
    assert lines[0].endswith("Z now in RawWait")
    assert lines[2].split()[-2:] == ["yes", "333333333333"]


def test_a_side_that_takes_over_starts_nothing(production: Production) -> None:
    file = production.side.root / "bin" / "outputs.json"
    outputs = json.loads(file.read_text())
    file.write_text(json.dumps({**outputs, "dataRefreshMachineArn": ""}))
    for step in ("start", "fetch"):
        code, _, err = production.side.said(step)
        assert (code, err) == (
            2,
            "production: has no output dataRefreshMachineArn: it comes with "
            "identity.dataRefresh.sharedWith and the next update\n",
        )


TASK = {
    "Containers": [{"ExitCode": 1, "Name": "main"}],
    "Overrides": {"ContainerOverrides": [{"Environment": [{"Name": "RAW_HOST"}]}]},
    "StoppedReason": "Essential container in task exited",
}


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (
            {"taskFailedEventDetails": {"error": "States.TaskFailed", "cause": json.dumps(TASK)}},
            "States.TaskFailed: Essential container in task exited, exit code 1",
        ),
        (
            {"taskFailedEventDetails": {"error": "Rds.X", "cause": "no\n such  thing"}},
            "Rds.X: no such thing",
        ),
        ({"taskTimedOutEventDetails": {"error": "States.Timeout"}}, "States.Timeout"),
        ({"taskFailedEventDetails": {"cause": "x" * 999}}, "x" * 300),
        ({"taskFailedEventDetails": {"error": "E", "cause": "[]"}}, "E: []"),
        (
            {"taskFailedEventDetails": {"error": "E", "cause": '{"Containers": [{}]}'}},
            "E: stopped, exit code none",
        ),
    ],
)
def test_a_failure_is_told_in_one_line_with_its_state(details: dict[str, Any], words: str) -> None:
    at = {"timestamp": datetime(2031, 5, 1, 9, tzinfo=UTC)}
    said: list[str] = []
    course = Course(said.append)
    entered = {"id": 1, **at, "stateEnteredEventDetails": {"name": "Scan"}}
    course.tell(
        [entered, {"id": 2, **at, "type": "TaskScheduled", "taskScheduledEventDetails": {}}]
    )
    course.tell([{"id": 3, **at, **details}])

    assert said == ["2031-05-01T09:00:00Z Scan", f"2031-05-01T09:00:00Z Scan failed: {words}"]
    assert course.last == 3
