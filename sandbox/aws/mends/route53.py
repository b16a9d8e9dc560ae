"""What moto 5.2.5's Route 53 does wrong, mended with the reason."""

from typing import Any

from moto.route53.responses import Route53

_update_health_check = Route53.update_health_check

RESET = {
    "ChildHealthChecks": "children",
    "FullyQualifiedDomainName": "fqdn",
    "Regions": "regions",
    "ResourcePath": "resource_path",
}


def update_health_check(self: Any) -> Any:
    """Take away the elements that the request says are to be reset; moto does not read that."""
    answer = _update_health_check(self)
    check = self.backend.get_health_check(self._get_param("HealthCheckId"))
    for name in self._get_param("ResetElements", []):
        setattr(check, RESET[name], None)
    return answer


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    Route53.update_health_check = update_health_check
