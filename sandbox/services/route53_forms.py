"""Route 53: forms of records, as programs write them and as the request takes them."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.model import StructureShape

from sandbox.provider import shapes
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props, is_known
from sandbox.services.forms import Renamed
from sandbox.services.lb_zones import region_of_zone

CHANGE = "change_resource_record_sets"
TEXT_LENGTH = 255
"""Characters of one string of a TXT record (RFC 1035, section 3.3)."""
ALIAS = Renamed(
    {
        "name": "DNSName",
        "zoneId": "HostedZoneId",
        "evaluateTargetHealth": "EvaluateTargetHealth",
    }
)
PLACE = Renamed(
    {"continent": "ContinentCode", "country": "CountryCode", "subdivision": "SubdivisionCode"}
)
FORMS: Mapping[str, str] = {
    "CAA": r'\d{1,3} (issue|issuewild|iodef|issuemail|issuevmc) ".*"',
    "DS": r"\d{1,5} \d{1,3} \d{1,3} ([0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96})",
    "MX": r"\d{1,5} \S+",
    "SRV": r"\d{1,5} \d{1,5} \d{1,5} \S+",
}
"""What a value of a type looks like (Route 53 Developer Guide, "Supported DNS record types")."""


ONLY_KEYS = {
    "failoverRoutingPolicies": "type",
    "latencyRoutingPolicies": "region",
    "weightedRoutingPolicies": "weight",
}
"""Blocks that have one key each."""


def _only(name: str) -> Callable[[Any], Any]:
    """Return what takes the value out of a block that has just one, and may stand in a list."""
    key = ONLY_KEYS[name]
    return lambda blocks: (blocks[0] if isinstance(blocks, list) else blocks)[key]


def _near(place: Props) -> dict[str, Any]:
    """Return a place with its coordinates as AWS takes them: a block, not a list of one."""
    coordinates = place.get("coordinates")
    return {**place, **({"coordinates": coordinates[0]} if coordinates else {})}


MEMBERS: Mapping[str, tuple[str, Callable[[Any], Any] | None]] = {
    "aliases": ("AliasTarget", lambda value: _alias(value[0])),
    "cidrRoutingPolicy": ("CidrRoutingConfig", None),
    "failoverRoutingPolicies": ("Failover", _only("failoverRoutingPolicies")),
    "geolocationRoutingPolicies": ("GeoLocation", lambda value: PLACE.encode(value[0])),
    "geoproximityRoutingPolicy": ("GeoProximityLocation", _near),
    "healthCheckId": ("HealthCheckId", None),
    "latencyRoutingPolicies": ("Region", _only("latencyRoutingPolicies")),
    "multivalueAnswerRoutingPolicy": ("MultiValueAnswer", None),
    "records": ("ResourceRecords", lambda value: [{"Value": each} for each in value]),
    "setIdentifier": ("SetIdentifier", None),
    "ttl": ("TTL", None),
    "type": ("Type", None),
    "weightedRoutingPolicies": ("Weight", _only("weightedRoutingPolicies")),
}
"""Input to its member of a record set, and how it is put there."""


def expanded(name: str, zone: str) -> str:
    """Return a record's full name, without a dot at its end; a short one is of the zone."""
    given, domain = plain(name), plain(zone)
    if not given:
        return domain
    return given if given == domain or given.endswith(f".{domain}") else f"{given}.{domain}"


def plain(name: str) -> str:
    """Return a name in lower case, without a dot at its end and with a plain asterisk."""
    return name.replace("\\052", "*").rstrip(".").lower()


def record_set(name: str, props: Props) -> dict[str, Any]:
    """Return the record set of these inputs, in the form of the request."""
    shape = shape_of_set()
    result: dict[str, Any] = {"Name": name}
    for key, (member, encode) in MEMBERS.items():
        value = props.get(key)
        if value in (None, [], ""):
            continue
        if key == "records" and props["type"] in {"TXT", "SPF"}:
            value = [_text(each) for each in value]
        result[member] = shapes.encode(
            shape.members[member], encode(value) if encode else value, key
        )
    return result


def shape_of_set() -> StructureShape:
    """Return the shape of a record set in the request."""
    batch = shapes.request("route53", CHANGE).members["ChangeBatch"]
    record: StructureShape = batch.members["Changes"].member.members["ResourceRecordSet"]
    return record


def member_problems(shape: StructureShape, name: str, value: Any) -> Iterator[Problem]:
    """Yield what is wrong with one input."""
    member, encode = MEMBERS[name]
    try:
        form = shapes.encode(shape.members[member], encode(value) if encode else value, name)
    except shapes.NotCarried as error:
        yield error.path, f"is unknown; allowed: {', '.join(error.known)}"
    except (TypeError, ValueError, KeyError, IndexError) as error:
        yield name, f"has a form that the sandbox cannot translate: {error}"
    else:
        yield from shapes.problems(shape.members[member], form, name)


def value_problems(kind: Any, values: Any) -> Iterator[Problem]:
    """Yield values that are none of the type."""
    for value in values if isinstance(values, list) else []:
        if not isinstance(value, str):
            continue
        if kind in {"A", "AAAA"}:
            try:
                right = ipaddress.ip_address(value).version == (4 if kind == "A" else 6)
            except ValueError:
                right = False
        else:
            right = kind not in FORMS or re.fullmatch(FORMS[kind], value) is not None
        if not right:
            yield "records", f"{value!r} is no value of a record of type {kind}"


def _alias(alias: Props) -> dict[str, Any]:
    return dict(ALIAS.encode({**alias, "name": plain(alias["name"])}))


def alias_problems(aliases: Any) -> Iterator[Problem]:
    """Yield aliases whose zone is a load balancer's of another region than their name."""
    for alias in aliases if isinstance(aliases, list) else []:
        if not isinstance(alias, Mapping) or not is_known(alias):
            continue
        region = region_of_zone(str(alias.get("zoneId")))
        name = plain(str(alias.get("name")))
        if region and not name.endswith(
            (f".{region}.elb.amazonaws.com", f".elb.{region}.amazonaws.com")
        ):
            yield "aliases", f"{name} does not lie within the zone {alias['zoneId']} of {region}"


def _text(value: str) -> str:
    """Return a TXT value in quotes, in strings of a length that DNS takes."""
    if value.startswith('"'):
        return value
    parts = [value[i : i + TEXT_LENGTH] for i in range(0, len(value), TEXT_LENGTH)] or [""]
    return " ".join(f'"{part}"' for part in parts)


def untext(value: str) -> str:
    """Return a TXT value as a program writes it: in one piece, without quotes."""
    return re.sub(r'"\s+"', "", value).strip('"')
