"""One thing is broken at a time in the program's own graph, and found by what should find it."""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from policies.catalogue import RULES
from policies.evaluation import evaluate
from policies.graph import Graph, Key, Resource
from policies.parity import rules as parity
from policies.report import Report
from tests.policies.faults import changed, having, lacking, relinked, unwatched
from tests.policies.recorded import STACKS, graphs
from tests.policies.rules.test_rules import TRIALS
from tests.policies.seeded import LIST, Fault, finds
from tests.policies.workspace import Policies

pytestmark = pytest.mark.slow

LEAST = 200
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
DECRYPT_ALL = json.dumps(
    {"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
)
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
BY_HAND: list[tuple[str, Key, Callable[[Graph, Key], Graph]]] = [
    (
        "iam-policy-decrypts-with-named-keys",
        ("aws:iam/rolePolicy:RolePolicy", "web-task-roles-task-policy"),
        lambda graph, key: changed(graph, key, "policy", DECRYPT_ALL),
    ),
    (
        "iam-role-managed-policies-not-broad",
        ("aws:iam/role:Role", "web-task-roles-task"),
        lambda graph, key: changed(graph, key, "managedPolicyArns", [ADMINISTRATOR]),
    ),
    (
        "iam-policy-attachment-not-broad",
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "backup-backup-policy"),
        lambda graph, key: changed(graph, key, "policyArn", ADMINISTRATOR),
    ),
    (
        "cloudwatch-critical-alarmed",
        ("aws:lb/loadBalancer:LoadBalancer", "load-balancer-alb"),
        lambda graph, key: unwatched(graph, key, ALARM),
    ),
    (
        "cloudwatch-critical-alarmed",
        ("aws:route53/healthCheck:HealthCheck", "outside-entrance"),
        lambda graph, key: unwatched(graph, key, ALARM),
    ),
    (
        "ecs-task-parted-roles",
        ("aws:ecs/taskDefinition:TaskDefinition", "web-task-definition"),
        lambda graph, key: relinked(graph, key, "taskRoleArn", "executionRoleArn"),
    ),
    (
        "security-group-in-use",
        ("aws:ec2/securityGroup:SecurityGroup", "idle"),
        lambda graph, key: having(graph, Resource(*key)),
    ),
    (
        "rds-instance-behind-the-entrance",
        ("aws:rds/instance:Instance", "database-instance"),
        lambda graph, _: having(
            graph,
            Resource(
                INGRESS,
                "web-from-the-world",
                properties={"cidrIpv4": "0.0.0.0/0"},
                links={
                    "securityGroupId": (
                        ("aws:ec2/securityGroup:SecurityGroup", "security-groups-web"),
                    )
                },
            ),
        ),
    ),
]
"""Faults that no trial has in a form that the program's graph takes; made in both stacks."""
BY_TRIAL_ALONE: dict[str, str] = {
    "rds-mirror-holds-sanitised-data": "no database of the program is restored from a snapshot",
}
"""Rules that the program gives no occasion to break, and why; their trials break them."""


def listed() -> list[Fault]:
    return [Fault(*line.split(" ", 3)) for line in LIST.read_text().splitlines()]


def test_every_fault_is_found_by_the_rule_that_should() -> None:
    trials = {trial.rule.name: trial for trial in TRIALS}
    missed = [str(fault) for fault in listed() if not finds(trials[fault.rule], fault)]

    assert missed == []


def test_there_are_enough_and_each_rule_is_broken_twice() -> None:
    times = Counter(fault.rule for fault in listed())
    times.update(2 * [rule for rule, _, _ in BY_HAND])
    seldom = {rule.name for rule in RULES if times[rule.name] < 2}

    assert len(listed()) >= LEAST
    assert seldom == set(BY_TRIAL_ALONE)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(("rule", "key", "change"), BY_HAND, ids=[each[0] for each in BY_HAND])
def test_a_fault_made_by_hand_is_found(rule: str, key: Key, change: Any, stack: str) -> None:
    wanted = [each for each in RULES if each.name == rule]

    assert evaluate(graphs()[stack], wanted) == []
    found = evaluate(change(graphs()[stack], key), wanted)
    assert key in {each.resource.key for each in found}


