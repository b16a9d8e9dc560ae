"""The zone as Route 53 has it, and as a public resolver sees it where one was asked for.

A resolver answers in the JSON form that dns.google and cloudflare-dns.com both speak.
"""

import json
import socket
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from operations.aws import ask
from operations.environment.reach import SECONDS, Reach
from operations.environment.wanted import hosts
from operations.errors import OperationError, one_line

KINDS = {"A": 1, "NS": 2}
"""IANA, "DNS Parameters", resource record types."""
ANSWERED = 0
"""The same, response codes: NOERROR."""


@dataclass(frozen=True)
class Public:
    """What a public resolver answers."""

    name_servers: frozenset[str]
    verified: bool
    """Whether it has verified the answer by DNSSEC."""


@dataclass(frozen=True)
class Dns:
    """The zone and its names; every name is in lower case and without a dot at its end."""

    name_servers: frozenset[str]
    signing: str
    aliases: Mapping[str, str]
    """Of each name of the site that has one, what its A record leads to."""
    caa: frozenset[str]
    public: Public | None
    resolved: Mapping[str, frozenset[str]] | None
    """The addresses of each name and of the load balancer; None where nobody was to be asked."""


def look(reach: Reach) -> Dns:
    """Ask Route 53, and the resolver."""
    client, zone = reach.client("route53"), str(reach.outputs["zoneId"])
    shown = ask(client, "get_hosted_zone", Id=zone)
    signing = ask(client, "get_dnssec", HostedZoneId=zone)["Status"]["ServeSignature"]
    records = {name: _records(client, zone, name) for name in hosts(reach.settings)}
    domain = reach.settings.identity.dns.domain
    aliases = {name: _alias(found) for name, found in records.items()}
    return Dns(
        frozenset(map(_bare, shown.get("DelegationSet", {}).get("NameServers", []))),
        str(signing),
        {name: alias for name, alias in aliases.items() if alias},
        frozenset(
            value["Value"]
            for each in records[domain]
            if each["Type"] == "CAA"
            for value in each["ResourceRecords"]
        ),
        _public(reach, domain) if reach.resolver else None,
        _resolved(reach),
    )


def _bare(name: str) -> str:
    return name.lower().removesuffix(".")


def _records(client: Any, zone: str, name: str) -> list[dict[str, Any]]:
    """Return the records of one name; they stand together, and are few."""
    found = ask(
        client, "list_resource_record_sets", HostedZoneId=zone, StartRecordName=name, MaxItems="50"
    )
    return [each for each in found["ResourceRecordSets"] if _bare(each["Name"]) == name]


def _alias(records: list[dict[str, Any]]) -> str:
    targets = [each["AliasTarget"]["DNSName"] for each in records if "AliasTarget" in each]
    return _bare(targets[0]).removeprefix("dualstack.") if len(targets) == 1 else ""


def _public(reach: Reach, domain: str) -> Public:
    told = _told(reach, domain, "NS")
    return Public(frozenset(map(_bare, _data(told, "NS"))), told.get("AD") is True)


def _resolved(reach: Reach) -> dict[str, frozenset[str]] | None:
    """Return addresses; None where the caller leads around DNS and no resolver was asked for."""
    names = [*hosts(reach.settings), str(reach.outputs["loadBalancerDnsName"])]
    if reach.resolver:
        return {name: frozenset(_data(_told(reach, name, "A"), "A")) for name in names}
    if reach.address.host:
        return None
    return {name: _system(name) for name in names}


def _system(name: str) -> frozenset[str]:
    try:
        found = socket.getaddrinfo(name, 443, family=socket.AF_INET, type=socket.SOCK_STREAM)
    except OSError:
        return frozenset()
    return frozenset(str(address[0]) for *_, address in found)


def _told(reach: Reach, name: str, kind: str) -> dict[str, Any]:
    query = urlencode({"name": name, "type": kind, "do": "1"})
    request = urllib.request.Request(  # noqa: S310  (reach.resolver takes https alone)
        f"{reach.resolver}?{query}", headers={"Accept": "application/dns-json"}
    )
    try:
        with urllib.request.urlopen(  # noqa: S310
            request, timeout=SECONDS, context=reach.trusting()
        ) as answer:
            told = json.load(answer)
    except (OSError, ValueError) as error:
        raise OperationError(f"resolver: {name}: no answer ({one_line(error)})") from None
    if not isinstance(told, dict):
        raise OperationError(f"resolver: {name}: the answer is not in the form of DNS in JSON")
    return told


def _data(told: dict[str, Any], kind: str) -> list[str]:
    if told.get("Status") != ANSWERED:
        return []
    return [str(each["data"]) for each in told.get("Answer", []) if each["type"] == KINDS[kind]]
