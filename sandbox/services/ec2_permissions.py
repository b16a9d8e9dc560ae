"""Rules of security groups: between Pulumi's blocks and EC2's permissions.

EC2 gathers rules of the same protocol and ports into one permission, whatever blocks they were
written in. Rules are therefore compared one by one, each with a single peer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.provider.resource import Problem

PROTOCOLS = {"all": "-1", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
"""Protocol numbers that EC2 gives back as names, and the provider's word for all."""
PORTED = {"tcp", "udp"}
HIGHEST_PORT = 65535
NAME = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
"""What EC2 allows in names of groups and in descriptions."""

PEERS = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
"""A block's lists of peers, to EC2's list and the member in it."""


@dataclass(frozen=True)
class Rule:
    """One rule with one peer."""

    protocol: str
    first: int
    last: int
    kind: str
    """The block's list that the peer belongs to."""
    peer: str
    description: str

    def permission(self) -> dict[str, Any]:
        """Return the rule as EC2 takes it."""
        listed, member = PEERS[self.kind]
        entry = {member: self.peer}
        if self.description:
            entry["Description"] = self.description
        permission: dict[str, Any] = {"IpProtocol": self.protocol, listed: [entry]}
        if self.protocol != "-1":
            permission |= {"FromPort": self.first, "ToPort": self.last}
        return permission


def protocol_named(given: Any) -> str:
    """Return a protocol as EC2 gives it back."""
    text = str(given).lower()
    return PROTOCOLS.get(text, text)


def text_problems(name: str, text: Any) -> Iterator[Problem]:
    """Yield what EC2 would refuse in a group's name or a description."""
    if isinstance(text, str) and not NAME.fullmatch(text):
        yield name, "must be at most 255 characters: letters, digits, blanks, ._-:/()#,@[]+=&;{}!$*"


def port_problems(protocol: Any, first: Any, last: Any, at: str) -> Iterator[Problem]:
    """Yield what EC2 would refuse in the ports of a rule."""
    if not isinstance(protocol, str) or protocol_named(protocol) not in PORTED:
        return
    if first is None or last is None:
        yield at, f"both ports are needed for {protocol}"
        return
    if not isinstance(first, int) or not isinstance(last, int):
        return
    if not 0 <= first <= last <= HIGHEST_PORT:
        yield at, f"ports must be from 0 to {HIGHEST_PORT} and in order, got {first} to {last}"


def block_problems(name: str, blocks: Any) -> Iterator[Problem]:
    """Yield what is wrong in the rules written inside a group."""
    for index, block in enumerate(blocks if isinstance(blocks, list) else []):
        if not isinstance(block, Mapping):
            continue
        at = f"{name}[{index}]"
        for key in ("protocol", "fromPort", "toPort"):
            if key not in block:
                yield f"{at}.{key}", "is required"
        known = {*PEERS, "protocol", "fromPort", "toPort", "self", "description"}
        for key in sorted(set(block) - known):
            yield f"{at}.{key}", f"is unknown; allowed: {', '.join(sorted(known))}"
        yield from port_problems(
            block.get("protocol"), block.get("fromPort"), block.get("toPort"), f"{at}.fromPort"
        )
        yield from text_problems(f"{at}.description", block.get("description"))


def from_blocks(blocks: list[dict[str, Any]], own_id: str) -> set[Rule]:
    """Return the rules that Pulumi's blocks say; ``own_id`` is the group's own id."""
    rules = set()
    for block in blocks:
        protocol = protocol_named(block["protocol"])
        all_ports = protocol == "-1"
        first, last = (0, 0) if all_ports else (int(block["fromPort"]), int(block["toPort"]))
        peers = [(kind, peer) for kind in PEERS for peer in block.get(kind) or []]
        if block.get("self"):
            peers.append(("securityGroups", own_id))
        description = block.get("description") or ""
        for kind, peer in peers:
            # AWS shows a group without the account that may stand before it.
            name = str(peer).rpartition("/")[2] if kind == "securityGroups" else str(peer)
            rules.add(Rule(protocol, first, last, kind, name, description))
    return rules


def from_permissions(permissions: list[dict[str, Any]]) -> set[Rule]:
    """Return the rules that EC2 shows."""
    rules = set()
    for permission in permissions:
        protocol = protocol_named(permission["IpProtocol"])
        ends = (permission.get("FromPort", 0), permission.get("ToPort", 0))
        first, last = (0, 0) if protocol == "-1" else ends
        for kind, (listed, member) in PEERS.items():
            for entry in permission.get(listed) or []:
                text = entry.get("Description", "")
                rules.add(Rule(protocol, first, last, kind, entry[member], text))
    return rules


def to_blocks(rules: set[Rule], own_id: str) -> list[dict[str, Any]]:
    """Return rules as Pulumi's blocks: one for each protocol, ports and description."""
    blocks: dict[tuple[str, int, int, str], dict[str, Any]] = {}
    for rule in sorted(rules, key=repr):
        key = (rule.protocol, rule.first, rule.last, rule.description)
        block = blocks.setdefault(
            key, {"protocol": rule.protocol, "fromPort": rule.first, "toPort": rule.last}
        )
        if rule.description:
            block["description"] = rule.description
        if rule.kind == "securityGroups" and rule.peer == own_id:
            block["self"] = True
        else:
            block.setdefault(rule.kind, []).append(rule.peer)
    return list(blocks.values())
