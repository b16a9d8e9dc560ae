"""The policies' own files: each mistake is one line that names file and key."""

from typing import Any

import pytest

from policies.check import Rulebook
from policies.errors import PolicyError
from tests.policies.workspace import Policies

REASON = "A reason that is long enough."
WAIVER = {
    "rule": "rds-instance-storage-encrypted",
    "stack": "staging",
    "resource": "aws:rds/instance:Instance::database-instance",
    "reason": REASON,
    "owner": "platform",
    "expires": "2031-05-01",
}
RELEASE = {
    "digest": f"sha256:{'a' * 64}",
    "version": "1.0.0",
    "commit": "b" * 40,
    "stack": "staging",
    "verdict": "passed",
    "time": "2031-05-01T00:00:00Z",
    "tested": True,
}
FAILED = {"verdict": "failed", "tested": False}


def refusal(policies: Policies) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        Rulebook.of(policies.root)
    return str(refused.value).splitlines()


def test_the_committed_files_are_taken(policies: Policies) -> None:
    assert Rulebook.of(policies.root).reference == "production"


@pytest.mark.parametrize("name", ["contract", "waivers", "enforcement", "releases"])
def test_a_file_that_is_not_there_is_named(policies: Policies, name: str) -> None:
    (policies.root / "policies" / f"{name}.yaml").unlink()

    assert len(refusal(policies)) == 1
    assert refusal(policies)[0].startswith(f"policies/{name}.yaml: can't be read: ")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "a: [", "a: 1\na: 2", "\x00", "- - -", "a: 2001-13-01", "[" * 1000, "[" * 100_000],
)
def test_what_is_no_mapping_is_refused_in_one_line(policies: Policies, text: str) -> None:
    policies.write("waivers", text)

    assert len(refusal(policies)) in (1, 2)
    assert all(line.startswith("policies/waivers.yaml: ") for line in refusal(policies))


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("reference", 7, "reference: input should be a valid string, got 7"),
        ("surprise", 7, "surprise: is no key of this file"),
        (
            "named",
            ["scale.web"],
            "named[0]: string should match pattern '^identity\\.[A-Za-z.*]+$', got 'scale.web'",
        ),
        (
            "scale",
            [{"key": "scale.web", "reason": "short", "properties": {}}],
            "scale[0].reason: string should have at least 20 characters, got 'short'",
        ),
        (
            "scale",
            [{"key": "scale.web", "reason": REASON, "properties": {"cpu": "any"}}],
            "scale[0].properties: must be '<type> [<names>] <property>', got 'cpu', "
            "got {'cpu': 'any'}",
        ),
    ],
)
def test_a_mistake_in_the_contract_names_its_key(
    policies: Policies, key: str, value: Any, line: str
) -> None:
    policies.write("contract", policies.read("contract") | {key: value})

    assert refusal(policies) == [f"policies/contract.yaml: {line}"]


def test_a_direction_that_there_is_not_is_refused(policies: Policies) -> None:
    scale = {
        "key": "scale.web",
        "reason": REASON,
        "properties": {"a:b:C cpu": {"direction": "down"}},
    }
    policies.write("contract", policies.read("contract") | {"scale": [scale]})

    assert all("scale[0].properties.a:b:C cpu" in line for line in refusal(policies))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rule": "no-such-rule"}, "waivers[0].rule: is no rule"),
        ({"resource": "database"}, "waivers[0].resource: string should match"),
        ({"reason": "because"}, "waivers[0].reason: string should have at least 20"),
        ({"owner": ""}, "waivers[0].owner: string should have at least 2"),
        ({"expires": "some day"}, "waivers[0].expires: input should be a valid date"),
        ({"expires": None}, "waivers[0].expires: input should be a valid date"),
        ({"until": "2031-05-01"}, "waivers[0].until: is no key of this file"),
    ],
)
def test_a_mistake_in_a_waiver_names_its_key(
    policies: Policies, change: dict[str, Any], words: str
) -> None:
    policies.write("waivers", {"waivers": [WAIVER | change]})

    assert len(refusal(policies)) == 1
    assert words in refusal(policies)[0]


@pytest.mark.parametrize("key", sorted(WAIVER))
def test_a_waiver_lacks_nothing(policies: Policies, key: str) -> None:
    policies.write("waivers", {"waivers": [{k: v for k, v in WAIVER.items() if k != key}]})

    assert refusal(policies) == [f"policies/waivers.yaml: waivers[0].{key}: is missing"]


def test_a_level_names_a_rule_that_there_is(policies: Policies) -> None:
    policies.write(
        "enforcement", policies.read("enforcement") | {"rules": {"no-such-rule": "advisory"}}
    )

    assert refusal(policies) == [
        "policies/enforcement.yaml: rules.no-such-rule: is no rule; docs/rules.md has them all"
    ]


@pytest.mark.parametrize("level", ["off", "disabled", True, None])
def test_no_rule_can_be_switched_off(policies: Policies, level: Any) -> None:
    policies.write(
        "enforcement",
        policies.read("enforcement") | {"rules": {"rds-instance-storage-encrypted": level}},
    )

    assert len(refusal(policies)) == 1


@pytest.mark.parametrize(
    ("releases", "verified"),
    [
        ([RELEASE], True),
        ([], False),
        ([RELEASE | FAILED], False),
        ([RELEASE | {"tested": False}], False),
        ([RELEASE, RELEASE | {"tested": False, "time": "2031-05-02T00:00:00Z"}], True),
        ([RELEASE | {"stack": "production"}], False),
        ([RELEASE, RELEASE | FAILED | {"time": "2031-05-02T00:00:00Z"}], False),
        ([RELEASE | FAILED | {"time": "2031-04-30T00:00:00Z"}, RELEASE], True),
        ([RELEASE, RELEASE | FAILED | {"time": "2031-04-30T00:00:00Z"}], True),
    ],
)
def test_a_release_is_verified_by_tests_in_a_mirror_and_no_failure_since(
    policies: Policies, releases: list[Any], verified: bool
) -> None:
    policies.write("releases", {"releases": releases})

    assert (RELEASE["digest"] in Rulebook.of(policies.root).verified) is verified


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "latest"},
        {"commit": "main"},
        {"verdict": "maybe"},
        {"tested": True, "verdict": "failed"},
        {"time": "noon"},
        {"migrated": "2031-05-01T00:00:00"},
        {"migrations": [{"id": "first", "reversible": True}] * 2},
    ],
)
def test_a_mistake_in_a_release_names_its_key(policies: Policies, change: dict[str, Any]) -> None:
    policies.write("releases", {"releases": [RELEASE | change]})

    assert len(refusal(policies)) == 1
    assert f"releases[0].{next(iter(change))}: " in refusal(policies)[0]
