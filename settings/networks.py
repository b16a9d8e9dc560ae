"""Checks of network ranges."""

import ipaddress
from collections.abc import Iterable

LARGEST_PREFIX = 16
SMALLEST_PREFIX = 20
"""A VPC takes /16 to /28; from /21 on the address plan's private subnets get too small for ECS
(VPC User Guide, "VPC CIDR blocks")."""

EVERYONE = "0.0.0.0/0"
MOST_LET_IN = 2**24
"""Addresses of a /8: nobody owns more in one piece."""

_OCTET = r"(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
NETWORK_PATTERN = rf"^({_OCTET}\.){{3}}{_OCTET}/(3[0-2]|[12]?[0-9])$"
_TEN = r"10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\."
VPC_PATTERN = rf"^({_TEN}).*/({LARGEST_PREFIX}|17|18|19|{SMALLEST_PREFIX})$"
_CARRIERS = r"100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\."
_GROUPS = r"22[4-9]\.|2[345][0-9]\."
INNER_PATTERN = rf"^({_TEN}|127\.|169\.254\.|{_CARRIERS}|{_GROUPS})"
"""What nobody can come from by way of the internet, as far as a pattern can say it."""

_DOCUMENTATION = tuple(
    ipaddress.IPv4Network(block) for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
)
"""Stand for anybody's addresses in examples (RFC 5737)."""

_PRIVATE = tuple(
    ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)


def network_problem(value: str) -> str | None:
    """Return what is wrong with an IPv4 network in CIDR notation."""
    try:
        ipaddress.IPv4Network(value)
    except ValueError:
        base = _base(value)
        hint = f"; did you mean {base}?" if base else ""
        return f"must be an IPv4 network like 10.20.0.0/16, got {value!r}{hint}"
    return None if "/" in value else f"must have a prefix length, got {value!r}"


def _base(value: str) -> str:
    """Return the network that an address with host bits lies in, or nothing."""
    try:
        return str(ipaddress.IPv4Network(value, strict=False))
    except ValueError:
        return ""


def vpc_problem(value: str) -> str | None:
    """Return why a well-formed network can't be a VPC's here."""
    network = ipaddress.IPv4Network(value)
    if not any(network.subnet_of(private) for private in _PRIVATE):
        return f"must be private (RFC 1918), got {value}"
    if not LARGEST_PREFIX <= network.prefixlen <= SMALLEST_PREFIX:
        return (
            f"must be from /{LARGEST_PREFIX} to /{SMALLEST_PREFIX}: what the address plan "
            f"divides into subnets, got {value}"
        )
    return None


def overlap(one: str, other: str) -> bool:
    """Tell whether two networks share an address."""
    return ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other))


def public_problem(value: str) -> str | None:
    """Return why nobody can come from a well-formed network by way of the internet."""
    network = ipaddress.IPv4Network(value)
    public = network.is_global and not network.is_multicast
    if value == EVERYONE or public or any(map(network.subnet_of, _DOCUMENTATION)):
        return None
    return f"must be public addresses, got {value}"


def too_open(values: Iterable[str]) -> int | None:
    """Return how many addresses the networks let in together, where nobody owns so many."""
    networks = ipaddress.collapse_addresses(map(ipaddress.IPv4Network, values))
    total = sum(network.num_addresses for network in networks)
    return total if total > MOST_LET_IN else None
