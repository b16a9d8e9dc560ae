"""The real provider's defaults stand in for what the program leaves out, and for nothing else."""

from typing import Any

import pytest

from sandbox.provider.aws_provider import AwsProvider
from sandbox.provider.defaults import filled
from sandbox.provider.facts import facts_of, known_tokens
from sandbox.provider.values import UNKNOWN
from sandbox.services import all_types
from tests.support.every import every

DEFAULTS = {"idleTimeout": 60, "off": False, "check.matches": 3, "rules.window": 60}
CARRIED = dict.fromkeys(("idleTimeout", "off", "check", "rules"))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"idleTimeout": 60, "off": False}),
        ({"idleTimeout": 5, "off": True}, {"idleTimeout": 5, "off": True}),
        ({"idleTimeout": UNKNOWN}, {"idleTimeout": UNKNOWN, "off": False}),
        ({"check": {}}, {"check": {"matches": 3}}),
        ({"check": {"matches": 2}}, {"check": {"matches": 2}}),
        ({"check": UNKNOWN}, {"check": UNKNOWN}),
        (
            {"rules": [{"name": "a"}, {"window": 5}]},
            {"rules": [{"name": "a", "window": 60}, {"window": 5}]},
        ),
    ],
)
def test_only_what_is_left_out_is_filled_in(given: Any, wanted: Any) -> None:
    assert filled(DEFAULTS, CARRIED, given) == {"idleTimeout": 60, "off": False, **wanted}


def test_what_is_not_carried_is_left_alone() -> None:
    assert filled(DEFAULTS, {"off": None}, {}) == {"off": False}


def test_a_default_is_of_an_input_that_aws_does_not_fill_in() -> None:
    for token in known_tokens():
        facts = facts_of(token)
        for path in facts.defaults:
            name, *inside = path.split(".")
            assert inside or not facts.inputs[name].computed, (token, path)
            assert not facts.inputs[name].required or inside, (token, path)


@every("token", sorted(all_types()))
def test_no_default_is_refused_by_its_type(token: str) -> None:
    kind = all_types()[token]
    before = set(kind.checked({}))

    assert set(kind.checked(filled(kind.facts.defaults, kind.inputs, {}))) <= before


def test_a_check_fills_them_in_and_does_so_but_once() -> None:
    urn = "urn:pulumi:test::understudy::aws:lb/loadBalancer:LoadBalancer::front"
    given = {"subnets": ["a", "b"], "idleTimeout": 90}
    first, problems = AwsProvider().check(urn, {}, given, b"seed")

    assert not problems
    assert (first["idleTimeout"], first["enableHttp2"], first["enableZonalShift"]) == (
        90,
        True,
        False,
    )
    assert "ipAddressType" not in first  # AWS fills it in.
    again, _ = AwsProvider().check(urn, first, given, b"other")
    assert again == first
    assert not AwsProvider().diff(urn, first, again, set()).changed
