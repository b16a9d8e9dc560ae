"""Route 53: records, plain ones and aliases."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import by, kept
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props, is_known
from sandbox.services.forms import known_keys
from sandbox.services.route53 import record_sets
from sandbox.services.route53_forms import (
    ALIAS,
    CHANGE,
    MEMBERS,
    ONLY_KEYS,
    PLACE,
    alias_problems,
    expanded,
    member_problems,
    plain,
    record_set,
    shape_of_set,
    untext,
    value_problems,
)

TYPES = "A|AAAA|CAA|CNAME|DS|HTTPS|MX|NAPTR|NS|PTR|SOA|SPF|SRV|SSHFP|SVCB|TLSA|TXT"


class Record(ResourceType):
    """A record set: all values of one name and type (and identifier, where there are several)."""

    token = "aws:route53/record:Record"
    service = "route53"
    creates = CHANGE
    inputs = {
        "aliases": by(CHANGE, read="Aliases"),
        "allowOverwrite": kept("says only how the record is made"),
        "cidrRoutingPolicy": kept("moto drops it"),
        "failoverRoutingPolicies": by(CHANGE, read="Failover", decode=lambda v: [{"type": v}]),
        "geolocationRoutingPolicies": by(
            CHANGE, read="GeoLocation", decode=lambda v: [PLACE.decode(v)]
        ),
        "geoproximityRoutingPolicy": kept("moto drops it"),
        "healthCheckId": by(CHANGE, read="HealthCheckId"),
        "latencyRoutingPolicies": by(CHANGE, read="Region", decode=lambda v: [{"region": v}]),
        "multivalueAnswerRoutingPolicy": by(CHANGE, read="MultiValueAnswer"),
        "name": by(CHANGE, read="ShownName"),
        "records": by(CHANGE, read="Records"),
        "setIdentifier": by(CHANGE, read="SetIdentifier"),
        "ttl": by(CHANGE, read="TTL"),
        "type": by(CHANGE, read="Type"),
        "weightedRoutingPolicies": by(CHANGE, read="Weight", decode=lambda v: [{"weight": v}]),
        "zoneId": by(CHANGE, read="ZoneId"),
    }
    outputs = {"fqdn": "Fqdn"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Say what Route 53 would refuse by the inputs alone."""
        for name, key in ONLY_KEYS.items():
            yield from known_keys(name, props.get(name), (key,))
        shape = shape_of_set()
        for name, value in props.items():
            if name in MEMBERS and is_known(value) and value not in (None, [], ""):
                yield from member_problems(shape, name, value)
        if "aliases" in props:
            for name in ("records", "ttl"):
                if props.get(name):
                    yield name, "cannot stand beside aliases"
            yield from alias_problems(props["aliases"])
        else:
            for name in ("records", "ttl"):
                if name not in props:
                    yield name, "is required where there are no aliases"
            yield from value_problems(props.get("type"), props.get("records"))
        policies = [name for name in props if name.endswith(("Policies", "Policy"))]
        if policies and "setIdentifier" not in props:
            yield "setIdentifier", f"is required with {policies[0]}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the record, or overwrite one where the program says so."""
        zone, name = str(new["zoneId"]), self._name(aws, new)
        request = f"route53.{CHANGE}"
        others = [each for each in record_sets(aws, zone) if plain(each["Name"]) == name]
        if not new.get("allowOverwrite") and any(_is(each, new) for each in others):
            raise AwsError(
                request,
                "InvalidChangeBatch",
                f"tried to create [name='{name}', type='{new['type']}'] but it already exists",
            )
        self._refuse(aws, name, new, others)
        # moto takes some records that are gone for living ones when it is told to create.
        self._change(aws, zone, [("UPSERT", record_set(name, new))])
        tail = f"_{new['setIdentifier']}" if new.get("setIdentifier") else ""
        return f"{zone}_{name}_{new['type']}{tail}"

    def _refuse(self, aws: Aws, name: str, new: Props, others: list[dict[str, Any]]) -> None:
        """Refuse what does not fit its neighbours, or names what does not exist."""
        request, code = f"route53.{CHANGE}", "InvalidChangeBatch"
        kinds = {each["Type"] for each in others if not _is(each, new)}
        alone = new["type"] == "CNAME" and kinds - {"CNAME"}
        if alone or (new["type"] != "CNAME" and "CNAME" in kinds):
            reason = f"a CNAME record conflicts with other records of the name {name}"
            raise AwsError(request, code, reason)
        check = new.get("healthCheckId")
        if check and aws.find("route53.get_health_check", "@", HealthCheckId=check) is None:
            raise AwsError(request, "NoSuchHealthCheck", f"no health check exists: {check}")
        for alias in new.get("aliases") or []:
            if alias["zoneId"] != new["zoneId"]:
                continue
            target = plain(alias["name"])
            found = record_sets(aws, alias["zoneId"])
            if not any(plain(each["Name"]) == target for each in found):
                reason = f"tried to create an alias that targets {target}, but that was not found"
                raise AwsError(request, code, reason)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change the record; one that becomes another type or identifier is moved in one batch."""
        name = self._name(aws, new)
        changes = [("UPSERT", record_set(name, new))]
        moved = {"type", "setIdentifier"} & changed
        if moved:
            shown = self._shown(aws, old, name)
            changes = [*([("DELETE", shown)] if shown else []), *changes]
        else:
            self._refuse(aws, name, new, [])
        self._change(aws, str(new["zoneId"]), changes)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the record as it is shown now: Route 53 wants every value named."""
        shown = self._shown(aws, old, self._name(aws, old))
        if shown is not None:
            self._change(aws, str(old["zoneId"]), [("DELETE", shown)])

    def _change(self, aws: Aws, zone: str, changes: list[tuple[str, dict[str, Any]]]) -> None:
        batch = [{"Action": action, "ResourceRecordSet": each} for action, each in changes]
        aws.call(f"route53.{CHANGE}", HostedZoneId=zone, ChangeBatch={"Changes": batch})

    def _name(self, aws: Aws, props: Props) -> str:
        zone = aws.call("route53.get_hosted_zone", Id=props["zoneId"])["HostedZone"]["Name"]
        return expanded(str(props["name"]), zone)

    def _shown(self, aws: Aws, props: Props, name: str) -> dict[str, Any] | None:
        found = record_sets(
            aws, str(props["zoneId"]), StartRecordName=name, StartRecordType=str(props["type"])
        )
        same = (each for each in found if plain(each["Name"]) == name and _is(each, props))
        return next(same, None)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the record with its name and values written as the program writes them."""
        props = saved if "zoneId" in saved else _parsed(id_)
        zone = aws.find("route53.get_hosted_zone", "HostedZone.Name", Id=props["zoneId"])
        if zone is None:
            return None
        name = expanded(str(props["name"]), zone)
        shown = self._shown(aws, props, name)
        if shown is None:
            return None
        found = dict(shown)
        found |= {"ZoneId": props["zoneId"], "Fqdn": name, "ShownName": props["name"]}
        if "ResourceRecords" in found:
            values = [each["Value"] for each in found["ResourceRecords"]]
            found["Records"] = (
                [untext(each) for each in values] if found["Type"] in {"TXT", "SPF"} else values
            )
        if target := found.get("AliasTarget"):
            alias = {**ALIAS.decode(target), "name": plain(target["DNSName"])}
            given = (saved.get("aliases") or [{}])[0].get("name", "")
            if plain(str(given)) == alias["name"]:
                alias["name"] = given
            found["Aliases"] = [alias]
        return found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the record of the zone, name and type, if it says what the inputs say."""
        name = self._name(aws, inputs)
        tail = f"_{inputs['setIdentifier']}" if inputs.get("setIdentifier") else ""
        id_ = f"{inputs['zoneId']}_{name}_{inputs['type']}{tail}"
        shown = self.read(aws, id_, inputs)
        return id_ if shown and all(shown.get(key) == inputs[key] for key in inputs) else None


def _is(record: Mapping[str, Any], props: Props) -> bool:
    given = props.get("setIdentifier") or None
    return record["Type"] == props["type"] and record.get("SetIdentifier") == given


def _parsed(id_: str) -> Props:
    """Return zone, name, type and identifier of an id; names may begin with underscores."""
    found = re.fullmatch(rf"([A-Z0-9]+)_(.*)_({TYPES})(?:_(.+))?", id_)
    if found is None:
        raise SandboxError(f"{id_} is not <zone>_<name>_<type> or <zone>_<name>_<type>_<set>")
    zone, name, kind, identifier = found.groups()
    return {"zoneId": zone, "name": name, "type": kind, "setIdentifier": identifier}
