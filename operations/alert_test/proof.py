"""What AWS's own records say of an alarm that was rung."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from operations.alert_test.alarms import KINDS, RINGING, Alarm
from operations.aws import ask
from operations.place import Place

PASSED, FAILED, UNKNOWN = "passed", "failed", "unknown"
SUCCEEDED = "Successfully executed action"
"""How CloudWatch's history begins where a topic was told."""
REASON_HOLDS = 1023
"""Characters of a reason (CloudWatch API Reference, SetAlarmState)."""
MINUTE = 60


@dataclass(frozen=True)
class Step:
    """One part of the proof."""

    what: str
    """An alarm's name or a topic's ARN."""
    part: str
    verdict: str
    words: str


@dataclass
class Watch:
    """How long is waited for what AWS records, and how often it is asked."""

    seconds: float
    every: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def until(self, done: Callable[[], bool]) -> bool:
        """Ask until it is so, or the time is over."""
        end = self.clock() + self.seconds
        while not done():
            if self.clock() >= end:
                return False
            self.sleep(self.every)
        return True


def set_state(place: Place, alarm: Alarm, state: str, reason: str) -> None:
    """Set an alarm's state for a while; CloudWatch's next evaluation may set it again."""
    ask(
        place.client("cloudwatch", alarm.region),
        "set_alarm_state",
        AlarmName=alarm.name,
        StateValue=state,
        StateReason=reason[:REASON_HOLDS],
    )


def history(place: Place, alarm: Alarm) -> list[dict[str, Any]]:
    """Return what the history says of the alarm's actions, the newest first."""
    answer = ask(
        place.client("cloudwatch", alarm.region),
        "describe_alarm_history",
        AlarmName=alarm.name,
        AlarmTypes=KINDS,
        HistoryItemType="Action",
        MaxRecords=100,
    )
    return list(answer.get("AlarmHistoryItems", []))


@dataclass
class Rung:
    """One ringing: what the history had before, so that no clock has to be trusted."""

    place: Place
    alarm: Alarm
    before: frozenset[tuple[Any, str]]
    since: datetime

    @classmethod
    def of(cls, place: Place, alarm: Alarm, reason: str) -> "Rung":
        """Ring an alarm."""
        before = frozenset(map(_key, history(place, alarm)))
        rung = cls(place, alarm, before, datetime.now(UTC))
        set_state(place, alarm, RINGING, reason)
        return rung

    def told(self, watch: Watch) -> Iterator[Step]:
        """Yield for each topic whether CloudWatch could tell it."""
        found: list[str] = []

        def all_there() -> bool:
            new = (
                each for each in history(self.place, self.alarm) if _key(each) not in self.before
            )
            found[:] = [str(each["HistorySummary"]) for each in new]
            return all(about(topic, found) for topic in self.alarm.topics)

        watch.until(all_there)
        for topic in self.alarm.topics:
            yield self._judged(topic, about(topic, found))

    def _judged(self, topic: str, summaries: list[str]) -> Step:
        if not summaries:
            return Step(self.alarm.name, "action", FAILED, f"no action is recorded for {topic}")
        wrong = [each for each in summaries if not each.startswith(SUCCEEDED)]
        return Step(self.alarm.name, "action", FAILED if wrong else PASSED, (wrong or summaries)[0])


def delivered(place: Place, rung: Iterable[Rung], watch: Watch) -> Iterator[Step]:
    """Yield for each topic what SNS counted since it was told.

    SNS counts by the minute and tells later; what it does not tell in time is unknown, no pass.
    """
    since: dict[str, datetime] = {}
    for each in rung:
        for topic in each.alarm.topics:
            since[topic] = min(since.get(topic, each.since), each.since)
    counts: dict[str, tuple[float, float]] = {}

    def counted() -> bool:
        for topic, moment in since.items():
            failed = _sum(place, topic, "NumberOfNotificationsFailed", moment)
            counts[topic] = (_sum(place, topic, "NumberOfNotificationsDelivered", moment), failed)
        return all(well or failed for well, failed in counts.values())

    watch.until(counted)
    for topic, (well, failed) in sorted(counts.items()):
        words = f"{well:.0f} delivered, {failed:.0f} failed"
        if failed:
            yield Step(topic, "delivery", FAILED, words)
        elif well:
            yield Step(topic, "delivery", PASSED, words)
        else:
            yield Step(topic, "delivery", UNKNOWN, "SNS has counted nothing yet")


def _sum(place: Place, topic: str, metric: str, since: datetime) -> float:
    *_, region, _, name = topic.split(":")
    begin = since.replace(second=0, microsecond=0)
    answer = ask(
        place.client("cloudwatch", region),
        "get_metric_statistics",
        Namespace="AWS/SNS",
        MetricName=metric,
        Dimensions=[{"Name": "TopicName", "Value": name}],
        StartTime=begin,
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
        Period=MINUTE,
        Statistics=["Sum"],
    )
    return float(sum(each["Sum"] for each in answer.get("Datapoints", [])))


def about(topic: str, summaries: Iterable[str]) -> list[str]:
    """Return what is said of a topic; the name of one may begin another's."""
    named = re.compile(rf"{re.escape(topic)}(?![\w-])")
    return [each for each in summaries if named.search(each)]


def _key(item: dict[str, Any]) -> tuple[Any, str]:
    return item["Timestamp"], str(item["HistorySummary"])
