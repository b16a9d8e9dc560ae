"""Checks of network ranges."""

import ipaddress

LARGEST_PREFIX = 16
SMALLEST_PREFIX = 20
"""A VPC takes /16 to /28; from /21 on the address plan's private subnets get too small for ECS
(VPC User Guide, "VPC CIDR blocks")."""

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
