"""One alarm says that the service is down."""

from dataclasses import replace

import pulumi
import pytest

from components.alarms_deployment import DeploymentAlarms
from components.alarms_web import WebAlarms
from components.service_health import ServiceHealth, ServiceHealthArgs
from tests.support.graph import Graph, once, record
from tests.support.monitoring import TAGS, TOPIC, deployment_args, web_args

COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
ARGS = ServiceHealthArgs(
    prefix="storefront-staging",
    topic_arn=TOPIC,
    tags=TAGS,
    alone=["web-no-healthy-hosts", "database-silent"],
    together=["web-latency", "web-error-rate"],
)


@once
def deploy(args: ServiceHealthArgs) -> Graph:
    return record(lambda: ServiceHealth("health", args))


def test_rings_for_any_alone_or_all_together() -> None:
    assert deploy(ARGS).one(COMPOSITE).inputs["alarmRule"] == (
        'ALARM("database-silent") OR ALARM("web-no-healthy-hosts") OR '
        '(ALARM("web-error-rate") AND ALARM("web-latency"))'
    )


def test_order_of_the_names_does_not_change_the_rule() -> None:
    turned = replace(ARGS, alone=list(ARGS.alone)[::-1], together=list(ARGS.together)[::-1])

    assert deploy(turned).one(COMPOSITE).inputs == deploy(ARGS).one(COMPOSITE).inputs


def test_rule_without_joint_alarms_has_no_empty_part() -> None:
    rule = deploy(replace(ARGS, alone=["one"], together=())).one(COMPOSITE).inputs["alarmRule"]

    assert rule == 'ALARM("one")'


def test_topic_hears_of_both_states_and_not_of_its_birth() -> None:
    node = deploy(ARGS).one(COMPOSITE)

    assert node.inputs["alarmActions"] == [TOPIC]
    assert node.inputs["okActions"] == [TOPIC]
    assert "insufficientDataActions" not in node.inputs
    assert node.inputs["alarmName"] == "storefront-staging-down"
    assert "First:" in node.inputs["alarmDescription"]
    assert node.inputs["tags"] == {**TAGS, "Component": "health", "Name": "health-down"}


def test_alarms_it_is_made_of_come_first() -> None:
    def program() -> pulumi.ComponentResource:
        web = WebAlarms("web-alarms", web_args())
        release = DeploymentAlarms("deployment-alarms", deployment_args())
        args = replace(
            ARGS,
            alone=[web.names["no-healthy-hosts"]],
            together=[release.names["error-rate"], web.names["balancer-errors"]],
        )
        return ServiceHealth("health", args)

    node = record(program).one(COMPOSITE)

    assert node.inputs["alarmRule"].startswith('ALARM("storefront-staging-web-no-healthy-hosts")')
    needed = node.options["propertyDependencies"]["alarmRule"]
    assert {urn.rsplit("::", 1)[1] for urn in needed} == {
        "web-alarms-no-healthy-hosts",
        "web-alarms-balancer-errors",
        "deployment-alarms-error-rate",
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alone": []}, "alone must name at least one alarm"),
        ({"together": ["one"]}, "together must name no alarm or at least two, got 1"),
        ({"alone": ["x"] * 101}, "at most 100 alarms, got 103"),
    ],
)
def test_rule_that_could_never_hold_is_refused(changes: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(ARGS, **changes)  # type: ignore[arg-type]
