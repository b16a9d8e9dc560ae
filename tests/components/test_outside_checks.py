"""What is asked from outside is asked by HTTPS, seldom enough for those who are asked."""

from typing import Any

import pytest

from components.outside_checks import Endpoint, OutsideChecks, OutsideChecksArgs
from tests.support.graph import Node, record

CHECK = "aws:route53/healthCheck:HealthCheck"
TAGS = {"Owner": "platform"}
ENTRANCE = Endpoint(host="staging.example.com", path="/robots.txt", text="User-agent: *")
PAYMENTS = Endpoint(host="sandbox.payments.example", path="/v2/status", port=8443)


def checks(**endpoints: Endpoint) -> dict[str, Node]:
    args = OutsideChecksArgs(endpoints=endpoints, tags=TAGS)
    return {node.name: node for node in record(lambda: OutsideChecks("outside", args)).of(CHECK)}


def test_each_endpoint_is_asked_at_its_own_host_port_and_path() -> None:
    made = checks(entrance=ENTRANCE, payments=PAYMENTS)

    asked = ("fqdn", "port", "resourcePath", "type", "searchString")
    assert {name: [node.inputs.get(each) for each in asked] for name, node in made.items()} == {
        "outside-entrance": [
            "staging.example.com",
            443,
            "/robots.txt",
            "HTTPS_STR_MATCH",
            "User-agent: *",
        ],
        "outside-payments": ["sandbox.payments.example", 8443, "/v2/status", "HTTPS", None],
    }


def test_checkers_of_three_regions_ask_twice_a_minute_with_the_name_in_the_greeting() -> None:
    for node in checks(entrance=ENTRANCE, payments=PAYMENTS).values():
        assert len(set(node.inputs["regions"])) == 3
        assert node.inputs["requestInterval"] == 30
        assert node.inputs["failureThreshold"] == 3
        assert node.inputs["enableSni"] is True


def test_every_check_is_tagged_with_its_own_name() -> None:
    for name, node in checks(entrance=ENTRANCE, payments=PAYMENTS).items():
        assert node.inputs["tags"] == {**TAGS, "Component": "outside", "Name": name}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"path": "status"}, "path must begin with / .* got 'status'"),
        ({"path": f"/{'a' * 255}"}, "at most 255 characters"),
        ({"port": 0}, "port must be between 1 and 65535, got 0"),
        ({"port": 65_536}, "port must be between 1 and 65535, got 65536"),
    ],
)
def test_endpoint_that_route_53_would_refuse_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Endpoint(**{"host": "a.example", "path": "/", **changes})


def test_endpoint_whose_name_could_not_begin_an_alarms_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"endpoints .* got \['Web site'\]"):
        OutsideChecksArgs(endpoints={"Web site": ENTRANCE}, tags=TAGS)