@cache
def drawn(seed: str, number: int, things: Callable[[], list[Any]]) -> list[Any]:
    """Draw some of what there is; by a test, as each process would record it to collect them."""
    return random.Random(seed).sample(things(), number)  # noqa: S311


def aws_resources() -> list[Resource]:
    """Return what both environments have on AWS."""
    production = graphs()["production"]
    return [
        resource
        for resource in graphs()["staging"].resources
        if resource.type.startswith("aws:") and resource.key in production.by_key
    ]


def told(report: Report, rule: parity.ParityRule) -> set[tuple[str, str]]:
    return {(entry.resource, entry.path) for entry in report.entries if entry.rule == rule.name}


def judged_without_rules(policies: Policies, staging: Graph) -> Report:
    return policies.judged(staging=staging, rules=[])


def alarms() -> list[Resource]:
    return [each for each in aws_resources() if each.type == ALARM]


@pytest.mark.parametrize("n", range(25))
def test_what_staging_lacks_is_found(policies: Policies, n: int) -> None:
    resource = drawn("missing", 25, aws_resources)[n]
    report = judged_without_rules(policies, lacking(graphs()["staging"], resource.key))

    assert told(report, parity.MISSING) == {(str(resource), "")}


@pytest.mark.parametrize("n", range(10))
@pytest.mark.parametrize("side", ["production", "staging"])
def test_an_alarm_on_one_side_alone_is_found(policies: Policies, n: int, side: str) -> None:
    alarm = drawn("alarm", 10, alarms)[n]
    graph = lacking(graphs()[side], alarm.key)
    report = policies.judged(**{side: graph}, rules=[])
    rule = parity.MISSING if side == "staging" else parity.EXTRA

    assert told(report, rule) == {(str(alarm), "")}


@pytest.mark.parametrize("n", range(15))
def test_what_staging_has_alone_is_found(policies: Policies, n: int) -> None:
    resource = drawn("extra", 15, aws_resources)[n]
    extra = replace(resource, name=f"{resource.name}-extra")
    report = judged_without_rules(policies, having(graphs()["staging"], extra))

    assert told(report, parity.EXTRA) == {(str(extra), "")}


def plain_values() -> list[tuple[Resource, str, Any]]:
    """Return plain properties that are the same in both environments, with another value each."""
    found: list[tuple[Resource, str, Any]] = []
    for resource in aws_resources():
        other = graphs()["production"].by_key[resource.key].properties
        for name, value in resource.properties.items():
            if other.get(name) == value and isinstance(value, bool | int | str):
                found.append((resource, name, _other(value)))
    return found


def _other(value: bool | float | str) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value}-another"


@pytest.mark.parametrize("n", range(60))
def test_a_value_that_differs_is_found(policies: Policies, n: int) -> None:
    resource, name, value = drawn("changed", 60, plain_values)[n]
    staging = changed(graphs()["staging"], resource.key, name, value)
    report = judged_without_rules(policies, staging)
    found = {
        place
        for rule in (parity.DIFFERS, parity.WRONG_WAY, parity.TOO_SMALL)
        for place in told(report, rule)
    }

    assert (str(resource), name) in found


@pytest.mark.parametrize(
    ("type_", "name", "path", "value"),
    [
        ("aws:rds/instance:Instance", "database-instance", "allocatedStorage", 501),
        ("aws:rds/instance:Instance", "database-instance", "backupRetentionPeriod", 36),
        ("aws:rds/instance:Instance", "database-instance", "monitoringInterval", 30),
        ("aws:ecs/service:Service", "web-service", "desiredCount", 4),
        ("aws:ecs/taskDefinition:TaskDefinition", "web-task-definition", "cpu", "2048"),
        ("aws:appautoscaling/target:Target", "web-scaling-target", "maxCapacity", 13),
        ("aws:kms/key:Key", "encryption-key", "deletionWindowInDays", 31),
        ("aws:backup/plan:Plan", "backup-plan", "rules[2].lifecycle.deleteAfter", 366),
    ],
)
def test_a_mirror_that_outgrows_its_reference_is_found(
    policies: Policies, type_: str, name: str, path: str, value: Any
) -> None:
    staging = changed(graphs()["staging"], (type_, name), path, value)

    assert told(judged_without_rules(policies, staging), parity.WRONG_WAY) == {
        (f"{type_}::{name}", path)
    }
