"""Alarms of restore tests and of the data refresh ring when nothing came, and at any bad end."""

from dataclasses import replace

import pytest

from components.alarms_refresh import RefreshAlarms, RefreshAlarmsArgs
from components.alarms_restore import RestoreAlarms, RestoreAlarmsArgs
from tests.support.graph import record
from tests.support.monitoring import METRIC_ALARM, TAGS, TOPIC

RESTORE = RestoreAlarmsArgs(
    prefix="storefront-staging-restore",
    topic_arn=TOPIC,
    tags=TAGS,
    started_rule="started",
    passed_rule="passed",
    longest_gap_days=5,
)
REFRESH = RefreshAlarmsArgs(
    prefix="storefront-live-refresh", topic_arn=TOPIC, tags=TAGS, machine_arn="arn:machine"
)


def test_silence_of_the_checks_rings_after_as_many_days() -> None:
    alarm = record(lambda: RestoreAlarms("restores", RESTORE)).one(
        METRIC_ALARM, "restores-unproved"
    )

    assert (alarm.inputs["namespace"], alarm.inputs["metricName"]) == ("AWS/Events", "Invocations")
    assert alarm.inputs["dimensions"] == {"RuleName": "passed"}
    assert alarm.inputs["treatMissingData"] == "breaching"
    assert (alarm.inputs["period"], alarm.inputs["evaluationPeriods"]) == (86_400, 5)


def test_a_check_that_could_not_start_rings() -> None:
    alarm = record(lambda: RestoreAlarms("restores", RESTORE)).one(
        METRIC_ALARM, "restores-not-looked-into"
    )

    assert alarm.inputs["metricName"] == "FailedInvocations"
    assert alarm.inputs["dimensions"] == {"RuleName": "started"}


def test_every_bad_end_of_a_refresh_rings() -> None:
    found = record(lambda: RefreshAlarms("refresh", REFRESH)).of(METRIC_ALARM)

    assert {node.inputs["metricName"] for node in found} == {
        "ExecutionsAborted",
        "ExecutionsFailed",
        "ExecutionsTimedOut",
    }
    assert all(n.inputs["dimensions"] == {"StateMachineArn": "arn:machine"} for n in found)


@pytest.mark.parametrize("days", [0, 8])
def test_a_gap_that_no_alarm_can_watch_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="longest_gap_days"):
        replace(RESTORE, longest_gap_days=days)
