"""A swap and its undo, broken off at every request and gone on with; on real moto."""

import itertools
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operations.aws import ask
from operations.backup import instances as known
from operations.backup import restore, swap
from operations.backup.restore import RESTORE, Wanted
from operations.backup.state import led
from operations.errors import OperationError
from operations.moments import shown
from operations.place import Place
from tests.operations.backup.stack import CHANGING, Stack, overheard
from tests.support.cloud import Cloud, Thing


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "POLL_SECONDS", 1)


def checked(stack: Stack, when: datetime | None = None) -> str:
    """Restore beside the live database and mark it as checked; return its name."""
    place = stack.place()
    step = restore.plan(place, Wanted(RESTORE), datetime.now(UTC))
    made = restore.run(place, step, quiet)
    mark(place, made.name, f"{made.id} {shown(when or datetime.now(UTC))}")
    return made.name


def mark(place: Place, name: str, value: str) -> None:
    found = known.by_name(place, name)
    assert found is not None
    known.tag(place, found, {known.CHECKED: value})


def ids(stack: Stack) -> dict[str, str]:
    """Return the resource id of each instance by name."""
    return {name: stack.shown(name)["DbiResourceId"] for name in stack.names()}


def test_a_swap_exchanges_the_names_and_leads_the_state(stack: Stack) -> None:
    name = checked(stack)
    before, live = ids(stack), stack.shown()["DbiResourceId"]
    code, out, err = stack.said("swap", "--yes")

    assert code == 0, err
    after = ids(stack)
    (aside,) = set(after) - {stack.identifier}
    assert after == {stack.identifier: before[name], aside: live}
    assert aside.startswith(f"{stack.identifier}-before-")
    assert stack.state()["id"] == before[name]
    assert f"next, python -m operations gate {stack.name}" in out
    # The backup plan looks after the one that is live, and only after that.
    assert stack.tags()["Backup"] == stack.identifier
    assert "Backup" not in stack.tags(aside)
    assert not [key for key in stack.tags() if key.startswith(known.OWN)]
    kept = datetime.fromisoformat(stack.tags(aside)[known.DELETE_AFTER])
    assert timedelta(hours=23) < kept - datetime.now(UTC) <= timedelta(days=1)


def test_an_undo_gives_everything_back(stack: Stack) -> None:
    name = checked(stack)
    before, tags, state = ids(stack), stack.tags(), stack.state()
    assert stack.run("swap", "--yes") == 0
    assert stack.run("undo", "--yes") == 0

    assert ids(stack) == before
    assert stack.tags() == tags
    assert stack.state() == state
    # What was live meanwhile may hold anything: it must be checked before it is swapped in again.
    assert known.CHECKED not in stack.tags(name)
    assert stack.said("undo", "--yes")[2].endswith("there is no swap to undo\n")


