"""What the engine shows and what the program describes make one graph, whatever is unknown yet."""

from typing import Any

from pulumi_policy import PolicyCustomTimeouts, PolicyResource, PolicyResourceOptions
from pulumi_policy.proxy import (
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_STRING_VALUE,
    unknown_checking_proxy,
)

from policies.graph import STACK, Graph, Resource, graph_of
from policies.place import UNKNOWN
from policies.seen import completed, seen, stack_of

URN = "urn:pulumi:staging::understudy::"


def shown(type_: str, name: str, parent: PolicyResource | None = None, **props: Any) -> Any:
    """Return a resource as the engine shows it to a stack policy."""
    options = PolicyResourceOptions(
        protect=True,
        ignore_changes=[],
        delete_before_replace=None,
        aliases=[],
        custom_timeouts=PolicyCustomTimeouts(0, 0, 0),
        additional_secret_outputs=[],
        parent=None,
    )
    return PolicyResource(
        type_,
        unknown_checking_proxy(props),
        f"{URN}{type_}::{name}",
        name,
        options,
        None,
        parent,
        [],
        {},
    )


STACK_SHOWN = shown(STACK, "understudy-staging")


def graph(*resources: PolicyResource) -> Graph:
    return seen([STACK_SHOWN, *resources], reference="production")


def recording(**properties: Any) -> Graph:
    return graph_of("staging", [Resource("a:b:C", "one", properties=properties)])


def test_the_stack_is_read_from_the_urns() -> None:
    assert stack_of([STACK_SHOWN]) == "staging"


def test_a_resource_hangs_where_its_parents_say() -> None:
    outer = shown("understudy:environment:Environment", "environment", STACK_SHOWN)
    inner = shown("understudy:data:Database", "database", outer)
    found = graph(outer, inner, shown("a:b:C", "one", inner)).by_key["a:b:C", "one"]

    assert found.parent == "environment/database"
    assert found.urn == f"{URN}a:b:C::one"
    assert found.options == {"protect": True, "provider": ""}


def test_the_stack_has_its_own_name_and_the_engines_urn() -> None:
    found = graph()

    assert [each.key for each in found.resources] == [(STACK, "staging")]
    assert found.resources[0].urn == STACK_SHOWN.urn
    assert not found.reference


def test_an_unknown_value_hides_nothing_beside_it() -> None:
    one = shown(
        "a:b:C",
        "one",
        encrypted=UNKNOWN_BOOLEAN_VALUE,
        public=True,
        rules=[{"port": 22.0, "group": UNKNOWN_STRING_VALUE}, UNKNOWN_STRING_VALUE],
        zones=UNKNOWN_ARRAY_VALUE,
    )
    other = shown("a:b:C", "two", encrypted=False)
    found = graph(one, other)

    assert found.by_key["a:b:C", "one"].properties == {
        "encrypted": UNKNOWN,
        "public": True,
        "rules": [{"port": 22.0, "group": UNKNOWN}, UNKNOWN],
        "zones": UNKNOWN,
    }
    assert found.by_key["a:b:C", "two"].properties == {"encrypted": False}


def test_links_lead_to_resources() -> None:
    key = shown("aws:kms/key:Key", "key")
    one = shown("a:b:C", "one", kmsKeyId=UNKNOWN_STRING_VALUE)
    one.property_dependencies = {"kmsKeyId": [key]}

    assert graph(key, one).by_key["a:b:C", "one"].links == {
        "kmsKeyId": (("aws:kms/key:Key", "key"),)
    }


def test_what_is_unknown_is_taken_from_the_recording() -> None:
    one = shown(
        "a:b:C",
        "one",
        key=UNKNOWN_STRING_VALUE,
        rules=[{"group": UNKNOWN_STRING_VALUE, "port": 22.0}],
    )
    recorded = recording(key="${a::key.arn}", rules=[{"group": "${a::group.id}", "port": 23}])
    found = completed(graph(one), recorded).by_key["a:b:C", "one"]

    assert found.properties == {
        "key": "${a::key.arn}",
        "rules": [{"group": "${a::group.id}", "port": 22.0}],
    }


def test_what_the_engine_knows_wins() -> None:
    found = completed(graph(shown("a:b:C", "one", public=True)), recording(public=False))

    assert found.by_key["a:b:C", "one"].properties == {"public": True}


def test_what_the_provider_adds_is_not_what_the_program_asks_for() -> None:
    one = shown("a:b:C", "one", arn=UNKNOWN_STRING_VALUE, size=3.0, defaulted="x")
    found = completed(graph(one), recording(size=3))

    assert found.by_key["a:b:C", "one"].properties == {"size": 3.0}


def test_of_a_resource_that_was_not_recorded_nothing_is_guessed() -> None:
    one = shown("a:b:C", "unforeseen", encrypted=UNKNOWN_BOOLEAN_VALUE)
    found = completed(graph(one), recording(encrypted=True))

    assert found.by_key["a:b:C", "unforeseen"].properties == {"encrypted": UNKNOWN}


def test_completing_twice_changes_nothing_more() -> None:
    one = shown("a:b:C", "one", key=UNKNOWN_STRING_VALUE)
    recorded = recording(key="${a::key.arn}")
    once = completed(graph(one), recorded)

    assert completed(once, recorded) == once
