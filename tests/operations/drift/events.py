"""The engine's events of a refresh, in the form that v3.259.0 gives them."""

from typing import Any

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
SERVICE = "aws:ecs/service:Service"


def event(
    op: str,
    type_: str,
    name: str,
    old: Any = None,
    new: Any = None,
    *,
    custom: bool = True,
    **more: Any,
) -> dict[str, Any]:
    """Return the event of a resource that has been read."""
    urn = f"urn:pulumi:staging::understudy::environment${type_}::{name}"
    sides = {
        side: {"custom": custom, "inputs": told, "outputs": told}
        for side, told in (("old", old), ("new", new))
    }
    return {"resOutputsEvent": {"metadata": {"op": op, "urn": urn, "type": type_, **sides, **more}}}
