"""Route 53: health checks."""

import secrets
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Carry, Describe, kept, member
from sandbox.provider.values import Props
from sandbox.services.route53 import TAGS, Route53Type

PROBED_NOT = frozenset({"CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"})
"""Types that ask no endpoint; moto shows them a port and times all the same."""


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

    def create(self, aws: Aws, new: Props) -> str:
        """Create the check; the alarm that it watches must exist."""
        self._refuse(aws, "route53.create_health_check", new)
        prefix = str(new.get("referenceName", ""))
        answer = aws.call(
            "route53.create_health_check",
            CallerReference=f"{prefix}{secrets.token_hex(16)}"[:64],
            **self.params(self.creates, new),
        )
        return str(answer["HealthCheck"]["Id"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Send the whole configuration, less what cannot be changed."""
        if "tags" in changed:
            self.retag(aws, id_, old.get("tags") or {}, new.get("tags") or {})
        if not changed - {"tags"}:
            return
        self._refuse(aws, "route53.update_health_check", new)
        config = self.params(self.creates, new)["HealthCheckConfig"]
        fixed = {"Type", "MeasureLatency", "RequestInterval", "RoutingControlArn"}
        params = {name: value for name, value in config.items() if name not in fixed}
        aws.call("route53.update_health_check", HealthCheckId=id_, **params)

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
        """Return the one check that has our tags; checks have no names."""
        if not inputs.get("tags"):
            return None
        ids = aws.call("route53.list_health_checks")["HealthChecks"]
        return aws.only(each["Id"] for each in ids if self.mine(aws, each["Id"], inputs))
