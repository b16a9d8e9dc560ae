"""Each third party of the shape is asked from outside, at the address of its own environment."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from blueprint.outside import endpoint
from components.outside_checks import Endpoint
from settings import Settings
from settings.services import Dependency
from tests.blueprint.environments import STACKS, environment, laid_out, settings_of
from tests.support.graph import Graph, Node

CHECK = "aws:route53/healthCheck:HealthCheck"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
PAYMENTS = Dependency.model_validate(
    {"name": "payments", "urlVariable": "PAYMENTS_URL", "path": "/status", "required": True}
)
SEARCH = PAYMENTS.model_copy(update={"name": "search", "required": False})
PARTNER = PAYMENTS.model_copy(update={"name": "partner", "watched": False, "about": "in our VPN"})


def relying(settings: Settings, dependencies: Iterable[Dependency]) -> Settings:
    shape = settings.shape.model_copy(update={"dependencies": tuple(dependencies)})
    return replace(settings, shape=shape)


def alarms(graph: Graph) -> dict[str, Node]:
    return {n.name: n for n in graph.of(ALARM) if n.name.startswith("outside-alarms-")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stack", "domain", "payments"),
    [
        ("staging", "staging.example.com", "sandbox.payments.example"),
        ("production", "app.example.com", "api.payments.example"),
    ],
)
def test_entrance_and_third_parties_are_asked_where_the_environment_has_them(
    stack: str, domain: str, payments: str
) -> None:
    asked = {
        node.name: (node.inputs["fqdn"], node.inputs["resourcePath"])
        for node in environment(stack).of(CHECK)
    }

    assert asked == {
        "outside-entrance": (domain, "/robots.txt"),
        "third-party-payments": (payments, "/status"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_what_the_entrance_is_asked_is_let_in_and_answered_without_a_task(stack: str) -> None:
    graph = environment(stack)
    (check,) = (node for node in graph.of(CHECK) if node.name == "outside-entrance")
    robots = graph.one("aws:lb/listenerRule:ListenerRule").inputs
    path = check.inputs["resourcePath"]

    assert robots["conditions"] == [{"pathPattern": {"values": [path]}}]
    (action,) = robots["actions"]
    assert check.inputs["searchString"] in action["fixedResponse"]["messageBody"]
    (first,) = (
        rule
        for rule in graph.one("aws:wafv2/webAcl:WebAcl").inputs["rules"]
        if rule["name"] == "allowed-networks-only"
    )
    either = first["statement"]["notStatement"]["statement"]["orStatement"]["statements"]
    assert [each["byteMatchStatement"]["searchString"] for each in either[1:]] == [path]


@pytest.mark.slow
def test_one_that_is_not_required_rings_late_and_one_that_is_closed_is_not_asked() -> None:
    settings = relying(settings_of("staging"), [PAYMENTS, SEARCH, PARTNER])
    graph = laid_out(settings, "staging")

    assert {node.name for node in graph.of(CHECK)} == {
        "outside-entrance",
        "third-party-payments",
        "third-party-search",
    }
    assert {name: node.inputs["evaluationPeriods"] for name, node in alarms(graph).items()} == {
        "outside-alarms-entrance-unreachable": 3,
        "outside-alarms-payments-unreachable": 3,
        "outside-alarms-search-unreachable": 15,
    }


@pytest.mark.slow
def test_an_environment_without_third_parties_is_still_watched_itself() -> None:
    graph = laid_out(relying(settings_of("staging"), []), "staging")

    assert [node.name for node in graph.of(CHECK)] == ["outside-entrance"]
    assert set(alarms(graph)) == {"outside-alarms-entrance-unreachable"}


@pytest.mark.parametrize(
    ("url", "path", "expected"),
    [
        ("https://a.example", "/status", Endpoint(host="a.example", path="/status")),
        ("https://a.example:8443", "/", Endpoint(host="a.example", path="/", port=8443)),
        ("https://a.example/v2", "/up", Endpoint(host="a.example", path="/v2/up")),
    ],
)
def test_path_of_a_third_party_is_put_behind_its_address(
    url: str, path: str, expected: Endpoint
) -> None:
    assert endpoint(url, path) == expected
