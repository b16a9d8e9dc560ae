"""The address plan: which subnets an environment's network is divided into.

Pure arithmetic. The VPC's block falls into four equal slots, one for each zone letter from ``a`` to
``d``. Within a slot: half is private (tasks), a quarter public (load balancer, NAT), a sixteenth
isolated (database); the rest is free. A /16 gives each zone a /19, a /20 and a /22. A zone's slot
depends on its letter alone, so that adding a zone moves no other.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network

from components.network import ZoneSubnets

ZONES = "abcd"
LARGEST_PREFIX = 16
SMALLEST_PREFIX = 20

_SLOT_BITS = 2
_PRIVATE_BITS = 3
_PUBLIC_BITS = 4
_ISOLATED_BITS = 6


def plan(cidr: str, zones: Iterable[str]) -> dict[str, ZoneSubnets]:
    """Return the subnets by zone letter, for a VPC of ``cidr`` (/16 to /20).

    Raises ValueError where the block is too large or small, or a zone has no slot.
    """
    network = IPv4Network(cidr)
    if not LARGEST_PREFIX <= network.prefixlen <= SMALLEST_PREFIX:
        raise ValueError(
            f"cidr must be from /{LARGEST_PREFIX} to /{SMALLEST_PREFIX}, got {cidr}",
        )
    slots = dict(zip(ZONES, network.subnets(prefixlen_diff=_SLOT_BITS), strict=True))
    wanted = sorted(set(zones))
    if unknown := [zone for zone in wanted if zone not in slots]:
        raise ValueError(f"zones must be among {', '.join(ZONES)}, got {', '.join(unknown)}")
    return {zone: _divide(slots[zone]) for zone in wanted}


def _divide(slot: IPv4Network) -> ZoneSubnets:
    private, rest = slot.subnets(prefixlen_diff=_PRIVATE_BITS - _SLOT_BITS)
    public, spare = rest.subnets(prefixlen_diff=_PUBLIC_BITS - _PRIVATE_BITS)
    isolated = next(spare.subnets(prefixlen_diff=_ISOLATED_BITS - _PUBLIC_BITS))
    return ZoneSubnets(public=str(public), private=str(private), isolated=str(isolated))
