"""What a deployment is judged by: one line for each thing looked at. What is unknown is no pass."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Word = Literal["pass", "fail", "unknown"]
REASONS = ("deployment failed", "rolling back", "unable to", "was unable", "is unhealthy")
"""Parts of those messages among a service's events that say why it is as it is."""
MOST_REASONS = 3


@dataclass(frozen=True)
class Line:
    """One thing looked at, what came of it, and what was found."""

    what: str
    verdict: Word
    words: str
    settled: bool = True
    """Whether waiting can't change it any more."""


@dataclass(frozen=True)
class Seen:
    """A service and its tasks as ECS shows them."""

    service: Mapping[str, Any]
    tasks: Sequence[Mapping[str, Any]]
    asleep: bool
    """Whether off hours have stopped it, so that it may have no task."""


def passed(lines: Sequence[Line]) -> bool:
    """Tell whether every line passed; of no line nothing is known."""
    return bool(lines) and all(line.verdict == "pass" for line in lines)


def unsettled(lines: Iterable[Line]) -> bool:
    """Tell whether it is worth waiting: something may still pass, and nothing is lost for good."""
    open_ = [line for line in lines if line.verdict != "pass"]
    return bool(open_) and not any(line.settled for line in open_)


def service_lines(
    name: str, seen: Seen | None, definition: str, same: Mapping[str, Word]
) -> list[Line]:
    """Judge a service against the task definition that it is to run.

    ``same`` says of each image that its tasks run whether it is the release's.
    """
    if seen is None:
        return [Line(f"{name}: deployment", "unknown", "ECS shows no such service")]
    return [_rollout(name, seen, definition), _count(name, seen), _images(name, seen, same)]


def _rollout(name: str, seen: Seen, definition: str) -> Line:
    """Judge whether the primary deployment is the wanted one, and complete.

    ECS gives a service back to its last completed deployment by a new primary one with the old task
    definition; that one completes, so its state alone would say that all is well (ECS Developer
    Guide, "How the Amazon ECS deployment circuit breaker detects failures").
    """
    what = f"{name}: deployment"
    deployments = seen.service.get("deployments", [])
    primary = next((each for each in deployments if each.get("status") == "PRIMARY"), None)
    if primary is None:
        return Line(what, "unknown", "ECS shows no primary deployment")
    runs, state = _short(primary.get("taskDefinition")), str(primary.get("rolloutState"))
    if primary.get("taskDefinition") != definition:
        why = _reasons(seen.service)
        words = f"runs {runs} instead of {_short(definition)}: ECS rolled back"
        return Line(what, "fail", f"{words}{f' ({why})' if why else ''}")
    if state == "COMPLETED":
        return Line(what, "pass", f"{runs} is complete")
    why = _reasons(seen.service) or str(primary.get("rolloutStateReason") or "")
    words = f"{runs} is {state}{f' ({why})' if why else ''}"
    if state == "IN_PROGRESS":
        return Line(what, "fail", words, settled=False)
    return Line(what, "fail" if state == "FAILED" else "unknown", words)


def _short(arn: object) -> str:
    return str(arn).rpartition("/")[2]


def _reasons(service: Mapping[str, Any]) -> str:
    """Return why ECS gave up, by its deployments and its newest events."""
    deployments = service.get("deployments", [])
    told = [
        str(each.get("rolloutStateReason") or "")
        for each in deployments
        if each.get("rolloutState") == "FAILED"
        or "rolling back" in str(each.get("rolloutStateReason"))
    ]
    events = [str(each.get("message")) for each in service.get("events", [])]
    told += [each for each in events if any(part in each for part in REASONS)]
    return "; ".join(list(dict.fromkeys(filter(None, told)))[:MOST_REASONS])


def _count(name: str, seen: Seen) -> Line:
    what, service = f"{name}: tasks", seen.service
    desired, running = service.get("desiredCount"), service.get("runningCount")
    if not isinstance(desired, int) or not isinstance(running, int):
        return Line(what, "unknown", "ECS shows no count")
    words = f"{running} of {desired} run"
    if desired == 0:
        if seen.asleep:
            return Line(what, "pass", f"{words}: off hours")
        return Line(what, "fail", f"{words}, and it is not off hours", settled=False)
    if running != desired or service.get("pendingCount"):
        return Line(what, "fail", words, settled=False)
    return Line(what, "pass", words)


def _images(name: str, seen: Seen, same: Mapping[str, Word]) -> Line:
    what = f"{name}: images"
    running = [each for each in seen.tasks if each.get("lastStatus") == "RUNNING"]
    if not running:
        empty = seen.asleep and not seen.service.get("runningCount")
        words = "no task runs"
        return (
            Line(what, "pass", f"{words}: off hours")
            if empty
            else Line(what, "unknown", words, settled=False)
        )
    images = [image_of(container) for task in running for container in task.get("containers", [])]
    other = sorted({image for image in images if same.get(image, "unknown") == "fail"})
    if other:
        return Line(what, "fail", f"runs {', '.join(map(_tail, other))}", settled=False)
    unknown = sorted({image for image in images if same.get(image, "unknown") == "unknown"})
    if unknown or not images:
        return Line(what, "unknown", f"can't be told: {', '.join(map(_tail, unknown)) or 'none'}")
    return Line(what, "pass", f"{len(running)} tasks run the release")


def image_of(container: Mapping[str, Any]) -> str:
    """Return by what a container's image is told: the digest that ECS pulled, else its name."""
    return str(container.get("imageDigest") or container.get("image") or "")


def _tail(image: str) -> str:
    return image.rpartition("/")[2] or "no image"


def target_line(targets: Sequence[Mapping[str, Any]], *, asleep: bool) -> Line:
    """Judge the load balancer's targets: those that leave don't count, all others are healthy."""
    what = "load balancer: targets"
    states = [str(each.get("TargetHealth", {}).get("State")) for each in targets]
    counted = [state for state in states if state != "draining"]
    if not counted:
        if asleep:
            return Line(what, "pass", "none: off hours")
        return Line(what, "fail", "there is none", settled=False)
    bad = [state for state in counted if state != "healthy"]
    words = f"{len(counted) - len(bad)} of {len(counted)} healthy"
    if not bad:
        return Line(what, "pass", words)
    health = [each.get("TargetHealth", {}) for each in targets]
    why = {
        str(each.get("Reason") or each.get("State"))
        for each in health
        if each.get("State") not in {"healthy", "draining"}
    }
    return Line(what, "fail", f"{words} ({', '.join(sorted(why))})", settled=False)


def alarm_lines(names: Sequence[str], states: Mapping[str, tuple[str, str]]) -> list[Line]:
    """Judge alarms by name; one that rings may be of the release before, and go quiet again."""
    lines = []
    for name in names:
        state, why = states.get(name, ("", ""))
        what = f"alarm: {name}"
        if state == "ALARM":
            lines.append(Line(what, "fail", f"rings{f': {why}' if why else ''}", settled=False))
        elif state in {"OK", "INSUFFICIENT_DATA"}:
            lines.append(Line(what, "pass", "is quiet" if state == "OK" else "has no data"))
        else:
            lines.append(Line(what, "unknown", "CloudWatch shows no such alarm"))
    return lines
