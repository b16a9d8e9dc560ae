"""Each event of CIS section 4 is counted on the trail and told."""

from dataclasses import replace

import pytest

from components.audit_events import AUDIT_EVENTS, PATTERN_HOLDS
from tests.support.monitoring import METRIC_ALARM, METRIC_FILTER, SMALL, audit_args, monitored


def test_every_control_of_the_benchmark_is_there_once() -> None:
    assert [event.control for event in AUDIT_EVENTS] == [f"4.{n}" for n in range(1, 15)]
    assert len({event.key for event in AUDIT_EVENTS}) == len(AUDIT_EVENTS)


@pytest.mark.parametrize("event", AUDIT_EVENTS, ids=lambda event: event.key)
def test_pattern_fits_and_is_balanced(event: object) -> None:
    pattern = event.pattern  # type: ignore[attr-defined]

    assert len(pattern) <= PATTERN_HOLDS
    assert pattern.startswith("{ ")
    assert pattern.endswith(" }")
    assert pattern.count("(") == pattern.count(")")
    assert pattern.count('"') % 2 == 0


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (
            "iam-changes",
            [
                "DeleteGroupPolicy",
                "DeleteRolePolicy",
                "DeleteUserPolicy",
                "PutGroupPolicy",
                "PutRolePolicy",
                "PutUserPolicy",
                "CreatePolicy",
                "DeletePolicy",
                "CreatePolicyVersion",
                "DeletePolicyVersion",
                "AttachRolePolicy",
                "DetachRolePolicy",
                "AttachUserPolicy",
                "DetachUserPolicy",
                "AttachGroupPolicy",
                "DetachGroupPolicy",
            ],
        ),
        ("key-changes", ["DisableKey", "ScheduleKeyDeletion"]),
        ("trail-changes", ["StopLogging", "DeleteTrail", "UpdateTrail"]),
        (
            "security-group-changes",
            [
                "AuthorizeSecurityGroupIngress",
                "AuthorizeSecurityGroupEgress",
                "RevokeSecurityGroupIngress",
                "RevokeSecurityGroupEgress",
                "CreateSecurityGroup",
                "DeleteSecurityGroup",
            ],
        ),
        (
            "bucket-changes",
            [
                "PutBucketAcl",
                "PutBucketPolicy",
                "PutBucketCors",
                "PutBucketLifecycle",
                "PutBucketReplication",
                "DeleteBucketPolicy",
                "DeleteBucketCors",
                "DeleteBucketLifecycle",
                "DeleteBucketReplication",
            ],
        ),
    ],
)
def test_pattern_names_every_call_that_makes_such_a_change(key: str, names: list[str]) -> None:
    pattern = next(event.pattern for event in AUDIT_EVENTS if event.key == key)

    for name in names:
        assert f"($.eventName = {name})" in pattern


def test_each_event_is_counted_on_the_trails_log_group_and_has_its_alarm() -> None:
    graph = monitored(SMALL)
    filters = {node.name: node.inputs for node in graph.of(METRIC_FILTER)}

    assert len(filters) == len(AUDIT_EVENTS)
    for event in AUDIT_EVENTS:
        made = filters[f"audit-alarms-{event.key}-filter"]
        assert made["logGroupName"] == "/storefront/staging/trail"
        assert made["pattern"] == event.pattern
        alarm = graph.one(METRIC_ALARM, f"audit-alarms-{event.key}").inputs
        assert alarm["metricName"] == made["metricTransformation"]["name"]
        assert alarm["namespace"] == made["metricTransformation"]["namespace"]
        assert alarm["threshold"] == event.most


def test_root_and_changes_ring_at_the_first() -> None:
    lenient = {event.key for event in AUDIT_EVENTS if event.most}

    assert lenient == {"unauthorised-calls", "sign-in-failures"}


@pytest.mark.parametrize("namespace", ["", "AWS/Logs", "a:b", "x" * 256])
def test_namespace_that_cloudwatch_refuses_is_refused(namespace: str) -> None:
    with pytest.raises(ValueError, match="metric_namespace must be"):
        replace(audit_args(), metric_namespace=namespace)
