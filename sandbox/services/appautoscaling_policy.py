"""Application Auto Scaling: policy. Left out: predictive scaling, which moto has not."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import UNKNOWN, Props, as_block
from sandbox.services.appautoscaling import KEYS, SERVICE, key_of, policies_of, require_target

LABEL = re.compile(r"(app/[^/]+/[0-9a-f]+)/(targetgroup/[^/]+/[0-9a-f]+)")


class Policy(ResourceType):
    """How a target follows a measure; its alarms are AWS's own."""

    token = "aws:appautoscaling/policy:Policy"
    service = SERVICE
    creates = "put_scaling_policy"
    autoname = Autoname(longest=256)
    inputs = {
        "name": member("PolicyName"),
        "policyType": same(),
        "resourceId": same(),
        "scalableDimension": same(),
        "serviceNamespace": same(),
        "stepScalingPolicyConfiguration": same(),
        "targetTrackingScalingPolicyConfiguration": same(),
    }
    outputs = {"alarmArns": "Alarms[].AlarmARN", "arn": "PolicyARN"}
    bodies: Mapping[str, str] = {
        "StepScaling": "stepScalingPolicyConfiguration",
        "TargetTrackingScaling": "targetTrackingScalingPolicyConfiguration",
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield a kind of policy that lacks its own block, and a label of no load balancer."""
        kind = props.get("policyType", "StepScaling")
        wanted = self.bodies.get(kind) if isinstance(kind, str) else None
        if wanted is not None and wanted not in props:
            yield wanted, f"is required with policyType {kind}"
        if kind == "PredictiveScaling":
            yield "policyType", "PredictiveScaling is not carried by the sandbox"
        tracked = as_block(props.get("targetTrackingScalingPolicyConfiguration"))
        metric = as_block(tracked.get("predefinedMetricSpecification"))
        label = metric.get("resourceLabel", "")
        if metric.get("predefinedMetricType") == "ALBRequestCountPerTarget" and not (
            label is UNKNOWN or LABEL.fullmatch(label)
        ):
            yield (
                "targetTrackingScalingPolicyConfiguration",
                "resourceLabel must be <load balancer's ARN suffix>/<target group's ARN suffix>,"
                f" got {label!r}",
            )

    def create(self, aws: Aws, new: Props) -> str:
        """Put the policy and return its name."""
        self._put(aws, new)
        return str(new["name"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put the policy again; AWS keeps its ARN."""
        self._put(aws, new)

    def _put(self, aws: Aws, new: Props) -> None:
        require_target(aws, self.creates, new)
        self._require_route(aws, new)
        params = {"PolicyType": "StepScaling", **self.params(self.creates, new)}
        aws.call(f"{SERVICE}.{self.creates}", **params)

    def _require_route(self, aws: Aws, new: Props) -> None:
        """Raise SandboxError unless the measured load balancer sends to the target group."""
        tracked = new.get("targetTrackingScalingPolicyConfiguration") or {}
        metric = tracked.get("predefinedMetricSpecification") or {}
        found = LABEL.fullmatch(metric.get("resourceLabel", ""))
        if found is None:
            return
        balancer = aws.arn("elasticloadbalancing", f"loadbalancer/{found[1]}")
        group = aws.arn("elasticloadbalancing", found[2])
        routes = aws.find(
            "elbv2.describe_target_groups",
            "TargetGroups[0].LoadBalancerArns",
            TargetGroupArns=[group],
        )
        if balancer not in (routes or []):
            raise SandboxError(
                f"{SERVICE}.put_scaling_policy: ValidationException: The load balancer does not"
                f" route traffic to the target group: {metric['resourceLabel']}"
            )

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the policy with its alarms; it goes with its target too."""
        if self.item(aws, id_, old) is not None:
            name = _last(id_, old)
            aws.call(f"{SERVICE}.delete_scaling_policy", PolicyName=name, **key_of(_keys(id_, old)))

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        found = policies_of(aws, _keys(id_, saved))
        name = _last(id_, saved)
        return next((each for each in found if each["PolicyName"] == name), None)


def _keys(id_: str, props: Props) -> Props:
    """Return a policy's three names; an import gives them and its own as one, parted by slashes."""
    if all(name in props for name in KEYS):
        return props
    namespace, _, rest = id_.partition("/")
    resource, _, dimension = rest.rpartition("/")[0].rpartition("/")
    return dict(zip(KEYS, (namespace, resource, dimension), strict=True))


def _last(id_: str, props: Props) -> str:
    return str(props.get("name") or id_.rpartition("/")[2])
