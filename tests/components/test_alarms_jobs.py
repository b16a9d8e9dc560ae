"""A job that is not started rings, whichever of Scheduler's counts says so."""

from dataclasses import replace

import pytest

from components.alarms_jobs import JobAlarms
from tests.support.graph import record
from tests.support.monitoring import METRIC_ALARM, job_args


def test_each_job_rings_when_a_start_fails_and_when_it_is_given_up() -> None:
    found = record(lambda: JobAlarms("job-alarms", job_args())).of(METRIC_ALARM)

    assert {(node.name, node.inputs["metricName"]) for node in found} == {
        ("job-alarms-nightly-report-start-failed", "TargetErrorCount"),
        ("job-alarms-nightly-report-start-given-up", "InvocationDroppedCount"),
    }
    for node in found:
        assert node.inputs["namespace"] == "AWS/Scheduler"
        assert node.inputs["dimensions"] == {"ScheduleGroup": "storefront-staging-nightly-report"}
        assert node.inputs["threshold"] == 0
        assert node.inputs["treatMissingData"] == "notBreaching"


def test_a_job_whose_name_cannot_begin_an_alarms_name_is_refused() -> None:
    with pytest.raises(ValueError, match="schedule_groups must be named by small letters"):
        replace(job_args(), schedule_groups={"Nightly Report": "group"})
