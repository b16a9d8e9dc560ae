"""The address plan: disjoint, inside, by letter, and still when a zone is added."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint.addresses import ZONES, plan
from components.network import ZoneSubnets

CIDRS = st.builds(
    lambda address, prefix: str(IPv4Network((address, prefix), strict=False)),
    st.integers(min_value=10 << 24, max_value=(11 << 24) - 1),
    st.integers(min_value=16, max_value=20),
)
LETTERS = st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True)


def blocks(zones: dict[str, ZoneSubnets]) -> list[IPv4Network]:
    """Return every subnet of a plan."""
    return [
        IPv4Network(block)
        for zone in zones.values()
        for block in (zone.public, zone.private, zone.isolated)
    ]


def test_a_16_gives_each_zone_what_the_docs_say() -> None:
    assert plan("10.20.0.0/16", "abc") == {
        "a": ZoneSubnets(private="10.20.0.0/19", public="10.20.32.0/20", isolated="10.20.48.0/22"),
        "b": ZoneSubnets(
            private="10.20.64.0/19", public="10.20.96.0/20", isolated="10.20.112.0/22"
        ),
        "c": ZoneSubnets(
            private="10.20.128.0/19", public="10.20.160.0/20", isolated="10.20.176.0/22"
        ),
    }


@given(cidr=CIDRS, zones=LETTERS)
def test_subnets_lie_inside_and_apart(cidr: str, zones: list[str]) -> None:
    found = blocks(plan(cidr, zones))

    assert len(found) == 3 * len(zones)
    assert all(block.subnet_of(IPv4Network(cidr)) for block in found)
    assert not any(one.overlaps(other) for one, other in combinations(found, 2))


@given(cidr=CIDRS, zones=LETTERS, more=LETTERS)
def test_adding_a_zone_moves_no_other(cidr: str, zones: list[str], more: list[str]) -> None:
    before, after = plan(cidr, zones), plan(cidr, {*zones, *more})

    assert {zone: after[zone] for zone in zones} == before


@given(cidr=CIDRS, zones=LETTERS)
def test_order_of_the_zones_means_nothing(cidr: str, zones: list[str]) -> None:
    assert plan(cidr, zones) == plan(cidr, reversed(zones))
    assert list(plan(cidr, zones)) == sorted(zones)


@given(cidr=CIDRS)
def test_every_subnet_is_one_that_aws_takes(cidr: str) -> None:
    """From /16 to /28 (VPC User Guide, "Subnet sizing"); a load balancer wants /27 or more."""
    found = plan(cidr, ZONES)

    assert all(16 <= block.prefixlen <= 28 for block in blocks(found))
    assert all(IPv4Network(zone.public).prefixlen <= 27 for zone in found.values())


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/21"])
def test_a_network_out_of_range_is_refused(cidr: str) -> None:
    with pytest.raises(ValueError, match=f"cidr must be from /16 to /20, got {cidr}"):
        plan(cidr, "ab")


def test_a_zone_without_a_slot_is_refused() -> None:
    with pytest.raises(ValueError, match="zones must be among a, b, c, d, got e"):
        plan("10.0.0.0/16", "ae")
