"""Values are compared without regard to who an environment is, and with regard to all else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.graph import Resource, graph_of
from policies.parity.leaves import Identity, alike, leaves_of


def production() -> Identity:
    return Identity(
        {
            "identity.name": "production",
            "identity.account": "111111111111",
            "identity.dns.domain": "app.example.com",
            "identity.dns.parentAccount": "111111111111",
        },
        "10.10.0.0/16",
    )


def staging() -> Identity:
    return Identity(
        {
            "identity.name": "staging",
            "identity.account": "222222222222",
            "identity.dns.domain": "staging.example.com",
            "identity.dns.parentAccount": "111111111111",
        },
        "10.20.0.0/16",
    )


def same(one: str, other: str) -> bool:
    return alike(production().replaced(one), staging().replaced(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("storefront-production", "storefront-staging"),
        ("https://app.example.com/", "https://staging.example.com/"),
        ("arn:aws:iam::111111111111:role/a", "arn:aws:iam::222222222222:role/a"),
        # The parent zone's account is production's own, and staging's is another.
        ("arn:aws:iam::111111111111:role/a", "arn:aws:iam::111111111111:role/a"),
        ("10.10.32.0/20", "10.20.32.0/20"),
        ("10.10.0.2", "10.20.0.2"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("999.10.0.0/16", "999.10.0.0/16"),
    ],
)
def test_who_an_environment_is_makes_no_difference(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("storefront-production", "storefront-production"),
        ("storefront-production", "shopfront-staging"),
        ("app.example.com", "staging"),
        ("10.10.32.0/20", "10.20.64.0/20"),
        ("10.10.32.0/20", "10.20.32.0/21"),
        ("10.10.32.0/20", "10.10.32.0/20"),
        ("production production", "staging"),
        ("", "staging"),
    ],
)
def test_everything_else_does(one: str, other: str) -> None:
    assert not same(one, other)


def test_a_domain_that_holds_the_name_counts_as_the_domain() -> None:
    assert staging().replaced("staging.example.com") == "{identity.dns.domain}"


def test_a_value_of_two_settings_has_both_names() -> None:
    assert production().replaced("111111111111") == "{identity.account|identity.dns.parentAccount}"


def test_signs_of_patterns_in_a_value_mean_themselves() -> None:
    dotted = Identity({"identity.name": "a.b"})

    assert [dotted.replaced(each) for each in ("a.b", "axb")] == ["{identity.name}", "axb"]


@pytest.mark.parametrize("text", ["v/1.0.0", "11.0.0", "1.0.0.1", "1.0.0-rc1", "a-1.0.0"])
def test_a_version_is_no_part_of_something_else(text: str) -> None:
    released = Identity({"identity.release.version": "1.0.0"})

    assert released.replaced(text) == text
    assert (
        released.replaced("release 1.0.0: it runs") == "release {identity.release.version}: it runs"
    )


def test_without_a_network_addresses_stay() -> None:
    assert Identity({"identity.name": "a"}).replaced("10.1.0.0/16") == "10.1.0.0/16"


def test_without_settings_nothing_is_replaced() -> None:
    assert Identity({}).replaced("(?!)XX text") == "(?!)XX text"


def test_a_list_as_text_is_gone_into() -> None:
    resource = Resource("aws:a/b:C", "name", properties={"text": "[1, 2]"})
    found = leaves_of(graph_of("staging", [resource]), Identity({}))

    assert found["aws:a/b:C", "name", ""] == {"text[0]": 1, "text[1]": 2, "options": {}}


def test_an_empty_setting_stands_nowhere() -> None:
    assert Identity({"identity.restore.suffix": ""}).replaced("ab") == "ab"


@pytest.mark.parametrize(("one", "other"), [(True, 1), (1, True), (False, 0), (1, "1"), (None, "")])
def test_values_of_other_kinds_differ(one: object, other: object) -> None:
    assert not alike(one, other)


def test_numbers_are_compared_by_their_size() -> None:
    assert alike(7, 7.0)


def test_documents_are_gone_into_and_names_of_keys_too() -> None:
    policy = {"Statement": [{"Principal": {"AWS": "222222222222"}}], "staging": True}
    resource = Resource(
        "aws:iam/role:Role",
        "role-staging",
        parent="environment/staging",
        properties={"policy": json.dumps(policy), "tags": {}, "list": [], "text": "{not json"},
        options={"protect": False},
    )
    found = leaves_of(graph_of("staging", [resource]), staging())

    assert found["aws:iam/role:Role", "role-{identity.name}", "environment/{identity.name}"] == {
        "policy.Statement[0].Principal.AWS": "{identity.account}",
        "policy.{identity.name}": True,
        "tags": {},
        "list": [],
        "text": "{not json",
        "options.protect": False,
    }


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_any_properties_are_like_themselves(properties: dict[str, object]) -> None:
    graph = graph_of("staging", [Resource("a:b:C", "name", properties=properties)])
    one, other = leaves_of(graph, staging()), leaves_of(graph, staging())

    assert all(alike(one[node][path], other[node][path]) for node in one for path in one[node])
