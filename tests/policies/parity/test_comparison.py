"""Every difference is found, and allowed only as the contract declares it."""

from datetime import date
from typing import Any

import pytest

from policies.parity.comparison import NOTHING, Difference, Standing, differences, shown
from policies.parity.contract import Contract

DATABASE = ("aws:rds/instance:Instance", "database", "environment")
REPLICA = ("aws:rds/instance:Instance", "replica-1", "environment")
TOPIC = ("aws:sns/topicSubscription:TopicSubscription", "mail", "environment")
REASON = "A reason that is long enough."


def contract(**properties: Any) -> Contract:
    """Return a contract in which one setting decides properties of databases."""
    return Contract.model_validate(
        {
            "reference": "production",
            "named": [],
            "network": "identity.cidr",
            "identity": [
                {
                    "key": "identity.access",
                    "reason": REASON,
                    "properties": {"aws:rds/instance:Instance caCertIdentifier": "any"},
                }
            ],
            "scale": [
                {
                    "key": "scale.database",
                    "reason": REASON,
                    "properties": {
                        f"aws:rds/instance:Instance {path}": allowed
                        for path, allowed in properties.items()
                    },
                }
            ],
            "presence": [
                {
                    "type": REPLICA[0],
                    "name": "replica-*",
                    "key": "scale.database.readReplicas",
                    "reason": REASON,
                },
                {"type": TOPIC[0], "name": "mail*", "key": "identity.emails", "reason": REASON},
            ],
        }
    )


def judged(one: Any, other: Any, allowed: Any) -> Standing:
    found = differences(
        {DATABASE: {"size": one}}, {DATABASE: {"size": other}}, contract(size=allowed)
    )
    assert [(each.path, each.reference, each.mirror) for each in found] == [("size", one, other)]
    return found[0].standing


def only(found: list[Difference]) -> Difference:
    assert len(found) == 1
    return found[0]


def test_what_is_equal_is_no_difference() -> None:
    same = {DATABASE: {"engine": "postgres", "size": 7}}

    assert differences(same, {DATABASE: {"engine": "postgres", "size": 7.0}}, contract()) == []


def test_a_value_that_nobody_declares_is_undeclared() -> None:
    found = differences(
        {DATABASE: {"engine": "postgres"}}, {DATABASE: {"engine": "mysql"}}, contract()
    )

    assert only(found) == Difference(DATABASE, "engine", "postgres", "mysql", Standing.UNDECLARED)


@pytest.mark.parametrize("there", [0, 1])
def test_a_value_that_one_alone_has_is_undeclared(there: int) -> None:
    sides: list[dict[Any, Any]] = [{DATABASE: {}}, {DATABASE: {}}]
    sides[there] = {DATABASE: {"size": 1}}
    found = only(differences(sides[0], sides[1], contract()))

    assert found.standing is Standing.UNDECLARED
    assert [found.reference, found.mirror][1 - there] == NOTHING


@pytest.mark.parametrize(
    ("one", "other", "allowed", "standing"),
    [
        (500, 50, "any", Standing.SCALE),
        ("db.r7g.xlarge", "db.t4g.medium", "any", Standing.SCALE),
        (500, 50, "at most", Standing.SCALE),
        (50, 500, "at most", Standing.WRONG_WAY),
        (50, 500, "at least", Standing.SCALE),
        (500, 50, "at least", Standing.WRONG_WAY),
        ("512", "256", "at most", Standing.SCALE),
        ("512", "1024", "at most", Standing.WRONG_WAY),
        (True, False, "at most", Standing.SCALE),
        (False, True, "at most", Standing.WRONG_WAY),
        (False, True, "at least", Standing.SCALE),
        ("5", 5, "at most", Standing.SCALE),
        ("5", 5, "at least", Standing.SCALE),
        (500, [1], "at most", Standing.WRONG_WAY),
        (500, "large", "at most", Standing.WRONG_WAY),
        (500, NOTHING, "at most", Standing.WRONG_WAY),
        (35, 7, {"direction": "at most", "least": 7}, Standing.SCALE),
        (35, 6, {"direction": "at most", "least": 7}, Standing.TOO_SMALL),
        (1, 60, {"direction": "at least", "least": 7}, Standing.SCALE),
    ],
)
def test_a_declared_value_goes_one_way_and_down_to_its_bound(
    one: Any, other: Any, allowed: Any, standing: Standing
) -> None:
    assert judged(one, other, allowed) is standing


