"""How long a service runs with how many tasks: counted from the times of its scheduled actions.

Over 52 whole weeks, in the schedule's own time zone: what a change of the clocks takes in spring
it gives back in autumn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from policies.graph import Graph, Resource
from settings.cron import moments

ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
START = date(2031, 1, 6)
"""A Monday. The week before it only tells how the first one begins."""
WEEKS = 52


@dataclass(frozen=True)
class Change:
    """From when on a service has at least so many tasks."""

    moment: datetime
    tasks: int


def average_least(graph: Graph, target: Resource, today: date) -> float:
    """Return the least tasks of a scaling target, on average over its scheduled actions."""
    usual = int(target["minCapacity"].number or 0)
    changes = sorted(
        (
            Change(moment, int(action["scalableTargetAction"]["minCapacity"].number or 0))
            for action in _actions(graph, target, today)
            for moment in moments(action["schedule"].text, START - timedelta(weeks=1), _end())
        ),
        key=lambda change: change.moment,
    )
    return _average(usual, changes)


def paused(graph: Graph, today: date) -> list[str]:
    """Return the scheduled actions that a later day holds up, by name."""
    return [action.name for action in graph.of(ACTION) if _begins_after(action, today)]


def _actions(graph: Graph, target: Resource, today: date) -> list[Resource]:
    return [
        action
        for action in graph.of(ACTION)
        if action["resourceId"].value == target["resourceId"].value
        and not _begins_after(action, today)
    ]


def _begins_after(action: Resource, today: date) -> bool:
    begins = action["startTime"].text
    return bool(begins) and datetime.fromisoformat(begins).date() > today


def _end() -> date:
    return START + timedelta(weeks=WEEKS)


def _average(usual: int, changes: Sequence[Change]) -> float:
    now, end = (datetime.combine(day, datetime.min.time()) for day in (START, _end()))
    tasks = usual
    seconds = 0.0
    for change in changes:
        if change.moment > now:
            seconds += tasks * (change.moment - now).total_seconds()
            now = change.moment
        tasks = change.tasks
    seconds += tasks * (end - now).total_seconds()
    return seconds / timedelta(weeks=WEEKS).total_seconds()
