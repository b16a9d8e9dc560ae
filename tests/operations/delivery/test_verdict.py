"""The verdict finds what ECS did behind Pulumi's back; nothing unknown passes."""

from collections.abc import Mapping
from typing import Any

import pytest

from operations.delivery.verdict import (
    Line,
    Seen,
    Word,
    alarm_lines,
    passed,
    service_lines,
    target_line,
    unsettled,
)

NEW = "arn:aws:ecs:eu-west-1:222222222222:task-definition/shop-web:8"
OLD = "arn:aws:ecs:eu-west-1:222222222222:task-definition/shop-web:7"
DIGEST, OTHER = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
SAME: Mapping[str, Word] = {DIGEST: "pass", OTHER: "fail"}


def deployment(definition: str = NEW, state: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    return {"status": "PRIMARY", "taskDefinition": definition, "rolloutState": state, **more}


def task(digest: str = DIGEST, status: str = "RUNNING") -> dict[str, Any]:
    return {"lastStatus": status, "containers": [{"imageDigest": digest}]}


def lines(
    *deployments: dict[str, Any],
    tasks: list[dict[str, Any]] | None = None,
    asleep: bool = False,
    **more: Any,
) -> dict[str, Line]:
    """Return the lines of a service that runs two tasks, with changes."""
    service = {"desiredCount": 2, "runningCount": 2, "pendingCount": 0, **more}
    service["deployments"] = list(deployments or [deployment()])
    seen = Seen(service, [task(), task()] if tasks is None else tasks, asleep)
    found = service_lines("web", seen, NEW, SAME)
    return {each.what.removeprefix("web: "): each for each in found}


def test_a_service_that_runs_the_release_passes() -> None:
    found = lines()
    assert passed(list(found.values()))
    assert found["deployment"].words == "shop-web:8 is complete"


def test_a_rollback_behind_pulumis_back_fails_though_it_is_complete_and_says_why() -> None:
    events = [
        {"message": "(service web) has reached a steady state."},
        {"message": "(service web) rolling back to deployment ecs-svc/7."},
        {"message": "(service web) (deployment ecs-svc/8) deployment failed: alarm detected."},
    ]
    found = lines(deployment(OLD), tasks=[task(OTHER), task(OTHER)], events=events)
    line = found["deployment"]
    assert (line.verdict, line.settled) == ("fail", True)
    assert line.words.startswith("runs shop-web:7 instead of shop-web:8: ECS rolled back (")
    assert "deployment failed: alarm detected" in line.words
    assert "steady state" not in line.words
    assert found["images"].verdict == "fail"
    assert not unsettled(list(found.values()))


def test_a_rollback_that_is_under_way_is_no_longer_waited_for() -> None:
    rolling = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/7."
    failed = {
        "status": "ACTIVE",
        "taskDefinition": NEW,
        "rolloutState": "FAILED",
        "rolloutStateReason": "ECS deployment circuit breaker: tasks failed to start.",
    }
    found = lines(deployment(OLD, "IN_PROGRESS", rolloutStateReason=rolling), failed)
    assert rolling in found["deployment"].words
    assert "tasks failed to start" in found["deployment"].words
    assert not unsettled(list(found.values()))


@pytest.mark.parametrize(
    ("state", "verdict", "settled"),
    [("IN_PROGRESS", "fail", False), ("FAILED", "fail", True), ("PAUSED", "unknown", True)],
)
def test_a_deployment_that_is_not_complete_does_not_pass(
    state: str, verdict: str, *, settled: bool
) -> None:
    line = lines(deployment(state=state, rolloutStateReason="why"))["deployment"]
    assert (line.verdict, line.settled) == (verdict, settled)
    assert line.words == f"shop-web:8 is {state} (why)"


@pytest.mark.parametrize(
    ("counts", "asleep", "verdict"),
    [
        ({"runningCount": 1}, False, "fail"),
        ({"runningCount": 3}, False, "fail"),
        ({"pendingCount": 1}, False, "fail"),
        ({"desiredCount": 0, "runningCount": 0}, False, "fail"),
        ({"desiredCount": 0, "runningCount": 0}, True, "pass"),
        ({"desiredCount": None}, False, "unknown"),
    ],
)
def test_as_many_tasks_run_as_are_wanted_and_none_only_off_hours(
    counts: dict[str, Any], verdict: str, *, asleep: bool
) -> None:
    assert lines(asleep=asleep, **counts)["tasks"].verdict == verdict


@pytest.mark.parametrize(
    ("tasks", "verdict"),
    [
        ([task(), task(OTHER)], "fail"),
        ([task(), task(f"sha256:{'c' * 64}")], "unknown"),
        ([task(), task(OTHER, "STOPPED")], "pass"),
        ([task(OTHER, "DEACTIVATING")], "unknown"),
        ([{"lastStatus": "RUNNING", "containers": []}], "unknown"),
        ([{"lastStatus": "RUNNING", "containers": [{}]}], "unknown"),
        ([], "unknown"),
    ],
)
def test_every_running_task_runs_the_release(tasks: list[dict[str, Any]], verdict: str) -> None:
    assert lines(tasks=tasks)["images"].verdict == verdict


def test_off_hours_need_no_task_and_no_target() -> None:
    found = lines(asleep=True, tasks=[], desiredCount=0, runningCount=0)
    assert passed(list(found.values()))
    assert target_line([], asleep=True).verdict == "pass"


def test_a_service_that_ecs_does_not_show_is_unknown() -> None:
    assert [each.verdict for each in service_lines("web", None, NEW, SAME)] == ["unknown"]
    found = lines({"status": "ACTIVE", "taskDefinition": NEW})
    assert found["deployment"].verdict == "unknown"


def target(state: str, reason: str = "") -> dict[str, Any]:
    return {"TargetHealth": {"State": state, **({"Reason": reason} if reason else {})}}


@pytest.mark.parametrize(
    ("targets", "verdict", "words"),
    [
        ([target("healthy"), target("healthy")], "pass", "2 of 2 healthy"),
        ([target("healthy"), target("draining")], "pass", "1 of 1 healthy"),
        (
            [target("healthy"), target("unhealthy", "Target.ResponseCodeMismatch")],
            "fail",
            "1 of 2 healthy (Target.ResponseCodeMismatch)",
        ),
        ([target("initial")], "fail", "0 of 1 healthy (initial)"),
        ([target("draining")], "fail", "there is none"),
        ([], "fail", "there is none"),
        ([{}], "fail", None),
    ],
)
def test_every_target_that_stays_is_healthy(
    targets: list[dict[str, Any]], verdict: str, words: str | None
) -> None:
    line = target_line(targets, asleep=False)
    assert line.verdict == verdict
    assert words is None or line.words == words


def test_no_alarm_rings_and_none_is_missing() -> None:
    states = {
        "errors": ("ALARM", "Threshold Crossed"),
        "quiet": ("OK", ""),
        "new": ("INSUFFICIENT_DATA", ""),
    }
    found = alarm_lines(["errors", "quiet", "new", "gone"], states)
    assert [each.verdict for each in found] == ["fail", "pass", "pass", "unknown"]
    assert found[0].words == "rings: Threshold Crossed"
    # It may ring because of the release before, for as long as its period.
    assert not found[0].settled


def test_unknown_is_not_passed_and_nothing_is_not_either() -> None:
    good = Line("a", "pass", "")
    assert passed([good])
    assert not passed([good, Line("b", "unknown", "")])
    assert not passed([])


def test_it_is_waited_for_only_while_all_may_still_pass() -> None:
    good, open_ = Line("a", "pass", ""), Line("b", "fail", "", settled=False)
    assert not unsettled([good])
    assert unsettled([good, open_])
    assert not unsettled([good, open_, Line("c", "fail", "")])