def test_a_property_covers_what_lies_within_it_and_nothing_beside_it() -> None:
    one = {DATABASE: {"size": 2, "size.a": 2, "size[0].b": 2, "sizes": 2, "other.size": 2}}
    other = {DATABASE: dict.fromkeys(one[DATABASE], 1)}
    found = differences(one, other, contract(size="at most"))

    assert {each.path for each in found if each.is_declared} == {"size", "size.a", "size[0].b"}


def test_any_index_counts() -> None:
    one = {DATABASE: {"rules[3].days": 2, "rules[3].other": 2}}
    other = {DATABASE: {"rules[3].days": 1, "rules[3].other": 1}}
    found = differences(one, other, contract(**{"rules[].days": "at most"}))

    assert [each.path for each in found if each.is_declared] == ["rules[3].days"]


def test_identity_decides_what_it_is_declared_to() -> None:
    found = differences(
        {DATABASE: {"caCertIdentifier": "a"}}, {DATABASE: {"caCertIdentifier": "b"}}, contract()
    )

    assert only(found) == Difference(
        DATABASE, "caCertIdentifier", "a", "b", Standing.IDENTITY, "identity.access", REASON
    )


def test_another_type_is_not_meant() -> None:
    other_type = ("aws:rds/cluster:Cluster", "database", "environment")
    found = differences({other_type: {"size": 2}}, {other_type: {"size": 1}}, contract(size="any"))

    assert only(found).standing is Standing.UNDECLARED


def test_a_smaller_mirror_may_lack_what_is_declared_but_not_have_it_alone() -> None:
    lacking = only(differences({REPLICA: {}}, {}, contract()))
    additional = only(differences({}, {REPLICA: {}}, contract()))

    assert lacking == Difference(
        REPLICA, "", "there", NOTHING, Standing.SCALE, "scale.database.readReplicas", REASON
    )
    assert additional == Difference(REPLICA, "", NOTHING, "there", Standing.UNDECLARED)


def test_what_identity_names_may_be_on_either_side() -> None:
    why = (Standing.IDENTITY, "identity.emails", REASON)

    assert only(differences({TOPIC: {}}, {}, contract())) == Difference(
        TOPIC, "", "there", NOTHING, *why
    )
    assert only(differences({}, {TOPIC: {}}, contract())) == Difference(
        TOPIC, "", NOTHING, "there", *why
    )


@pytest.mark.parametrize("only_in", ["reference", "mirror"])
def test_a_part_of_one_side_may_be_there_with_all_it_is_made_of_and_never_on_the_other(
    only_in: str,
) -> None:
    part = {
        "type": "*",
        "name": "refresh*",
        "key": "identity.dataRefresh",
        "onlyIn": only_in,
        "reason": REASON,
    }
    declared = Contract.model_validate({**contract().model_dump(), "presence": [part]})
    for type_ in ("aws:kms/key:Key", "understudy:data:DataRefresh"):
        node = (type_, "refresh-key", "environment")
        in_reference = only(differences({node: {}}, {}, declared)).standing
        in_mirror = only(differences({}, {node: {}}, declared)).standing
        allowed, refused = (
            (in_reference, in_mirror) if only_in == "reference" else (in_mirror, in_reference)
        )

        assert allowed is Standing.IDENTITY
        assert refused is Standing.UNDECLARED


@pytest.mark.parametrize("sides", [({DATABASE: {}}, {}), ({}, {DATABASE: {}})])
def test_a_resource_that_one_alone_has_is_undeclared(sides: Any) -> None:
    found = only(differences(sides[0], sides[1], contract()))

    values = ("there", NOTHING) if DATABASE in sides[0] else (NOTHING, "there")

    assert found == Difference(DATABASE, "", *values, Standing.UNDECLARED)


def test_the_same_resource_elsewhere_is_another() -> None:
    moved = (DATABASE[0], DATABASE[1], "environment/elsewhere")

    assert len(differences({DATABASE: {}}, {moved: {}}, contract())) == 2


def test_several_settings_may_decide_one_property() -> None:
    both = contract(size="at most", **{"size.a": "at least"})
    found = differences({DATABASE: {"size.a": 1}}, {DATABASE: {"size.a": 2}}, both)

    assert only(found).standing is Standing.SCALE


def test_values_are_shown_as_settings_write_them() -> None:
    assert [shown(each) for each in (True, 7, "text", None)] == ["true", "7", "text", "null"]
    assert [shown("abcdef", longest) for longest in (4, 5, 6)] == ["abc…", "abcd…", "abcdef"]
    assert shown({"day": date(2031, 5, 1)}) == '{"day": "2031-05-01"}'
