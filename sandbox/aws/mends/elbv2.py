"""What moto 5.2.5's load balancers do wrong, mended with the reason."""

from typing import Any

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend

_delete_load_balancer = ELBv2Backend.delete_load_balancer


def delete_load_balancer(self: Any, arn: str) -> Any:
    """Refuse as AWS does while deletion protection is on; moto stores the flag and ignores it."""
    balancer = self.load_balancers.get(arn)
    if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
        message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        raise ELBClientError("OperationNotPermitted", message)
    return _delete_load_balancer(self, arn)


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    ELBv2Backend.delete_load_balancer = delete_load_balancer