def test_a_second_swap_of_the_same_changes_nothing(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(stack)
    assert stack.run("swap", "--yes") == 0
    before = ids(stack)
    with overheard(monkeypatch) as sent:
        code, out, _ = stack.said("swap", "--yes", "--json")
    assert (code, sent) == (0, [])
    assert json.loads(out)["liveId"] == before[stack.identifier]
    assert ids(stack) == before

    code, out, _ = stack.said("undo", "--yes", "--json")
    assert code == 0
    assert json.loads(out)["liveId"] == ids(stack)[stack.identifier] != before[stack.identifier]


def test_the_last_of_two_swaps_is_the_one_that_is_undone(stack: Stack) -> None:
    first = ids(stack)[stack.identifier]
    checked(stack)
    assert stack.run("swap", "--yes") == 0
    second = ids(stack)[stack.identifier]
    place = stack.place()
    later = datetime.now(UTC) + timedelta(minutes=5)
    # A restore is named by its second, and moto keeps the first one's snapshot by that name.
    time.sleep(1)
    checked(stack)
    swap.run(place, swap.find(place, "", later), later, quiet)
    assert ids(stack)[stack.identifier] not in (first, second)

    assert stack.run("undo", "--yes") == 0
    assert ids(stack)[stack.identifier] == second
    assert stack.run("undo", "--yes") == 0
    assert ids(stack)[stack.identifier] == first


class Crash(Exception):  # noqa: N818
    """The process ends here."""


class Breaking:
    """Lets so many changing requests through to RDS, and breaks off at the next."""

    def __init__(self, ask: Callable[..., Any], after: int, *, late: bool) -> None:
        self.ask, self.left, self.late = ask, after, late

    def __call__(self, client: Any, request: str, **params: Any) -> Any:
        if request not in CHANGING:
            return self.ask(client, request, **params)
        self.left -= 1
        if self.left < 0 and not self.late:
            raise Crash
        answer = self.ask(client, request, **params)
        if self.left < 0:
            raise Crash
        return answer


def broken_off(
    monkeypatch: pytest.MonkeyPatch, what: Callable[[], object], after: int, *, late: bool
) -> bool:
    """Run something and break it off; return whether it came to its end before."""
    with monkeypatch.context() as patch:
        patch.setattr("operations.place.ask", Breaking(ask, after, late=late))
        try:
            what()
        except Crash:
            return False
    return True


REQUESTS = 8
"""More than a swap or an undo sends that change anything."""


@pytest.mark.slow
def test_a_swap_that_breaks_off_anywhere_goes_on_or_back(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, name = stack.place(), checked(stack)
    start = ids(stack)
    broke = 0
    for after, late in itertools.product(range(REQUESTS), (False, True)):
        now = datetime.now(UTC)

        def forwards(now: datetime = now) -> None:
            swap.run(place, swap.find(place, "", now), now, quiet)

        broke += not broken_off(monkeypatch, forwards, after, late=late)
        forwards()
        swapped = ids(stack)
        assert swapped[stack.identifier] == start[name]
        assert set(swapped.values()) == set(start.values())
        assert stack.tags()["Backup"] == stack.identifier

        def backwards() -> None:
            swap.undo(place, swap.find_undo(place), quiet)

        if not broken_off(monkeypatch, backwards, after, late=late):
            broke += 1
            try:
                backwards()
            except OperationError as error:
                # It had come to its last request.
                assert "no swap to undo" in str(error)  # noqa: PT017
        assert ids(stack) == start
        assert stack.tags()["Backup"] == stack.identifier
        assert not [key for key in stack.tags() if key.startswith(known.OWN)]
        mark(place, name, f"{start[name]} {shown(datetime.now(UTC))}")
    assert broke > 2 * REQUESTS


def test_a_swap_is_finished_though_another_restore_stands_ready(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, name = stack.place(), checked(stack)
    found, now = swap.find(place, name, datetime.now(UTC)), datetime.now(UTC)
    assert not broken_off(monkeypatch, lambda: swap.run(place, found, now, quiet), 2, late=True)
    later = now + timedelta(seconds=5)
    restore.run(place, restore.plan(place, Wanted(RESTORE), later), quiet)
    assert "Backup" not in stack.tags()

    assert stack.run("swap", "--yes") == 0
    assert stack.tags()["Backup"] == stack.identifier


def test_an_undo_takes_a_swap_back_that_broke_off(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = stack.place()
    checked(stack)
    start, now = ids(stack), datetime.now(UTC)
    found = swap.find(place, "", now)
    assert not broken_off(monkeypatch, lambda: swap.run(place, found, now, quiet), 1, late=True)
    assert stack.identifier not in stack.names()
    code, _, err = stack.said("undo", "--yes")
    assert code == 0, err
    assert ids(stack) == start


def test_a_swap_does_not_go_on_where_an_undo_broke_off(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = stack.place()
    checked(stack)
    assert stack.run("swap", "--yes") == 0
    found = swap.find_undo(place)
    assert not broken_off(monkeypatch, lambda: swap.undo(place, found, quiet), 1, late=True)

    assert stack.said("swap", "--yes")[2].endswith("`backup undo` finishes it\n")
    assert stack.run("undo", "--yes") == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("db-ANOTHER 2031-05-01T00:00:00Z", "its checks have not passed"),
        ("nonsense", "its checks have not passed"),
        ("{id} soon", "its checks have not passed"),
        ("{id} 2020-01-01T00:00:00Z", "more than a day ago"),
    ],
)
def test_checks_of_another_instance_or_of_old_do_not_count(
    stack: Stack, value: str, words: str
) -> None:
    name = checked(stack)
    mark(stack.place(), name, value.format(id=stack.shown(name)["DbiResourceId"]))
    before = ids(stack)

    code, _, err = stack.said("swap", "--yes")
    assert code == 2
    assert words in err
    assert ids(stack) == before


def test_of_several_restored_databases_one_must_be_named(stack: Stack) -> None:
    first = checked(stack)
    place, later = stack.place(), datetime.now(UTC) + timedelta(seconds=5)
    second = restore.run(place, restore.plan(place, Wanted(RESTORE), later), quiet).name

    assert stack.said("swap", "--yes")[2] == f"--restored: must name one of {first}, {second}\n"
    assert stack.said("swap", "--yes", "--restored", "x")[0] == 2
    assert stack.run("swap", "--yes", "--restored", first, "--dry-run") == 0
    assert stack.run("swap", "--yes", "--restored", first) == 0


def test_production_is_asked_for_by_name(production: Stack) -> None:
    checked(production)
    before = ids(production)
    code, _, err = production.said("swap", "--yes")
    assert code == 2
    assert err.splitlines()[-1].endswith("give --confirm production or --dry-run")
    assert production.said("swap", "--yes", "--confirm", "staging")[0] == 2
    assert ids(production) == before

    assert production.run("swap", "--confirm", "production") == 0
    assert production.shown()["DeletionProtection"] is True


def test_replicas_that_go_on_following_the_old_one_are_told(stack: Stack) -> None:
    replica = f"{stack.identifier}-replica-1"
    stack.rds.create_db_instance_read_replica(
        DBInstanceIdentifier=replica, SourceDBInstanceIdentifier=stack.identifier
    )
    checked(stack)
    code, out, _ = stack.said("swap", "--yes")
    assert code == 0
    assert f"{replica}: still follows " in out


def test_the_engine_finds_its_database_again_and_wants_no_replacement(
    stack: Stack, cloud: Cloud
) -> None:
    """What Pulumi would say after a swap, by the sandbox's own provider."""
    checked(stack)
    assert stack.run("swap", "--yes") == 0
    thing = stack.database

    # Left alone, the state means the one put aside: its name is found changed.
    assert thing.refresh() == {"identifier", "tags"}
    found = Thing(cloud, thing.urn, stack.state()["id"], thing.inputs, stack.state()["outputs"])
    assert found.refresh() == set()
    assert found.plan().replaces == set()
    assert found.props["resourceId"] == stack.shown()["DbiResourceId"]


INSTANCE = "aws:rds/instance:Instance"


def exported(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": list(resources), **more}}


def resource(id_: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn::{id_}", "type": INSTANCE, "id": id_, "outputs": {"id": id_}, **more}


def test_only_the_swapped_instance_is_changed_in_the_state() -> None:
    others = [resource("db-REPLICA"), {"urn": "u", "type": "other", "id": "db-OLD"}]
    state = exported(resource("db-OLD"), *others)

    assert led(state, "shop", "db-OLD", "db-NEW") == "urn::db-OLD"
    changed, *rest = state["deployment"]["resources"]
    assert (changed["id"], changed["outputs"]) == ("db-NEW", {"id": "db-NEW"})
    assert rest == others
    assert led(state, "shop", "db-OLD", "db-NEW") is None


@pytest.mark.parametrize(
    "state",
    [
        exported(),
        exported(resource("db-OTHER")),
        exported(resource("db-OLD"), resource("db-OLD")),
        exported(resource("db-OLD", delete=True)),
        exported(resource("db-OLD"), pending_operations=[{"type": "creating"}]),
        {},
    ],
)
def test_a_state_that_is_not_clear_is_left_alone(state: dict[str, Any]) -> None:
    with pytest.raises(OperationError, match="the state has"):
        led(state, "shop", "db-OLD", "db-NEW")
