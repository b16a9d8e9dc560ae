"""Trials of the rules for what must ring when the audit trail records it."""

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import audit_events as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Change,
    Trial,
    added,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)

GROUP = Resource(rules.LOG_GROUP, "trail-log")
TRAIL = Resource(rules.TRAIL, "trail", links={"cloudWatchLogsGroupArn": (GROUP.key,)})


def pattern(words: str) -> str:
    """Return a filter pattern that finds any of the words."""
    return "{ " + " || ".join(f'($.eventName = "{word}*")' for word in words.split()) + " }"


def counted(name: str) -> dict[str, object]:
    """Return what makes one metric of a filter's finds."""
    return {"namespace": "trail", "name": name, "value": "1", "defaultValue": "0"}


FILTERS = [
    Resource(
        rules.FILTER,
        f"{control}-filter",
        properties={"pattern": pattern(words), "metricTransformation": counted(control)},
        links={"logGroupName": (GROUP.key,)},
    )
    for control, words in rules.EVENTS.items()
]
ALARMS = [
    Resource(rules.ALARM, each, properties={"namespace": "trail", "metricName": each})
    for each in rules.EVENTS
]
FIRST = 2
RINGS = FIRST + len(FILTERS)


def each_without_a_word() -> list[Change]:
    """Return a change for each word of each event: its filter names the others only."""
    return [
        put("pattern", pattern(" ".join(set(words.split()) - {word})), at=FIRST + n)
        for n, words in enumerate(rules.EVENTS.values())
        for word in words.split()
    ]


TRIALS = [
    Trial(
        rules.events_alarmed,
        good=[TRAIL, GROUP, *FILTERS, *ALARMS],
        wrong=[
            *each_without_a_word(),
            *(dropped(FIRST + n) for n in range(len(FILTERS))),
            *(dropped(RINGS + n) for n in range(len(ALARMS))),
            lambda stack: stack[:RINGS],
            linked({"cloudWatchLogsGroupArn": ()}),
            linked({"logGroupName": ()}, at=FIRST),
            put("metricTransformation.value", "0", at=FIRST),
            put("metricTransformation.name", "other", at=FIRST),
            put("namespace", "other", at=RINGS),
            put("metricName", "other", at=RINGS),
        ],
        absent=(without("pattern", at=FIRST), Kind.FAIL),
        unknown=(unknown("pattern", at=FIRST), Kind.UNKNOWN),
        nested=[
            (unknown("metricName", at=RINGS), Kind.UNKNOWN),
            (unknown("metricTransformation", at=FIRST), Kind.UNKNOWN),
            (unknown("metricTransformation.name", at=FIRST), Kind.UNKNOWN),
            (
                all_changes(unknown("pattern", at=FIRST), put("metricName", "other", at=RINGS)),
                Kind.FAIL,
            ),
            # What is not known yet may be the very pattern that is missing.
            (all_changes(unknown("pattern", at=FIRST), dropped(FIRST + 1)), Kind.UNKNOWN),
            (
                added(Resource(rules.ALARM, "another", properties={"metricName": UNKNOWN})),
                Kind.PASS,
            ),
        ],
    ),
]
