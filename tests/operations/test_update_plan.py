"""Two plans of the same changes are told from two of others, in the form that v3.259.0 writes."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from operations.update_plan import SIGNATURE, differing, steps

URN = "urn:pulumi:production::understudy::"
SERVICE = f"{URN}aws:ecs/service:Service::web-service"
ROLE = f"{URN}aws:iam/role:Role::web-role"
PROVIDER = f"{URN}pulumi:providers:aws::primary"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  (the engine's mark of a secret)
Planned = dict[str, Any]


def of(type_: str, name: str, diff: Any, *done: str) -> Planned:
    return {
        "goal": {
            "type": type_,
            "name": name,
            "custom": True,
            "inputDiff": diff,
            "outputDiff": {},
            "dependencies": ["urn:a", "urn:b"],
            "propertyDependencies": {"subnets": ["urn:a", "urn:b"]},
        },
        "steps": list(done),
        "seed": "QUJD",
    }


def plan() -> Planned:
    hidden = {SIGNATURE: SECRET, "ciphertext": "v1:abc"}
    made = {"name": "web-role-0a1b2c3", "policy": "p", "secret": hidden, "tags": ["a", "b"]}
    return {
        SERVICE: of("aws:ecs/service:Service", "web-service", {"updates": {"x": "1"}}, "update"),
        ROLE: of("aws:iam/role:Role", "web-role", {"adds": made}, "create"),
        PROVIDER: of("pulumi:providers:aws", "primary", {}, "same"),
    }


def compared(change: Callable[[Planned], object]) -> list[str]:
    other = copy.deepcopy(plan())
    change(other)
    return differing(*(json.dumps({"resourcePlans": each}) for each in (plan(), other)))


def reads(told: Planned) -> None:
    """Have a provider take another role."""
    told[PROVIDER]["goal"]["inputDiff"] = {"updates": {"assumeRoles": "preview"}}
    told[PROVIDER]["steps"] = ["update"]


def hidden(told: Planned, mark: str = SECRET) -> None:
    made = told[ROLE]["goal"]["inputDiff"]["adds"]
    made["secret"] = {SIGNATURE: mark, "ciphertext": "v1:xyz"}


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told[SERVICE].update(seed="REVG"),
        lambda told: told[SERVICE]["goal"]["dependencies"].reverse(),
        lambda told: told[SERVICE]["goal"]["propertyDependencies"]["subnets"].reverse(),
        lambda told: told[ROLE]["goal"]["inputDiff"]["adds"].update(name="web-role-9f8e7d6"),
        hidden,
        reads,
    ],
)
def test_what_two_previews_of_the_same_differ_in_is_no_difference(
    change: Callable[[Planned], object],
) -> None:
    assert compared(change) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda told: told[SERVICE].update(steps=["replace"]), "web-service"),
        (lambda told: told[SERVICE]["goal"]["inputDiff"]["updates"].update(x="2"), "web-service"),
        (lambda told: told[SERVICE]["goal"]["inputDiff"].update(deletes=["y"]), "web-service"),
        (lambda told: told[SERVICE]["goal"]["dependencies"].append("urn:c"), "web-service"),
        (lambda told: told[SERVICE]["goal"].update(protect=True), "web-service"),
        (lambda told: told[ROLE]["goal"]["inputDiff"]["adds"].update(name="other-9f8e7d6"),
         "web-role"),
        (lambda told: told[ROLE]["goal"]["inputDiff"]["adds"]["tags"].reverse(), "web-role"),
        (lambda told: hidden(told, "an asset"), "web-role"),
        (lambda told: told[ROLE]["goal"]["inputDiff"]["adds"].update(assumeRoles="x"), "web-role"),
        (lambda told: told.pop(SERVICE), "web-service"),
        (lambda told: told[PROVIDER]["goal"]["inputDiff"].update(updates={"region": "x"}),
         "primary"),
        (lambda told: told[PROVIDER].update(steps=["replace"]), "primary"),
    ],
)  # fmt: skip
def test_anything_else_is_a_difference(change: Callable[[Planned], object], name: str) -> None:
    assert compared(change) == [name]


def test_another_role_of_a_provider_is_nothing_done() -> None:
    told = plan()
    reads(told)
    assert steps(told[PROVIDER]) == ["same"]
    told[PROVIDER]["goal"]["inputDiff"]["updates"]["region"] = "eu-west-2"
    assert steps(told[PROVIDER]) == ["update"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"resourcePlans": {"a": 1}}'])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no update plan|Expecting value"):
        differing(text, text)
