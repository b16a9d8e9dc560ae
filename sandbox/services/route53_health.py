"""Route 53: health checks."""

import secrets
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Carry, Describe, kept, member
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.route53 import TAGS, Route53Type

PROBED_NOT = frozenset({"CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"})
"""Types that ask no endpoint; moto shows them a port and times all the same."""

PORTS = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443, "TCP": None}
"""Types that ask an endpoint, and the port that they ask where none is given."""
RESET = {
    "childHealthThreshold": 0,
    "disabled": False,
    "insufficientDataHealthStatus": "LastKnownStatus",
    "invertHealthcheck": False,
}
"""What an input is set to that the program takes away."""
EMPTIED = {
    "childHealthchecks": "ChildHealthChecks",
    "fqdn": "FullyQualifiedDomainName",
    "regions": "Regions",
    "resourcePath": "ResourcePath",
}
"""Inputs that a request takes away by their element's name (UpdateHealthCheck, ResetElements)."""


def _of_check(name: str, **more: Any) -> Carry:
    return member(f"HealthCheckConfig.{name}", **more)


class HealthCheck(Route53Type):
    """A check of an endpoint, of other checks or of an alarm."""

    token = "aws:route53/healthCheck:HealthCheck"
    kind = "healthcheck"
    creates = "create_health_check"
    describe = Describe("get_health_check", lambda id_: {"HealthCheckId": id_}, "HealthCheck")
    updates = "update_health_check"
    deletes = "delete_health_check"
    identified = "HealthCheckId"
    inputs = {
        "childHealthThreshold": _of_check("HealthThreshold"),
        "childHealthchecks": _of_check("ChildHealthChecks"),
        "cloudwatchAlarmName": _of_check("AlarmIdentifier.Name", unseen="moto drops it"),
        "cloudwatchAlarmRegion": _of_check("AlarmIdentifier.Region", unseen="moto drops it"),
        "disabled": _of_check("Disabled"),
        "enableSni": _of_check("EnableSNI"),
        "failureThreshold": _of_check("FailureThreshold"),
        "fqdn": _of_check("FullyQualifiedDomainName"),
        "insufficientDataHealthStatus": _of_check(
            "InsufficientDataHealthStatus", unseen="moto drops it"
        ),
        "invertHealthcheck": _of_check("Inverted"),
        "ipAddress": _of_check("IPAddress"),
        "measureLatency": _of_check("MeasureLatency"),
        "port": _of_check("Port"),
        "referenceName": kept("part of the caller's reference, which AWS does not show"),
        "regions": _of_check("Regions"),
        "requestInterval": _of_check("RequestInterval", default=30),
        "resourcePath": _of_check("ResourcePath"),
        "routingControlArn": _of_check("RoutingControlArn"),
        "searchString": _of_check("SearchString"),
        "tags": TAGS,
        "triggers": kept("says only when the check is updated"),
        "type": _of_check("Type"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Want what tells the endpoint, for the types that ask one."""
        kind = props.get("type")
        if kind not in PORTS:
            return
        if "fqdn" not in props and "ipAddress" not in props:
            yield "fqdn", f"is required for {kind}, or ipAddress"
        if PORTS[kind] is None and "port" not in props:
            yield "port", f"is required for {kind}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the check; the alarm that it watches must exist."""
        self._refuse(aws, "route53.create_health_check", new)
        answer = aws.call(
            "route53.create_health_check",
            CallerReference=f"{self._begins(new)}{secrets.token_hex(8)}",
            **self.params(self.creates, _asked(new)),
        )
        return str(answer["HealthCheck"]["Id"])

    def _begins(self, inputs: Props) -> str:
        return f"{inputs.get('referenceName', '')}{self.reference()}-"

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Send the whole configuration, less what cannot be changed."""
        if "tags" in changed:
            self.retag(aws, id_, old.get("tags") or {}, new.get("tags") or {})
        if not changed - {"tags"}:
            return
        request = "route53.update_health_check"
        self._refuse(aws, request, new)
        if bool(old.get("ipAddress")) != bool(new.get("ipAddress")):
            reason = "an address can be changed, but neither added nor taken away"
            raise AwsError(request, "InvalidInput", reason)
        wanted = {**{name: value for name, value in RESET.items() if name in changed}, **new}
        config = self.params(self.creates, _asked(wanted))["HealthCheckConfig"]
        emptied = [name for each, name in EMPTIED.items() if each in changed and not new.get(each)]
        fixed = {"Type", "MeasureLatency", "RequestInterval", "RoutingControlArn"}
        params = {name: value for name, value in config.items() if name not in fixed}
        if emptied:
            params["ResetElements"] = emptied
        aws.call(request, HealthCheckId=id_, **params)

    def _refuse(self, aws: Aws, request: str, new: Props) -> None:
        alarm, region = new.get("cloudwatchAlarmName"), new.get("cloudwatchAlarmRegion")
        if not alarm:
            return
        found = aws.in_region(region).find(
            "cloudwatch.describe_alarms", "MetricAlarms[0]", AlarmNames=[alarm]
        )
        if found is None:
            raise AwsError(request, "InvalidInput", f"there is no alarm {alarm} in {region}")

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        found = super().item(aws, id_, saved)
        if found is not None and found["HealthCheckConfig"]["Type"] in PROBED_NOT:
            for name in ("FailureThreshold", "Port", "RequestInterval"):
                found["HealthCheckConfig"].pop(name, None)
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"arn": aws.arn("route53", f"healthcheck/{id_}", region=False, account=False)}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the one check that was made for this resource; checks have no names."""
        begins = self._begins(inputs)
        checks = aws.every("route53.list_health_checks", "HealthChecks[]")
        return aws.only(
            str(each["Id"]) for each in checks if each["CallerReference"].startswith(begins)
        )


def _asked(props: Props) -> Props:
    """Return the inputs with the port that the type asks by itself."""
    port = PORTS.get(str(props.get("type")))
    return {"port": port, **props} if port else props
